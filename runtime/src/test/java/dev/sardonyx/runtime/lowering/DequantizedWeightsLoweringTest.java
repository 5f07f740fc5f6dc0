package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Models whose weights alone are quantized. */
class DequantizedWeightsLoweringTest {
  private final Random random = new Random(9);
  private final Model m = new Model(random);

  @Test
  void floatsTimesBytesWithAScaleForEachColumn() {
    String y = m.node("MatMul", m.input(2, 7, 700), weights(DType.INT8, 1, 36, 700, 36));
    y = m.node("Gelu", m.node("Add", y, m.constant(36)));
    m.check(y, "QuantizedLinear");
  }

  @Test
  void unsignedBytesWithOneScale() {
    String y = m.node("MatMul", m.input(5, 90), weights(DType.UINT8, 1, 1, 90, 20));
    m.check(y, "QuantizedLinear");
  }

  @Test
  void transposedWeightsAndABias() {
    Attributes transposed = Attributes.NONE.with("transB", Attribute.of(1L));
    String w = weights(DType.INT8, 0, 24, 24, 600);
    m.check(m.node("Gemm", transposed, m.input(3, 600), w, m.constant(24)), "QuantizedLinear");
  }

  @Test
  void declinesAScaleForEachRow() {
    String y = m.node("MatMul", m.input(3, 20), weights(DType.INT8, 0, 20, 20, 24));
    m.check(y, "DequantizeLinear", "MatMul");
  }

  private String weights(DType dtype, int axis, int scales, int k, int n) {
    Tensor w = Tensor.zeros(dtype, k, n);
    for (int i = 0; i < w.size(); i++) {
      w.setLong(i, random.nextInt(256));
    }
    int[] shape = scales == 1 ? new int[0] : new int[] {scales};
    Tensor s = Tensor.zeros(DType.FLOAT, shape);
    Tensor z = Tensor.zeros(dtype, shape);
    for (int i = 0; i < scales; i++) {
      s.setDouble(i, (1 + random.nextInt(50)) / 1000.0);
      z.setLong(i, random.nextInt(100));
    }
    Attributes along = Attributes.NONE.with("axis", Attribute.of((long) axis));
    return m.node("DequantizeLinear", along, m.constant(w), m.constant(s), m.constant(z));
  }
}
