package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as users start it: {@code java -jar}, no flags, in a process of its own. */
final class ExecutableJarTest {
  private static final Path JAR = Path.of("../cli/target/sardonyx.jar");
  private static final Path LENET = Path.of("../models/fixtures/lenet5");

  @TempDir Path folder;

  @BeforeAll
  static void theJarIsBuilt() {
    assumeTrue(Files.exists(JAR), JAR + " is there after mvn package");
  }

  private record Ended(int exitCode, String out, String err) {}

  private Ended run(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(args));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    int code =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    return new Ended(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  @Test
  void runsOnVectorKernelsWithoutFlagsAndPrintsNothingElse()
      throws IOException, InterruptedException {
    Ended e =
        run("run", LENET + "/model.onnx", "--input", LENET + "/image.npy", "--top", "1", "--json");
    assertThat(e.err()).isEmpty();
    assertThat(e.exitCode()).isZero();
    JsonNode tree = new ObjectMapper().readTree(e.out());
    assertThat(tree.get("kernels").asText()).startsWith("vector");
    assertThat(tree.at("/outputs/scores/top/0/0/class").asInt()).isEqualTo(9);
  }

  @Test
  void verifiesWithoutAProgressBarInAPipe() throws IOException, InterruptedException {
    assertThat(run("verify", LENET.toString()))
        .isEqualTo(new Ended(0, "1 passed, 0 failed, 0 skipped\n", ""));
  }

  @Test
  void exitCodesTellErrorsApart() throws IOException, InterruptedException {
    assertThat(run("inspect", "no.onnx"))
        .isEqualTo(
            new Ended(1, "", "sardonyx: no.onnx: expected a model file, but there is none\n"));
    assertThat(run("inspect").exitCode()).isEqualTo(2);
    assertThat(run("--version").out()).startsWith("sardonyx 0.");
  }
}
