package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.any;
import static dev.sardonyx.optimizer.Pattern.isNear;
import static dev.sardonyx.optimizer.Pattern.node;
import static dev.sardonyx.optimizer.Pattern.oneOf;
import static dev.sardonyx.optimizer.Pattern.scalar;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Node;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import dev.sardonyx.tensor.DType;
import java.util.List;

/**
 * The hard swish written out (Howard et al. 2019, arXiv 1905.02244).
 *
 * <pre>
 *   y = x · HardSigmoid(x; 1/6, 1/2)
 *   y = x · Clip(x + 3, 0, 6) / 6        y = HardSwish(x)
 * </pre>
 *
 * <p>1/6 may be as short as 0.166667.
 */
public final class FuseHardSwish implements Rule {
  @Override
  public List<NodePattern> patterns() {
    Pattern x = any("x");
    Pattern gate = node("Clip", node("Add", x, scalar(3)).commutative(), scalar(0), scalar(6));
    Pattern hardSigmoid =
        oneOf(node("HardSigmoid", x).where(FuseHardSwish::isSixth), sixth(gate), perSix(gate));
    return List.of(
        product(x, hardSigmoid),
        perSix(product(x, gate)),
        sixth(product(x, gate)),
        product(sixth(x), gate));
  }

  private static NodePattern product(Pattern a, Pattern b) {
    return node("Mul", a, b).commutative();
  }

  private static NodePattern sixth(Pattern a) {
    return product(a, scalar(1 / 6.0));
  }

  private static NodePattern perSix(Pattern a) {
    return node("Div", a, scalar(6));
  }

  private static boolean isSixth(Node n) {
    return isNear(DType.FLOAT, n.attributes().getFloat("alpha", 0.2f), 1 / 6.0)
        && isNear(DType.FLOAT, n.attributes().getFloat("beta", 0.5f), 0.5);
  }

  @Override
  public Outcome rewrite(Match m) {
    return m.rewrite(p -> p.node("HardSwish", Attributes.NONE, m.value("x")));
  }
}
