package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.Session;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.io.OnnxWriter;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Statically quantized models against ONNX Runtime. */
class QuantizedModelsTest {
  private static final float STEP = 0.25f;
  private static final Attributes PADS = Attributes.NONE.with("pads", Attribute.of(1, 1, 1, 1));

  private final Random random = new Random(7);
  private final Graph.Builder graph = new Graph.Builder(StandardOperators.set());
  private int names;

  @Test
  void quantizedConvolutionsGiveWhatOnnxRuntimeGives() throws Exception {
    String x = image();
    String y = node("QLinearConv", PADS, convolution(x, 24, 8));
    Attributes depthwise = PADS.with("group", Attribute.of(24L));
    check(node("QLinearConv", depthwise, convolution(y, 24, 1)));
  }

  @Test
  void quantizedProductsGiveWhatOnnxRuntimeGives() throws Exception {
    String x = image();
    check(
        node(
            "QLinearMatMul",
            Attributes.NONE,
            x,
            scale(0.05f),
            zero(DType.UINT8, 128),
            weights(12, 20),
            scale(0.01f),
            zero(DType.INT8, 0),
            scale(STEP),
            zero(DType.UINT8, 100)));
  }

  @Test
  void dequantizedConvolutionsThatAreQuantizedGiveWhatOnnxRuntimeGives() throws Exception {
    String x = dequantized(image(), scale(0.05f), zero(DType.UINT8, 128));
    String w = dequantized(weights(24, 8, 3, 3), scale(0.01f), zero(DType.INT8, 0));
    String b = dequantized(bias(24), scale(0.05f * 0.01f), zero(DType.INT32, 0));
    String y = node("Relu", Attributes.NONE, node("Conv", PADS, x, w, b));
    check(node("QuantizeLinear", Attributes.NONE, y, scale(STEP), zero(DType.UINT8, 0)));
  }

  /** The inputs of a QLinearConv of 3×3 with a scale for each output. */
  private String[] convolution(String x, int outputs, int channels) {
    Tensor scales = Tensor.zeros(DType.FLOAT, outputs);
    for (int i = 0; i < outputs; i++) {
      scales.setDouble(i, 0.005 + 0.01 * random.nextDouble());
    }
    return new String[] {
      x,
      scale(0.05f),
      zero(DType.UINT8, 128),
      weights(outputs, channels, 3, 3),
      constant(scales),
      constant(Tensor.zeros(DType.INT8, outputs)),
      scale(STEP),
      zero(DType.UINT8, 128),
      bias(outputs)
    };
  }

  private String image() {
    graph.input("x", ValueType.tensor(DType.FLOAT, 1, 8, 12, 12));
    return node("QuantizeLinear", Attributes.NONE, "x", scale(0.05f), zero(DType.UINT8, 128));
  }

  /** Of seven bits: with eight, processors of some age saturate in ONNX Runtime's products. */
  private String weights(int... shape) {
    Tensor t = Tensor.zeros(DType.INT8, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setLong(i, random.nextInt(128) - 64);
    }
    return constant(t);
  }

  private String bias(int n) {
    Tensor t = Tensor.zeros(DType.INT32, n);
    for (int i = 0; i < n; i++) {
      t.setLong(i, random.nextInt(4000) - 2000);
    }
    return constant(t);
  }

  private String scale(float value) {
    return constant(Tensor.scalar(value));
  }

  private String zero(DType dtype, long value) {
    Tensor t = Tensor.zeros(dtype);
    t.setLong(0, value);
    return constant(t);
  }

  private String constant(Tensor t) {
    String name = "c" + names++;
    graph.initializer(name, t);
    return name;
  }

  private String dequantized(String x, String scale, String zero) {
    return node("DequantizeLinear", Attributes.NONE, x, scale, zero);
  }

  private String node(String opType, Attributes attributes, String... in) {
    String name = "v" + names++;
    graph.node(opType, List.of(in), List.of(name), attributes);
    return name;
  }

  /** No number differs by more than a step, and hardly any: halves may be rounded either way. */
  private void check(String quantized) throws Exception {
    String y = dequantized(quantized, scale(STEP), zero(DType.UINT8, 0));
    Graph model = graph.output(y, ValueType.UNKNOWN).build();
    Tensor x = Tensor.zeros(DType.FLOAT, 1, 8, 12, 12);
    for (int i = 0; i < x.size(); i++) {
      x.setDouble(i, 2 * random.nextGaussian());
    }
    Map<String, Value> expected = OnnxRuntime.run(OnnxWriter.toBytes(model), Map.of("x", x));
    try (Session session = Session.open(model)) {
      Tensor ours = (Tensor) session.run(Map.of("x", x)).get(y);
      Tensor theirs = (Tensor) expected.get(y);
      assertThat(ours.shape()).isEqualTo(theirs.shape());
      int others = 0;
      for (int i = 0; i < ours.size(); i++) {
        float difference = Math.abs(ours.getFloat(i) - theirs.getFloat(i));
        assertThat(difference).isLessThanOrEqualTo(STEP);
        others += difference > 0 ? 1 : 0;
      }
      assertThat(others).isLessThanOrEqualTo(ours.size() / 200);
    }
  }
}
