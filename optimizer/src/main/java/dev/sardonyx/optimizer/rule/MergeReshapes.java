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
 * Of several changes of shape the last one decides.
 *
 * <pre>
 *   x → Reshape → Unsqueeze → y        x → Reshape(shape of y) → y
 * </pre>
 *
 * <p>Declines if the shape of y cannot be written as a constant (see {@link ReshapeTarget}).
 */
public final class MergeReshapes implements Rule {
  private static final List<String> RESHAPES =
      List.of("Reshape", "Flatten", "Squeeze", "Unsqueeze");

  @Override
  public List<NodePattern> patterns() {
    NodePattern first = node(RESHAPES, any("x")).withMoreInputs().shared();
    return List.of(node(RESHAPES, first).withMoreInputs());
  }

  @Override
  public Outcome rewrite(Match m) {
    Tensor target = ReshapeTarget.of(m.shape("x"), m.shapeOf(m.root().output(0)));
    if (target == null) {
      return Outcome.declined(
          "more than one extent of y is neither a number nor the same as x has there");
    }
    return m.rewrite(p -> p.node("Reshape", Attributes.NONE, m.value("x"), p.constant(target)));
  }
}
