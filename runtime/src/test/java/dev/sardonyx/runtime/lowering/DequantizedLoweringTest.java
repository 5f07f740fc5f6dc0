package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Quantized models that surround every product with DequantizeLinear and QuantizeLinear. */
class DequantizedLoweringTest {
  private static final float X_SCALE = 1 / 64f;
  private static final Attributes PADS = Attributes.NONE.with("pads", Attribute.of(1, 1, 1, 1));
  private static final Attributes TRANSPOSED = Attributes.NONE.with("transB", Attribute.of(1L));

  private final Random random = new Random(7);
  private Model m;

  @Test
  void convolvesIntegers() {
    for (int i = 0; i < 8; i++) {
      String y = quantized(product("Conv", PADS, 0, type(i), i > 3, 1, 5, 9, 8), 0.25f, type(i));
      m.check(y, "QLinearConv");
    }
  }

  @Test
  void leavesOutReluWhereQuantizationDoesTheSame() {
    String product = product("Conv", PADS, 0, DType.INT8, true, 1, 5, 9, 8);
    m.check(quantized(m.node("Relu", product), 0.25f, DType.UINT8, 0), "QLinearConv");
    product = product("Conv", PADS, 0, DType.INT8, true, 1, 5, 9, 8);
    String y = quantized(m.node("Relu", product), 0.25f, DType.INT8, -5);
    m.check(
        y,
        "DequantizeLinear",
        "DequantizeLinear",
        "DequantizeLinear",
        "Conv",
        "Relu",
        "QuantizeLinear");
  }

  @Test
  void multipliesIntegers() {
    for (int i = 0; i < 8; i++) {
      String y = quantized(product("MatMul", null, 1, type(i), i > 3, 2, 6, 40), 0.25f, type(i));
      m.check(y, "QLinearMatMul");
      y = quantized(product("Gemm", TRANSPOSED, 0, type(i), i > 3, 6, 40), 0.25f, type(i));
      m.check(y, "QuantizedGemm");
    }
  }

  @Test
  void declinesBiasesInOtherUnits() {
    m = new Model(random);
    String x = dequantized(m.input(bytes(DType.UINT8, 6, 40)), DType.UINT8, 0, X_SCALE);
    String w = dequantized(m.constant(bytes(DType.INT8, 40, 12)), DType.INT8, 0, X_SCALE);
    String y = m.node("Gemm", x, w, m.constant(12));
    m.check(
        quantized(y, 0.25f, DType.UINT8), "DequantizeLinear", "QuantizedLinear", "QuantizeLinear");
  }

  private static DType type(int i) {
    return i % 2 == 0 ? DType.UINT8 : DType.INT8;
  }

  /** A product of twelve outputs, with a bias unless it is MatMul. */
  private String product(
      String opType, Attributes attributes, int axis, DType dtype, boolean each, int... xShape) {
    m = new Model(random);
    int[] w = {12, 40};
    if (opType.equals("Conv")) {
      w = new int[] {12, xShape[1], 3, 3};
    } else if (opType.equals("MatMul")) {
      w = new int[] {40, 12};
    }
    float[] scales = new float[each ? 12 : 1];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (1 + i) / 1024f;
    }
    String x = dequantized(m.input(bytes(dtype, xShape)), dtype, 0, X_SCALE);
    String weights = dequantized(m.constant(bytes(DType.INT8, w)), DType.INT8, axis, scales);
    if (opType.equals("MatMul")) {
      return m.node("MatMul", x, weights);
    }
    Tensor bias = Tensor.zeros(DType.INT32, 12);
    for (int i = 0; i < 12; i++) {
      bias.setLong(i, random.nextInt(4000) - 2000);
    }
    float[] biasScales = scales.clone();
    for (int i = 0; i < scales.length; i++) {
      biasScales[i] *= X_SCALE;
    }
    String b = dequantized(m.constant(bias), DType.INT32, 0, biasScales);
    return m.node(opType, attributes, x, weights, b);
  }

  private Tensor bytes(DType dtype, int... shape) {
    Tensor t = Tensor.zeros(dtype, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setLong(i, random.nextInt(256));
    }
    return t;
  }

  private String dequantized(String x, DType dtype, int axis, float... scales) {
    int[] shape = scales.length == 1 ? new int[0] : new int[] {scales.length};
    Tensor zeros = Tensor.zeros(dtype, shape);
    for (int i = 0; i < zeros.size() && dtype != DType.INT32; i++) {
      zeros.setLong(i, random.nextInt(100));
    }
    Attributes along = Attributes.NONE.with("axis", Attribute.of((long) axis));
    String s = m.constant(Tensor.of(Arrays.copyOf(scales, scales.length), shape));
    return m.node("DequantizeLinear", along, x, s, m.constant(zeros));
  }

  private String quantized(String x, float scale, DType dtype) {
    return quantized(x, scale, dtype, random.nextInt(100));
  }

  private String quantized(String x, float scale, DType dtype, long zero) {
    Tensor z = Tensor.zeros(dtype);
    z.setLong(0, zero);
    return m.node("QuantizeLinear", x, m.scalar(scale), m.constant(z));
  }
}
