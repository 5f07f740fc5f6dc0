package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.Session;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.graph.io.OnnxWriter;
import dev.sardonyx.graph.io.ValueFile;
import dev.sardonyx.optimizer.Level;
import dev.sardonyx.optimizer.Optimization;
import dev.sardonyx.optimizer.Optimizer;
import dev.sardonyx.optimizer.transform.FullyConvolutional;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Networks exported from PyTorch, optimized and written, load in ONNX Runtime and give PyTorch's
 * outputs there.
 */
class OptimizedModelsTest {
  private static final Path FIXTURES = RealModels.FIXTURES;

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "net1", "resnet-tiny", "encoder-tiny", "lstm-tiny"})
  void optimizedModelsLoadInOnnxRuntimeAndGiveTheSameOutputs(String name) throws Exception {
    Path folder = FIXTURES.resolve(name);
    Graph graph = OnnxReader.read(folder.resolve("model.onnx"));
    Optimization o = Optimizer.of(Level.FULL).verifying().optimize(graph);
    assertThat(o.report().notes().toString())
        .as(o.report().toString())
        .doesNotContain("not verified");
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (ValueInfo v : graph.inputs()) {
      inputs.put(v.name(), tensor(folder, "input_" + inputs.size() + ".pb", v));
    }
    Map<String, Value> outputs = OnnxRuntime.run(OnnxWriter.toBytes(o.graph()), inputs);
    int i = 0;
    for (ValueInfo v : graph.outputs()) {
      assertClose((Tensor) outputs.get(v.name()), tensor(folder, "output_" + i++ + ".pb", v), 1e-4);
    }
  }

  @Test
  void everyBatchNormalizationIsFoldedAndEveryNormalizationAndGeluIsFound() {
    assertThat(optimized("resnet-tiny")).doesNotContainKey("BatchNormalization");
    assertThat(optimized("encoder-tiny"))
        .containsKeys("LayerNormalization", "Gelu")
        .doesNotContainKeys("Erf", "ReduceMean");
  }

  private static Map<String, Integer> optimized(String name) {
    Graph graph = OnnxReader.read(FIXTURES.resolve(name).resolve("model.onnx"));
    return Optimizer.of(Level.FULL).optimize(graph).report().after().operators();
  }

  @Test
  void fullyConvolutionalNet1GivesPyTorchsMapOfAllWindows() throws Exception {
    Path folder = FIXTURES.resolve("net1");
    Graph convolutional = FullyConvolutional.of(OnnxReader.read(folder.resolve("model.onnx")));
    String x = convolutional.inputs().get(0).name();
    String y = convolutional.outputs().get(0).name();
    Tensor large = npy(folder.resolve("large.npy"), 1, 3, 36, 38);
    Tensor map = npy(folder.resolve("map.npy"), 1, 10, 5, 7);
    Map<String, Tensor> inputs = Map.of(x, large);
    assertClose((Tensor) ReferenceEvaluator.run(convolutional, inputs).get(y), map, 1e-5);
    byte[] saved = OnnxWriter.toBytes(convolutional);
    assertClose((Tensor) OnnxRuntime.run(saved, inputs).get(y), map, 1e-5);
    try (Session session = Session.open(saved)) {
      assertClose((Tensor) session.run(inputs).get(y), map, 1e-5);
    }
    Tensor small = tensor(folder, "input_0.pb", convolutional.inputs().get(0));
    Tensor scores = tensor(folder, "output_0.pb", convolutional.outputs().get(0));
    Tensor point = (Tensor) ReferenceEvaluator.run(convolutional, Map.of(x, small)).get(y);
    assertThat(point.shape()).containsExactly(1, 10, 1, 1);
    assertClose(point.reshape(1, 10), scores, 1e-5);
  }

  private static Tensor tensor(Path folder, String file, ValueInfo v) {
    return (Tensor) ValueFile.read(folder.resolve("test_data_set_0").resolve(file), v.type());
  }

  /** The floats of a NumPy file whose shape is known. */
  private static Tensor npy(Path file, int... shape) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer data = all.position(10 + all.getShort(8));
    return Tensor.ofLittleEndian(DType.FLOAT, data, shape);
  }

  private static void assertClose(Tensor actual, Tensor expected, double tolerance) {
    assertThat(actual.shape()).containsExactly(expected.shape());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.getDouble(i)).isCloseTo(expected.getDouble(i), within(tolerance));
    }
  }
}
