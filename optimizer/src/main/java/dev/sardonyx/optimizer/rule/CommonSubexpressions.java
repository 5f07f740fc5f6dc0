package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.anyNode;

import dev.sardonyx.graph.Node;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Patch;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import java.util.List;

/**
 * What is computed twice from the same values is computed once.
 *
 * <pre>
 *   x → op → y
 *   x → op → z        x → op → y = z
 * </pre>
 *
 * <p>Means operators that are equal in type and attributes; never random ones.
 */
public final class CommonSubexpressions implements Rule {
  @Override
  public List<NodePattern> patterns() {
    return List.of(anyNode());
  }

  @Override
  public boolean applies(Match m) {
    return m.twinOfRoot() != null;
  }

  @Override
  public Outcome rewrite(Match m) {
    Node twin = m.twinOfRoot();
    Patch.Builder patch = m.patch();
    for (int i = 0; i < m.root().outputs().size(); i++) {
      if (m.isUsed(m.root().output(i))) {
        if (!twin.hasOutput(i)) {
          return Outcome.declined("the first one does not compute output " + i);
        }
        patch.replace(m.root().output(i), twin.output(i));
      }
    }
    return new Outcome.Rewrite(patch.build());
  }
}
