package dev.sardonyx.benchmarks;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Where the models to be measured are; {@code benchmarks/run} has fetched and exported them. */
final class ModelFiles {
  /** The project's folder; {@code benchmarks/run} says where it is. */
  static final Path HOME = Path.of(System.getProperty("sardonyx.home", "."));

  /** Files made here; everything in it can be made again. */
  static final Path WORK = HOME.resolve("benchmarks/target/work");

  private static final Path MODELS = HOME.resolve("models/target");

  private ModelFiles() {}

  /** A way to a model's file. */
  @FunctionalInterface
  interface Source {
    /**
     * @throws FileNotFoundException if the model could not be fetched or exported
     */
    Path file() throws IOException;
  }

  /** A model from a jar on the class path. */
  static Source published(String resource) {
    return () -> {
      Path file = WORK.resolve(resource.substring(resource.lastIndexOf('/') + 1));
      if (!Files.exists(file)) {
        try (InputStream in = ModelFiles.class.getResourceAsStream(resource)) {
          if (in == null) {
            throw new FileNotFoundException("expected " + resource + " on the class path");
          }
          Path part = Files.createTempFile(Files.createDirectories(WORK), "model", ".part");
          Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
          Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      return file;
    };
  }

  /** A model from a package of npm, by its path within the package. */
  static Source npm(String folder, String path) {
    return () -> existing(MODELS.resolve("npm").resolve(folder).resolve(path));
  }

  /** A network that {@code bin/export-models} made. */
  static Source exported(String name) {
    return () -> existing(MODELS.resolve("exported").resolve(name).resolve("model.onnx"));
  }

  private static Path existing(Path file) throws FileNotFoundException {
    if (!Files.exists(file)) {
      throw new FileNotFoundException("there is no " + file);
    }
    return file;
  }
}
