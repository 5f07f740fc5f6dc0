package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java example, between its two markers, compiles and prints what it says there. */
class ReadmeExampleTest {
  private static final Path PROJECT = Path.of("..");
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "<!-- example -->\\s*```java\n(.*?)```.*?```\n(.*?)```\\s*<!-- /example -->",
          Pattern.DOTALL);
  private static final Pattern CLASS = Pattern.compile("\\bclass (\\w+)");
  private static final Pattern SCORES = Pattern.compile("\\{(.*)}");

  @TempDir Path folder;

  @Test
  void printsTheScoresThatPyTorchComputes() throws Exception {
    Matcher example = EXAMPLE.matcher(Files.readString(PROJECT.resolve("README.md")));
    assertThat(example.find()).as("code and output between the markers in README.md").isTrue();
    String source = example.group(1);
    Matcher name = CLASS.matcher(source);
    assertThat(name.find()).isTrue();
    String printed = compileAndRun(name.group(1), source);
    assertThat(printed).isEqualTo(example.group(2));

    Matcher scores = SCORES.matcher(printed);
    assertThat(scores.find()).isTrue();
    double[] actual =
        Arrays.stream(scores.group(1).split(", ")).mapToDouble(Double::parseDouble).toArray();
    Tensor expected = (Tensor) RealModels.fixture("lenet5").data().get(0).outputs().get(0);
    assertThat(actual).containsExactly(expected.toDoubles(), within(1e-5));
  }

  private String compileAndRun(String name, String source)
      throws IOException, InterruptedException {
    String classPath = System.getProperty("java.class.path");
    Path file = folder.resolve(name + ".java");
    Files.writeString(file, source);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-cp", classPath, "-d", "" + folder, "" + file);
    assertThat(status).isZero();
    // From the top of the project, as a reader would.
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                folder + System.getProperty("path.separator") + classPath,
                name)
            .directory(PROJECT.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return out;
  }
}
