package dev.sardonyx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class InspectTest {
  private static final Path FIXTURES = Path.of("../models/fixtures");
  private static final Path LENET = FIXTURES.resolve("lenet5/model.onnx");

  @Test
  void showsFactsInputsOutputsAndOperators() {
    Result r = Result.of("inspect", LENET);
    assertThat(r.exitCode()).isZero();
    assertThat(r.err()).isEmpty();
    assertThat(r.out())
        .containsPattern("made by +pytorch 1\\.13\\.0\n")
        .containsPattern("opsets +ai\\.onnx 13 \\(IR version 7\\)\n")
        .containsPattern("nodes +12\n")
        .containsPattern("parameters +61,706 \\(constants: 241\\.0 KB\\)\n")
        .containsPattern("input +image +float\\[batch, 1, 28, 28]\n")
        .containsPattern("output +scores +float\\[batch, 10]\n")
        .containsPattern("Relu +4\nGemm +3\nConv +2\nMaxPool +2\nFlatten +1\n");
  }

  @Test
  void countsWhatEveryNodeCosts() throws JsonProcessingException {
    JsonNode json = Result.of("inspect", LENET, "--cost", "--dim", "batch=2", "--json").json();
    JsonNode conv = json.get("costs").get(0);
    assertThat(conv.get("operator").asText()).isEqualTo("Conv");
    assertThat(conv.get("output").asText()).isEqualTo("float[2, 6, 28, 28]");
    // each of 2·6·28·28 outputs sums over 1·5·5 inputs
    assertThat(conv.get("macs").asLong()).isEqualTo(2 * 6 * 28 * 28 * 25);
    assertThat(conv.get("parameters").asLong()).isEqualTo(6 * 25 + 6);
    long elements = 2 * 28 * 28 + 6 * 25 + 6 + 2 * 6 * 28 * 28;
    assertThat(conv.get("bytes").asLong()).isEqualTo(4 * elements);
    assertThat(conv.get("flops_per_byte").asDouble()).isEqualTo(2.0 * 235_200 / (4 * elements));
    assertThat(json.get("total").get("macs").asLong()).isEqualTo(2 * 416_520);
    assertThat(json.get("total").get("parameters").asLong()).isEqualTo(61_706);
  }

  @Test
  void costsThatDependOnOpenDimensionsAreMarked() {
    Result open = Result.of("inspect", FIXTURES.resolve("resnet-tiny/model.onnx"), "--cost");
    assertThat(open.exitCode()).isZero();
    assertThat(open.out()).contains("nodes whose shapes are not known; --dim or --shape may tell.");
    Result fixed =
        Result.of(
            "inspect",
            FIXTURES.resolve("resnet-tiny/model.onnx"),
            "--cost",
            "--shape",
            "image=1,3,32,32");
    assertThat(fixed.out()).doesNotContain("not known").doesNotContain("?");
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(Result.of("inspect", "nowhere.onnx"))
        .isEqualTo(
            new Result(
                1, "", "sardonyx: nowhere.onnx: expected a model file, but there is none\n"));
    assertThat(Result.of("inspect", LENET, "--dim", "sequence=3"))
        .isEqualTo(
            new Result(
                1,
                "",
                "sardonyx: dimension 'sequence': the model's inputs have no such name;"
                    + " they have batch\n"));
    assertThat(Result.of("inspect", LENET, "--shape", "image=1,3,28,28"))
        .isEqualTo(
            new Result(
                1,
                "",
                "sardonyx: input 'image': expected float[batch, 1, 28, 28],"
                    + " got shape [1, 3, 28, 28]\n"));
    assertThat(Result.of("inspect", LENET, "--shape", "image=1,1,28,28", "--dim", "batch=2"))
        .isEqualTo(
            new Result(
                1,
                "",
                "sardonyx: dimension 'batch': expected one extent in all inputs, got 1 and 2\n"));
    assertThat(Result.of("inspect", LENET, "--shape", "picture=1"))
        .isEqualTo(
            new Result(
                1, "", "sardonyx: the model has no input 'picture'; its inputs are 'image'\n"));
  }

  @Test
  void aWrongCommandLineIsExplainedBriefly() {
    assertThat(Result.of("inspect", LENET, "--costs"))
        .isEqualTo(
            new Result(
                2,
                "",
                """
                sardonyx: Unknown option: '--costs'
                Possible solutions: --cost
                Try 'sardonyx inspect --help'.
                """));
    assertThat(Result.of("inspect", LENET, "--dim", "batch=-1").exitCode()).isEqualTo(2);
    Result bare = Result.of();
    assertThat(bare.exitCode()).isEqualTo(2);
    assertThat(bare.err()).contains("Usage: sardonyx").contains("inspect").contains("Exit codes");
  }
}
