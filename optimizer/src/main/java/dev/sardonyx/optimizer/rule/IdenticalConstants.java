package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.anyNode;

import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import java.util.ArrayList;
import java.util.List;

/**
 * Constants of the same type, shape and bits are stored once.
 *
 * <pre>
 *   a = {1, 2} → op → y
 *   b = {1, 2} → op → z        a → both
 * </pre>
 */
public final class IdenticalConstants implements Rule {
  @Override
  public List<NodePattern> patterns() {
    return List.of(anyNode());
  }

  @Override
  public boolean applies(Match m) {
    for (String v : m.root().inputs()) {
      if (!m.firstEqualConstant(v).equals(v)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Outcome rewrite(Match m) {
    List<String> inputs = new ArrayList<>();
    for (String v : m.root().inputs()) {
      inputs.add(m.firstEqualConstant(v));
    }
    return new Outcome.Rewrite(m.patch().keep(m.root().withInputs(inputs)).build());
  }
}
