package dev.sardonyx.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Node;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.runtime.simd.UnaryFunction;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnaryFunctionsTest {
  private static final Attributes NONE = Attributes.NONE;
  private static final String MICROSOFT = "com.microsoft";

  @Test
  void gaussianUnitsOfBothDomains() {
    Attributes tanh = NONE.with("approximate", Attribute.of("tanh"));
    assertThat(of("", "Gelu", NONE, "x")).isEqualTo(UnaryFunction.GELU);
    assertThat(of("", "Gelu", tanh, "x")).isEqualTo(UnaryFunction.GELU_TANH);
    assertThat(of(MICROSOFT, "Gelu", NONE, "x")).isEqualTo(UnaryFunction.GELU);
    assertThat(of(MICROSOFT, "QuickGelu", NONE, "x")).isEqualTo(UnaryFunction.swish(1.702f));
    assertThat(of(MICROSOFT, "FastGelu", NONE, "x")).isEqualTo(UnaryFunction.GELU_TANH);
    assertThat(of(MICROSOFT, "FastGelu", NONE, "x", "")).isEqualTo(UnaryFunction.GELU_TANH);
  }

  @Test
  void whatHasABiasIsNoFunctionOfOneArgument() {
    assertThat(of(MICROSOFT, "FastGelu", NONE, "x", "bias")).isNull();
    assertThat(of(MICROSOFT, "BiasGelu", NONE, "x", "bias")).isNull();
  }

  @Test
  void exponentialUnitsAreOneFunction() {
    Attributes alpha = NONE.with("alpha", Attribute.of(2f));
    Attributes both = alpha.with("gamma", Attribute.of(3f));
    UnaryFunction.Op elu = UnaryFunction.Op.ELU;
    assertThat(of("", "Elu", alpha, "x")).isEqualTo(new UnaryFunction(elu, 2, 1, 1));
    assertThat(of("", "Celu", alpha, "x")).isEqualTo(new UnaryFunction(elu, 2, 0.5f, 1));
    assertThat(of("", "Selu", both, "x")).isEqualTo(new UnaryFunction(elu, 6, 1, 3));
  }

  @Test
  void celuWhoseExponentialHasNoBoundIsNone() {
    for (float alpha : new float[] {0f, -1f, Float.MIN_VALUE, Float.NaN}) {
      assertThat(of("", "Celu", NONE.with("alpha", Attribute.of(alpha)), "x")).isNull();
    }
  }

  private static UnaryFunction of(
      String domain, String opType, Attributes attributes, String... inputs) {
    Node node =
        new Node(
            "",
            domain,
            opType,
            List.of(inputs),
            List.of("y"),
            attributes,
            StandardOperators.set().bind(domain, opType, attributes));
    return UnaryFunctions.of(node, name -> null);
  }
}
