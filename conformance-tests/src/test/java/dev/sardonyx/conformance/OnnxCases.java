package dev.sardonyx.conformance;

import dev.sardonyx.cli.verify.TestCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Where ONNX's cases are, and which of them are not run. */
final class OnnxCases {
  /**
   * The folders of cases that are run. {@code newer} holds the node cases of an opset in
   * development, {@code light} whole networks with constant weights.
   */
  static final List<String> FOLDERS =
      List.of("simple", "pytorch-operator", "pytorch-converted", "node", "newer", "light");

  private static final String GENERATOR =
      "the expected values come from numpy's generator, which no runtime can be asked to have";

  private static final String NOISE =
      "the exact value is 0, and the rounding noise of one FFT is expected, beyond the tolerance";

  private static final String HUGE =
      "takes 20 s and 4 GB of heap a way, for no operator that the others have not; passes with"
          + " -Dcases=light_vgg19";

  /** Where Debian's package libonnx-testdata has the cases of ONNX 1.12. */
  private static final Path DEBIAN = Path.of("/usr/share/libonnx-testdata/data");

  /** Cases that are left out, with the reason. */
  private static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          Map.entry("test_bernoulli", GENERATOR),
          Map.entry("test_bernoulli_double", GENERATOR),
          Map.entry("test_bernoulli_double_expanded", GENERATOR),
          Map.entry("test_bernoulli_expanded", GENERATOR),
          Map.entry("test_bernoulli_seed", GENERATOR),
          Map.entry("test_bernoulli_seed_expanded", GENERATOR),
          Map.entry("test_dft_inverse", NOISE),
          Map.entry("test_dft_inverse_opset19", NOISE),
          Map.entry("light_vgg19", HUGE),
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
    return Files.isDirectory(DEBIAN) ? DEBIAN : null;
  }

  /** Why a case of these data is not run, or null. */
  static String leftOut(Path root, String name) {
    return root.equals(DEBIAN) && name.contains("BFLOAT16")
        ? "ONNX 1.12 stored bfloat16 as uint16"
        : LEFT_OUT.get(name);
  }

  /** The cases of a folder; none where the data do not have it. */
  static List<OnnxCase> in(Path root, String folder) throws IOException {
    Path cases =
        folder.equals("newer")
            ? root.resolveSibling("onnx-backend-data-dev28/new")
            : root.resolve(folder);
    if (!Files.isDirectory(cases)) {
      return List.of();
    }
    if (!folder.equals("light")) {
      return TestCase.below(cases).stream().map(OnnxCase::of).toList();
    }
    try (Stream<Path> files = Files.list(cases)) {
      return files
          .filter(f -> f.toString().endsWith(".onnx"))
          .sorted()
          .map(OnnxCase::light)
          .toList();
    }
  }
}
