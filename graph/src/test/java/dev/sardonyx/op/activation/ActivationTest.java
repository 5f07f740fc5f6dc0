package dev.sardonyx.op.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ActivationTest {
  private static final Tensor X = Tensor.of(new float[] {-1.5f, 0, 0.5f, 3}, 1, 4);

  @Test
  void geluIsXTimesTheNormalDistribution() {
    // Φ(−1.5), Φ(0.5) and Φ(3) from a table of the normal distribution.
    Tensor y = OneNode.microsoft("Gelu").run(X);
    assertThat(y.getDouble(0)).isCloseTo(-1.5 * 0.0668072013, within(1e-8));
    assertThat(y.getDouble(1)).isZero();
    assertThat(y.getDouble(2)).isCloseTo(0.5 * 0.6914624613, within(1e-7));
    assertThat(y.getDouble(3)).isCloseTo(3 * 0.9986501020, within(1e-6));
    assertThat(OneNode.of("Gelu").run(X)).isEqualTo(y);
  }

  @Test
  void approximateGeluIsNearTheExactOne() {
    Tensor exact = OneNode.of("Gelu").run(X);
    Tensor tanh = OneNode.of("Gelu").with("approximate", "tanh").run(X);
    assertThat(tanh).isNotEqualTo(exact).isEqualTo(OneNode.microsoft("FastGelu").run(X));
    assertThat(OneNode.microsoft("QuickGelu").run(X)).isNotEqualTo(exact);
    for (int i = 0; i < X.size(); i++) {
      assertThat(tanh.getDouble(i)).isCloseTo(exact.getDouble(i), within(1e-3));
      assertThat(OneNode.microsoft("QuickGelu").run(X).getDouble(i))
          .isCloseTo(exact.getDouble(i), within(3e-2));
    }
  }

  @Test
  void aBiasIsAddedBeforeGelu() {
    Tensor bias = Tensor.of(new float[] {1, -1, 0.5f, 0}, 4);
    Tensor sum = OneNode.of("Add").run(X, bias);
    assertThat(OneNode.microsoft("BiasGelu").run(X, bias)).isEqualTo(OneNode.of("Gelu").run(sum));
    assertThat(OneNode.microsoft("FastGelu").run(X, bias))
        .isEqualTo(OneNode.microsoft("FastGelu").run(sum));
  }

  @Test
  void swigluGatesItsSecondInput() {
    Tensor b = Tensor.of(new float[] {2, 2, 2, 2}, 1, 4);
    Tensor y = OneNode.of("SwiGLU").with("alpha", 2f).run(X, b);
    for (int i = 0; i < X.size(); i++) {
      double x = X.getDouble(i);
      assertThat(y.getDouble(i)).isCloseTo(2 * x / (1 + Math.exp(-2 * x)), within(1e-6));
    }
  }

  @Test
  void largeNumbersDoNotOverflow() {
    Tensor x = Tensor.of(new float[] {1000, -1000}, 2);
    assertThat(OneNode.of("Softplus").run(x).toDoubles()).containsExactly(1000, 0);
    assertThat(OneNode.of("Sigmoid").run(x).toDoubles()).containsExactly(1, 0);
    assertThat(OneNode.of("Mish").run(x).toDoubles()).containsExactly(1000, -0.0);
    assertThat(OneNode.of("Softmax").run(x).toDoubles()).containsExactly(1, 0);
    assertThat(OneNode.of("LogSoftmax").run(x).toDoubles()).containsExactly(0, -2000);
  }

  @Test
  void reluOfIntegersIsExact() {
    Tensor x = Tensor.vector(Long.MAX_VALUE - 1, -1);
    assertThat(OneNode.of("Relu").run(x)).isEqualTo(Tensor.vector(Long.MAX_VALUE - 1, 0));
  }

  // ---- old opsets ----

  @Test
  void belowOpset13SoftmaxTakesAllDimensionsFromItsAxisOnAsOne() {
    Tensor x = Tensor.zeros(DType.FLOAT, 2, 3, 4);
    assertThat(OneNode.of("Softmax", 11).run(x).toDoubles()).containsOnly((double) (1 / 12f));
    assertThat(OneNode.of("Softmax", 13).run(x).toDoubles()).containsOnly(0.25);
    double[] hard = OneNode.of("Hardmax", 9).run(x).toDoubles();
    assertThat(IntStream.range(0, 24).filter(i -> hard[i] == 1)).containsExactly(0, 12);
    assertThat(OneNode.of("LogSoftmax", 11).with("axis", 0).run(x).getDouble(0))
        .isCloseTo(-Math.log(24), within(1e-6));
  }

  @Test
  void anOldSoftmaxStaysOneNodeWhereBothMeaningsAgree() {
    Graph classes = OneNode.of("Softmax", 11).read(Tensor.zeros(DType.FLOAT, 2, 10));
    assertThat(classes.nodes()).extracting(Node::opType).containsExactly("Softmax");
    Graph map = OneNode.of("Softmax", 9).read(Tensor.zeros(DType.FLOAT, 2, 10, 1, 1));
    assertThat(map.nodes()).extracting(Node::opType).containsExactly("Softmax");
    Graph other = OneNode.of("Softmax", 9).read(Tensor.zeros(DType.FLOAT, 2, 10, 2));
    assertThat(other.nodes())
        .extracting(Node::opType)
        .containsExactly("Flatten", "Softmax", "Reshape");
  }

  @Test
  void belowOpset7ASlopeStandsAgainstTheChannels() {
    Tensor x = Tensor.of(new float[] {-1, -1, -1, -1}, 1, 2, 2);
    Tensor slope = Tensor.of(new float[] {2, 3}, 2);
    assertThat(OneNode.of("PRelu", 6).run(x, slope).toDoubles()).containsExactly(-2, -2, -3, -3);
    assertThat(OneNode.of("PRelu", 7).run(x, slope).toDoubles()).containsExactly(-2, -3, -2, -3);
  }

  @Test
  void seluOfOpset1HasDefaultsOfFewerDigits() {
    Tensor x = Tensor.of(new float[] {1}, 1);
    assertThat(OneNode.of("Selu", 5).run(x).getFloat(0)).isEqualTo(1.0507f);
    assertThat(OneNode.of("Selu", 6).run(x).getFloat(0)).isEqualTo(1.050701f);
  }
}
