package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.any;
import static dev.sardonyx.optimizer.Pattern.constant;
import static dev.sardonyx.optimizer.Pattern.maybe;
import static dev.sardonyx.optimizer.Pattern.node;
import static dev.sardonyx.optimizer.Pattern.scalar;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Node;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Zeros put around a picture before a convolution are the convolution's own padding.
 *
 * <pre>
 *   x → Pad(p, 0) → Conv(pads q) → y        x → Conv(pads p + q) → y
 * </pre>
 *
 * <p>AveragePool likewise if it counts what is padded. Declines for pads of batch or channels, for
 * cropping, for auto_pad, and for pads of pooling that are not smaller than its kernel.
 */
public final class FoldPad implements Rule {
  @Override
  public List<NodePattern> patterns() {
    NodePattern pad =
        node("Pad", any("x"), constant("pads"), maybe(scalar(0)), maybe(constant("axes")))
            .where(n -> n.attributes().getString("mode", "constant").equals("constant"))
            .as("pad");
    return List.of(node(List.of("Conv", "AveragePool"), pad).withMoreInputs());
  }

  @Override
  public Outcome rewrite(Match m) {
    Node n = m.root();
    if (!m.shape("x").hasRank()) {
      return Outcome.declined("the rank of x is not known");
    }
    int rank = m.shape("x").rank();
    long[] added = padsOfAllAxes(m, rank);
    if (added[0] != 0 || added[1] != 0 || added[rank] != 0 || added[rank + 1] != 0) {
      return Outcome.declined("it pads batch or channels");
    }
    if (Arrays.stream(added).anyMatch(p -> p < 0)) {
      return Outcome.declined("it crops");
    }
    String autoPad = n.attributes().getString("auto_pad", "NOTSET");
    if (!autoPad.equals("NOTSET") && !autoPad.equals("VALID")) {
      return Outcome.declined("auto_pad is " + autoPad);
    }
    int spatial = rank - 2;
    long[] own = n.attributes().getLongs("pads");
    long[] pads = own == null || autoPad.equals("VALID") ? new long[2 * spatial] : own.clone();
    boolean padsItself = Arrays.stream(pads).anyMatch(p -> p != 0);
    for (int i = 0; i < spatial; i++) {
      pads[i] += added[2 + i];
      pads[spatial + i] += added[rank + 2 + i];
    }
    Attributes a = n.attributes().without("auto_pad").with("pads", Attribute.of(pads));
    if (n.is("AveragePool")) {
      if (padsItself && !a.getFlag("count_include_pad", false)) {
        return Outcome.declined("the pooling does not count its own pads, but counts these");
      }
      long[] kernel = a.getLongs("kernel_shape");
      for (int i = 0; i < pads.length; i++) {
        if (pads[i] >= kernel[i % spatial]) {
          return Outcome.declined("the pads are not smaller than the kernel");
        }
      }
      if (a.getFlag("ceil_mode", false)) {
        return Outcome.declined("ceil_mode counts windows that lie beyond the pads");
      }
      a = a.with("count_include_pad", Attribute.of(1L));
    }
    String[] inputs = n.inputs().toArray(String[]::new);
    inputs[0] = m.value("x");
    Attributes attributes = a;
    return m.rewrite(p -> p.like(n, attributes, inputs));
  }

  /** Pads before every axis, then behind every axis. */
  private static long[] padsOfAllAxes(Match m, int rank) {
    Tensor pads = m.constant("pads");
    if (!m.has("axes")) {
      return pads.toLongs();
    }
    long[] all = new long[2 * rank];
    Tensor axes = m.constant("axes");
    for (int i = 0; i < axes.size(); i++) {
      int axis = Math.floorMod(axes.getInt(i), rank);
      all[axis] = pads.getLong(i);
      all[rank + axis] = pads.getLong(axes.size() + i);
    }
    return all;
  }
}
