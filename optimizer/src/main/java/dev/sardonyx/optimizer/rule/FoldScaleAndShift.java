package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.constant;
import static dev.sardonyx.optimizer.Pattern.node;

import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import java.util.Arrays;
import java.util.List;

/**
 * Arithmetic with a constant per channel after a linear node is part of its weights.
 *
 * <pre>
 *   x → Conv(W, b) → Mul(·, s) → y        x → Conv(s·W, s·b) → y
 *   x → Conv(W, b) → Add(·, t) → y        x → Conv(W, b + t) → y
 * </pre>
 *
 * <p>Sub and Div likewise. Declines if the constant differs within a channel.
 */
public final class FoldScaleAndShift implements Rule {
  @Override
  public List<NodePattern> patterns() {
    return List.of(
        node(List.of("Add", "Sub", "Mul", "Div"), LinearNode.pattern(), constant("c"))
            .commutative());
  }

  @Override
  public boolean applies(Match m) {
    boolean constantFirst = m.root().input(0).equals(m.value("c"));
    boolean adds = m.root().is("Add") || m.root().is("Sub");
    // A bias of MatMul is the matter of MatMulAddToGemm.
    return !(m.root().is("Div") && constantFirst) && !(adds && LinearNode.of(m).isMatMul());
  }

  @Override
  public Outcome rewrite(Match m) {
    LinearNode linear = LinearNode.of(m);
    double[] c = linear.perChannel(m.constant("c"));
    if (c == null) {
      return Outcome.declined(
          "the constant of shape " + m.shape("c") + " does not have one number per channel");
    }
    double[] scale = new double[c.length];
    double[] shift = new double[c.length];
    Arrays.fill(scale, 1);
    boolean constantFirst = m.root().input(0).equals(m.value("c"));
    for (int i = 0; i < c.length; i++) {
      switch (m.root().opType()) {
        case "Mul" -> scale[i] = c[i];
        case "Div" -> scale[i] = 1 / c[i];
        case "Add" -> shift[i] = c[i];
        default -> {
          scale[i] = constantFirst ? -1 : 1;
          shift[i] = constantFirst ? c[i] : -c[i];
        }
      }
    }
    return linear.scaledAndShifted(scale, shift);
  }
}
