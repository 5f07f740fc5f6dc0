package dev.sardonyx.conformance;

import dev.sardonyx.cli.verify.TestCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Where ONNX's cases are, and which of them nobody can reproduce. */
final class OnnxCases {
  /** The folders of cases that are run, smallest first. */
  static final List<String> FOLDERS =
      List.of("simple", "pytorch-operator", "pytorch-converted", "node");

  private static final String GENERATOR =
      "the expected values come from numpy's generator, which no runtime can be asked to have";

  /** Cases that are left out, with the reason. */
  static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          Map.entry("test_bernoulli", GENERATOR),
          Map.entry("test_bernoulli_double", GENERATOR),
          Map.entry("test_bernoulli_double_expanded", GENERATOR),
          Map.entry("test_bernoulli_expanded", GENERATOR),
          Map.entry("test_bernoulli_seed", GENERATOR),
          Map.entry("test_bernoulli_seed_expanded", GENERATOR),
          Map.entry("test_training_dropout", GENERATOR),
          Map.entry("test_training_dropout_default", GENERATOR),
          Map.entry("test_training_dropout_default_mask", GENERATOR),
          Map.entry("test_training_dropout_mask", GENERATOR));

  private OnnxCases() {}

  /**
   * The newest data beside the project where they are, else Debian's package libonnx-testdata; null
   * when there is neither.
   */
  static Path root() throws IOException {
    for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
      Path data = p.resolveSibling("shared/conformance/onnx-backend-data");
      if (Files.isDirectory(data)) {
        return data;
      }
    }
    for (Path share : List.of(Path.of("/usr/share/libonnx-testdata"), Path.of("/usr/share/onnx"))) {
      if (Files.isDirectory(share)) {
        try (Stream<Path> below = Files.walk(share)) {
          return below
              .filter(p -> p.endsWith("node") && Files.isDirectory(p))
              .findFirst()
              .map(Path::getParent)
              .orElse(null);
        }
      }
    }
    return null;
  }

  static List<TestCase> in(Path root, String folder) throws IOException {
    Path cases = root.resolve(folder);
    return Files.isDirectory(cases) ? TestCase.below(cases) : List.of();
  }
}
