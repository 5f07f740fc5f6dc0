package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GemmLoweringTest {
  private final Random random = new Random(3);
  private final Model m = new Model(random);

  private Tensor doubles(int... shape) {
    Tensor t = Tensor.zeros(DType.DOUBLE, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }

  @Test
  void float64WithABiasIsProductAndSum() {
    String y =
        m.node(
            "Gemm", m.input(doubles(500, 70)), m.constant(doubles(70, 90)), m.input(doubles(90)));
    m.check(y, "MatMul", "Add");
  }

  @Test
  void float64TransposedAndScaledIsAllItsSteps() {
    Attributes attributes =
        Attributes.NONE
            .with("transA", Attribute.of(1L))
            .with("transB", Attribute.of(1L))
            .with("alpha", Attribute.of(0.5f))
            .with("beta", Attribute.of(-2f));
    String y =
        m.node(
            "Gemm",
            attributes,
            m.input(doubles(70, 500)),
            m.input(doubles(90, 70)),
            m.input(doubles(500, 1)));
    m.check(y, "Transpose", "Transpose", "MatMul", "Mul", "Mul", "Add");
  }
}
