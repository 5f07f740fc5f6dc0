package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.any;
import static dev.sardonyx.optimizer.Pattern.maybe;
import static dev.sardonyx.optimizer.Pattern.node;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import java.util.Arrays;
import java.util.List;

/**
 * Averages of what a 1×1 convolution makes of each pixel are what it makes of averages, of which
 * there are fewer.
 *
 * <pre>
 *   mean(W·x + b) = W·mean(x) + b
 *
 *   x → Conv(1×1) → AveragePool → y        x → AveragePool → Conv(1×1) → y
 * </pre>
 *
 * <p>GlobalAveragePool likewise. Such are the transitions of DenseNet (Huang et al. 2017), which
 * have a quarter of their products left. Declines for a bias where windows that reach beyond the
 * image count what is there as zeros.
 */
public final class PoolBeforeConv implements Rule {
  @Override
  public List<NodePattern> patterns() {
    NodePattern conv = node("Conv", any("x"), any("w"), maybe(any("b"))).as("conv");
    return List.of(node("AveragePool", conv), node("GlobalAveragePool", conv));
  }

  @Override
  public boolean applies(Match m) {
    Attributes conv = m.node("conv").attributes();
    return isOnePixel(m.shape("w"))
        && areAll(conv.getLongs("strides"), 1)
        && areAll(conv.getLongs("pads"), 0)
        && (isGlobal(m.root()) || !areAll(m.root().attributes().getLongs("strides"), 1));
  }

  @Override
  public Outcome rewrite(Match m) {
    Node conv = m.node("conv");
    Node pool = m.root();
    if (m.has("b") && !isGlobal(pool) && countsZeros(pool.attributes())) {
      return Outcome.declined("the averages count zeros around the image, which have no bias");
    }
    return m.rewrite(
        p -> p.like(conv, p.like(pool, m.value("x")), m.value("w"), m.valueOrEmpty("b")));
  }

  private static boolean isGlobal(Node pool) {
    return pool.is("GlobalAveragePool");
  }

  private static boolean countsZeros(Attributes pool) {
    boolean reachesBeyond =
        !areAll(pool.getLongs("pads"), 0)
            || pool.getString("auto_pad", "NOTSET").startsWith("SAME")
            || pool.getFlag("ceil_mode", false);
    return reachesBeyond && pool.getFlag("count_include_pad", false);
  }

  private static boolean isOnePixel(Shape w) {
    return w.hasRank() && w.dims().stream().skip(2).allMatch(d -> d.is(1));
  }

  /** Whether an attribute's numbers, unless it is absent, are all the same. */
  private static boolean areAll(long[] numbers, long number) {
    return numbers == null || Arrays.stream(numbers).allMatch(n -> n == number);
  }
}
