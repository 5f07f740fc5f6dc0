package dev.sardonyx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.io.OnnxWriter;
import dev.sardonyx.graph.io.ValueFile;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VerifyTest {
  private static final Path FIXTURES = Path.of("../models/fixtures");

  @TempDir Path folder;

  /** A case: {@code y = opType(x)} for x = (1, −2), and what y should be. */
  private void write(String name, String opType, float... expected) throws IOException {
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .info(ModelInfo.NONE.withOpset("", 13))
            .input("x", ValueType.tensor(DType.FLOAT, 2))
            .node(opType, List.of("x"), List.of("y"), Attributes.NONE)
            .output("y", ValueType.tensor(DType.FLOAT, expected.length))
            .build();
    Path set = Files.createDirectories(folder.resolve(name).resolve("test_data_set_0"));
    OnnxWriter.write(graph, folder.resolve(name).resolve("model.onnx"));
    ValueFile.write(set.resolve("input_0.pb"), Tensor.of(new float[] {1, -2}, 2));
    ValueFile.write(set.resolve("output_0.pb"), Tensor.of(expected, expected.length));
  }

  @Test
  void theFixturesPass() {
    Result r = Result.of("verify", FIXTURES);
    assertThat(r).isEqualTo(new Result(0, "5 passed, 0 failed, 0 skipped\n", ""));
    assertThat(Result.of("verify", FIXTURES, "--no-optimize").out())
        .isEqualTo("5 passed, 0 failed, 0 skipped\n");
  }

  @Test
  void failuresAndMissingOperatorsAreNamed() throws IOException {
    write("test_good", "Relu", 1, 0);
    write("test_value", "Relu", 1, 0.5f);
    write("test_shape", "Relu", 1, 0, 0);
    write("test_new", "ReluOfTheFuture", 1, 0);
    Path json = folder.resolve("report.json");
    Result r = Result.of("verify", folder, "--json", json);
    assertThat(r.exitCode()).isEqualTo(1);
    assertThat(r.out().lines())
        .containsExactly(
            "FAILED test_shape: test_data_set_0: output 0: expected float[3], got float[2]",
            "FAILED test_value: test_data_set_0: output 0: 1 of 2 elements differ;"
                + " at [1] expected 0.5, got 0.0",
            "skipped for operators that do not exist yet: ReluOfTheFuture (1)",
            "1 passed, 2 failed, 1 skipped");
    JsonNode tree = new ObjectMapper().readTree(json.toFile());
    assertThat(tree.get("passed").asInt()).isEqualTo(1);
    assertThat(tree.get("failed").asInt()).isEqualTo(2);
    assertThat(tree.get("skipped").asInt()).isEqualTo(1);
    assertThat(tree.get("cases")).hasSize(4);
    assertThat(tree.at("/cases/1/name").asText()).isEqualTo("test_new");
    assertThat(tree.at("/cases/1/outcome").asText()).isEqualTo("skipped");
    assertThat(tree.at("/cases/1/reason").asText())
        .isEqualTo("there is no operator ReluOfTheFuture");
    assertThat(tree.at("/cases/0/reason").isNull()).isTrue();
  }

  @Test
  void aBrokenModelIsAFailureAndNoEnd() throws IOException {
    write("test_broken", "Relu", 1, 0);
    Files.writeString(folder.resolve("test_broken/model.onnx"), "<html>");
    write("test_good", "Relu", 1, 0);
    Result r = Result.of("verify", folder);
    assertThat(r.exitCode()).isEqualTo(1);
    assertThat(r.out())
        .startsWith("FAILED test_broken: ")
        .endsWith("1 passed, 1 failed, 0 skipped\n");
  }

  @Test
  void foldersWithoutCasesAreAnError() {
    assertThat(Result.of("verify", folder))
        .isEqualTo(
            new Result(
                1,
                "",
                "sardonyx: expected folders with model.onnx and test_data_set_0, found none below "
                    + folder
                    + "\n"));
    assertThat(Result.of("verify", folder.resolve("no")).err())
        .isEqualTo("sardonyx: " + folder.resolve("no") + ": there is no such file\n");
  }
}
