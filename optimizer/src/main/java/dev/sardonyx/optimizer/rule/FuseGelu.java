package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.any;
import static dev.sardonyx.optimizer.Pattern.node;
import static dev.sardonyx.optimizer.Pattern.oneOf;
import static dev.sardonyx.optimizer.Pattern.scalar;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import java.util.List;

/**
 * The Gaussian error linear unit written out (Hendrycks and Gimpel 2016, arXiv 1606.08415).
 *
 * <pre>
 *   y = 0.5 · x · (1 + Erf(x / √2))        y = Gelu(x)
 * </pre>
 *
 * <p>In any order of the three factors, with √2 as a divisor or its inverse as a factor.
 */
public final class FuseGelu implements Rule {
  @Override
  public List<NodePattern> patterns() {
    Pattern x = any("x");
    Pattern argument =
        oneOf(
            node("Div", x, scalar(Math.sqrt(2))),
            node("Mul", x, scalar(Math.sqrt(0.5))).commutative());
    Pattern cdf = node("Add", node("Erf", argument), scalar(1)).commutative();
    return List.of(
        half(product(x, cdf)),
        product(half(x), cdf),
        product(x, half(cdf)),
        halved(product(x, cdf)));
  }

  private static NodePattern product(Pattern a, Pattern b) {
    return node("Mul", a, b).commutative();
  }

  private static NodePattern half(Pattern a) {
    return product(a, scalar(0.5));
  }

  private static NodePattern halved(Pattern a) {
    return node("Div", a, scalar(2));
  }

  @Override
  public Outcome rewrite(Match m) {
    return m.rewrite(p -> p.node("Gelu", Attributes.NONE, m.value("x")));
  }
}
