package dev.sardonyx.cli;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.io.ValueFile;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A model's outputs as files in a folder, one each, named after the output. All are written under
 * other names first and moved into place at the end, so that a failure leaves none.
 */
final class OutputFiles {
  /** What the files are. */
  enum Format {
    NPY,
    PB,
    JSON
  }

  private OutputFiles() {}

  /**
   * Writes all values.
   *
   * @return the files, in the order of the values
   */
  static Map<String, Path> write(Path folder, Map<String, Value> values, Format format)
      throws IOException {
    Files.createDirectories(folder);
    Map<Path, Path> partial = new LinkedHashMap<>();
    Map<String, Path> files = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    try {
      for (Map.Entry<String, Value> e : values.entrySet()) {
        Path file = folder.resolve(fileName(e.getKey(), taken) + extension(format));
        Path part = folder.resolve("." + file.getFileName() + ".part");
        partial.put(part, file);
        files.put(e.getKey(), file);
        try {
          writeOne(part, e.getValue(), format);
        } catch (ModelException problem) {
          throw problem.in("output '" + e.getKey() + "'");
        }
      }
      for (Map.Entry<Path, Path> e : partial.entrySet()) {
        Files.move(e.getKey(), e.getValue(), StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      for (Path part : partial.keySet()) {
        Files.deleteIfExists(part);
      }
    }
    return files;
  }

  private static void writeOne(Path file, Value value, Format format) throws IOException {
    switch (format) {
      case NPY -> {
        if (!(value instanceof Tensor t)) {
          throw new ModelException(
              "NumPy files hold tensors only: use --format pb or --format json");
        }
        Files.write(file, NpyFile.write(t));
      }
      case PB -> ValueFile.write(file, value);
      case JSON ->
          Files.writeString(
              file, Json.write(JsonTensors.write(value)) + "\n", StandardCharsets.UTF_8);
    }
  }

  private static String extension(Format format) {
    return "." + format.name().toLowerCase(Locale.ROOT);
  }

  /** Names of values may hold any character, and files must not leave the folder. */
  private static String fileName(String output, Set<String> taken) {
    String safe = output.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^\\.+", "_");
    String base = safe.isEmpty() ? "output" : safe.substring(0, Math.min(safe.length(), 100));
    String name = base;
    for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
      name = base + "_" + i;
    }
    return name;
  }
}
