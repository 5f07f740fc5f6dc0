package dev.sardonyx.cli;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** NumPy's {@code .npz} format: a zip archive of {@code .npy} files, one per named array. */
final class NpzFile {
  private static final String SUFFIX = ".npy";

  private NpzFile() {}

  /** The arrays by name, in the archive's order. */
  static Map<String, Tensor> read(Path file) throws IOException {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        if (entry.getName().endsWith(SUFFIX)) {
          try (InputStream in = zip.getInputStream(entry)) {
            String name = entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
            arrays.put(name, NpyFile.read(in.readAllBytes(), file + ", array '" + name + "'"));
          }
        }
      }
    } catch (ZipException e) {
      throw new ModelException(file + ": expected a NumPy archive (.npz): " + e.getMessage(), e);
    }
    return arrays;
  }
}
