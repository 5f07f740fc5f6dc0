package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.node;

import dev.sardonyx.graph.Node;
import dev.sardonyx.op.control.If;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Patch;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import dev.sardonyx.tensor.Tensor;
import java.util.List;

/**
 * An If whose condition is known gives way to the nodes of the branch that is taken.
 *
 * <pre>
 *   true → If(then: a → op → b; else: …) → y        a → op → y
 * </pre>
 *
 * <p>Never declines: the branch reads the values of the graph around it anyway.
 */
public final class InlineBranch implements Rule {
  @Override
  public List<NodePattern> patterns() {
    return List.of(node("If"));
  }

  @Override
  public boolean applies(Match m) {
    Tensor condition = m.constantOf(m.root().input(0));
    return m.root().operator() instanceof If && condition != null && condition.size() == 1;
  }

  @Override
  public Outcome rewrite(Match m) {
    Node n = m.root();
    If op = (If) n.operator();
    boolean taken = m.constantOf(n.input(0)).getBoolean(0);
    Patch.Builder patch = m.patch();
    List<String> results = patch.inline(taken ? op.thenBranch() : op.elseBranch());
    for (int i = 0; i < n.outputs().size(); i++) {
      if (n.hasOutput(i)) {
        patch.replace(n.output(i), results.get(i));
      }
    }
    return new Outcome.Rewrite(patch.build());
  }
}
