package dev.sardonyx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sardonyx.cli.verify.Judge;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The oracle is PyTorch: inputs and outputs of the fixtures come from there. */
final class OptimizeTest {
  private static final Path FIXTURES = Path.of("../models/fixtures");
  private static final Path RESNET = FIXTURES.resolve("resnet-tiny");

  @TempDir Path folder;

  private static void assertAgrees(Tensor actual, Tensor expected) {
    assertThat(new Judge(1e-4, 1e-5).compare(expected, actual)).isNull();
  }

  @Test
  void whatIsWrittenHasFewerNodesAndTheSameOutputs() throws IOException {
    Path better = folder.resolve("model.onnx");
    Result r = Result.of("optimize", RESNET.resolve("model.onnx"), better, "--verify");
    assertThat(r.err()).isEmpty();
    assertThat(r.exitCode()).isZero();
    assertThat(r.out()).contains("nodes").contains("MACs");
    assertThat(Result.of("inspect", better).out())
        .contains("Conv")
        .doesNotContain("BatchNormalization");
    for (String set : new String[] {"test_data_set_0", "test_data_set_1"}) {
      Path copy = Files.createDirectories(folder.resolve(set));
      for (String file : new String[] {"input_0.pb", "output_0.pb"}) {
        Files.copy(RESNET.resolve(set).resolve(file), copy.resolve(file));
      }
    }
    assertThat(Result.of("verify", folder, "--no-optimize").out())
        .isEqualTo("1 passed, 0 failed, 0 skipped\n");
  }

  @Test
  void theReportIsAlsoJson() throws JsonProcessingException {
    JsonNode report =
        Result.of(
                "optimize",
                RESNET.resolve("model.onnx"),
                folder.resolve("model.onnx"),
                "--report",
                "json")
            .json();
    assertThat(report.at("/before/operators/BatchNormalization").asInt()).isEqualTo(6);
    assertThat(report.at("/after/operators").has("BatchNormalization")).isFalse();
    assertThat(report.at("/after/nodes").asInt()).isLessThan(report.at("/before/nodes").asInt());
    assertThat(report.get("applied")).isNotEmpty();
    assertThat(report.at("/applied/0/rule").asText()).isNotEmpty();
  }

  @Test
  void nothingIsWrittenForABadModel() throws IOException {
    Path text = Files.writeString(folder.resolve("a.onnx"), "hello");
    Path out = folder.resolve("b.onnx");
    Result r = Result.of("optimize", text, out);
    assertThat(r.exitCode()).isEqualTo(1);
    assertThat(r.err()).startsWith("sardonyx: " + text + ": not an ONNX model: ");
    assertThat(out).doesNotExist();
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Path out = folder.resolve("no/model.onnx");
    Result r = Result.of("optimize", RESNET.resolve("model.onnx"), out);
    assertThat(r.exitCode()).isEqualTo(1);
    assertThat(r.out()).isEmpty();
    assertThat(r.err()).startsWith("sardonyx: " + folder.resolve("no"));
  }

  @Test
  void aFullyConvolutionalModelGivesTheOriginalAtEveryPosition() throws IOException {
    Path net = FIXTURES.resolve("net1");
    Path map = folder.resolve("map.onnx");
    Result r = Result.of("convert", net.resolve("model.onnx"), map, "--fully-convolutional");
    assertThat(r.err()).isEmpty();
    assertThat(r.exitCode()).isZero();
    Result.of("run", map, "--input", net.resolve("large.npy"), "--output", folder);
    assertAgrees(NpyFile.read(folder.resolve("scores.npy")), NpyFile.read(net.resolve("map.npy")));
  }

  @Test
  void aConversionMustBeNamed() {
    Result r = Result.of("convert", RESNET.resolve("model.onnx"), folder.resolve("x.onnx"));
    assertThat(r.exitCode()).isEqualTo(2);
    assertThat(r.err()).startsWith("sardonyx: Missing required option: '--fully-convolutional'");
  }
}
