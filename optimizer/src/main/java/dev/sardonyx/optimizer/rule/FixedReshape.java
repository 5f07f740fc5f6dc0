package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.any;
import static dev.sardonyx.optimizer.Pattern.node;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import dev.sardonyx.tensor.Tensor;
import java.util.List;

/**
 * A shape that is computed at run time, but of which all is known up to the batch size.
 *
 * <pre>
 *   x[n, t, 384] → Shape → … → Concat(n, t, 12, 32)
 *   x → Reshape(·, Concat) → y                          x → Reshape(·, {0, 0, 12, 32}) → y
 * </pre>
 *
 * <p>Declines if the shape cannot be written as a constant (see {@link ReshapeTarget}).
 */
public final class FixedReshape implements Rule {
  @Override
  public List<NodePattern> patterns() {
    return List.of(
        node("Reshape", any("x"), any("shape"))
            .where(n -> !n.attributes().getFlag("allowzero", false)));
  }

  @Override
  public boolean applies(Match m) {
    return m.constantOf(m.value("shape")) == null && m.extentsOf(m.value("shape")) != null;
  }

  @Override
  public Outcome rewrite(Match m) {
    Tensor target = ReshapeTarget.of(m.shape("x"), m.extentsOf(m.value("shape")));
    if (target == null) {
      return Outcome.declined(
          "more than one extent of the shape is neither a number nor the same as x has there");
    }
    return m.rewrite(p -> p.node("Reshape", Attributes.NONE, m.value("x"), p.constant(target)));
  }
}
