package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import java.util.Random;
import net.jqwik.api.Example;

class EpilogueFusionTest {
  @Example
  void scaleAfterTheBiasGoesIntoTheWeightsAndTheResidualFollows() {
    Model m = new Model(new Random(1));
    String x = m.input(2, 5, 7);
    String y = m.node("Add", m.constant(9), m.node("MatMul", x, m.constant(7, 9)));
    y = m.node("Mul", m.constant(9), y);
    m.check(m.node("Add", m.input(2, 5, 9), y), "Linear");
  }

  @Example
  void scaleGoesIntoTransposedWeights() {
    Model m = new Model(new Random(2));
    Attributes transposed = Attributes.NONE.with("transB", Attribute.of(1));
    String y = m.node("Gemm", transposed, m.input(5, 7), m.constant(9, 7), m.constant(9));
    m.check(m.node("Relu", m.node("Mul", y, m.constant(1, 9))), "Linear");
  }

  @Example
  void hardSwishIsScaledAndShiftedInTheEpilogue() {
    Model m = new Model(new Random(4));
    String y = m.node("HardSwish", m.node("MatMul", m.input(5, 8), m.constant(8, 16)));
    y = m.node("Add", m.constant(1), m.node("Mul", m.scalar(1.7f), y));
    m.check(m.node("Mul", y, m.constant(16)), "Linear", "Mul");
  }

  @Example
  void weightsThatOthersUseStayAsTheyWere() {
    Model m = new Model(new Random(3));
    String x = m.input(5, 8);
    String w = m.constant(8, 8);
    String y = m.node("Mul", m.node("MatMul", x, w), m.constant(8));
    m.check(m.node("MatMul", y, w), "Linear", "Linear");
  }
}
