package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.any;
import static dev.sardonyx.optimizer.Pattern.constant;
import static dev.sardonyx.optimizer.Pattern.node;
import static dev.sardonyx.optimizer.Pattern.oneOf;
import static dev.sardonyx.optimizer.Pattern.scalar;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Layer normalization written out (Ba et al. 2016, arXiv 1607.06450).
 *
 * <pre>
 *   d = x − ReduceMean(x)
 *   v = ReduceMean(d²)
 *   y = d / Sqrt(v + ε) · γ + β        y = LayerNormalization(x, γ, β)
 * </pre>
 *
 * <p>Declines if the mean is not taken over the last axes, if γ or β do not have their shape, and
 * for double, which LayerNormalization computes in float.
 */
public final class FuseLayerNormalization implements Rule {
  @Override
  public List<NodePattern> patterns() {
    Pattern difference = node("Sub", any("x"), mean(any("x"), "axes")).as("d");
    Pattern square = oneOf(node("Pow", any("d"), scalar(2)), node("Mul", any("d"), any("d")));
    Pattern variance = node("Add", mean(square, "axes2"), epsilon()).commutative();
    Pattern deviation = oneOf(node("Sqrt", variance), node("Pow", variance, scalar(0.5)));
    NodePattern normalized = node("Div", difference, deviation);
    NodePattern scaled = node("Mul", normalized, constant("scale")).commutative();
    return List.of(node("Add", scaled, constant("bias")).commutative());
  }

  private static NodePattern mean(Pattern of, String axes) {
    return node("ReduceMean", of, constant(axes))
        .where(n -> n.attributes().getFlag("keepdims", true));
  }

  private static Pattern epsilon() {
    return constant("epsilon", t -> t.size() == 1);
  }

  @Override
  public Outcome rewrite(Match m) {
    Shape x = m.shape("x");
    if (!x.hasRank()) {
      return Outcome.declined("the rank of x is not known");
    }
    int axis = firstOfLastAxes(m.constant("axes"), x.rank());
    if (axis < 0 || axis != firstOfLastAxes(m.constant("axes2"), x.rank())) {
      return Outcome.declined("the means are not taken over the last axes");
    }
    if (m.dtype("x") == DType.DOUBLE) {
      return Outcome.declined("LayerNormalization computes in float, x is double");
    }
    Shape normalized = new Shape(x.dims().subList(axis, x.rank()));
    Tensor scale = withShape(m.constant("scale"), normalized);
    Tensor bias = withShape(m.constant("bias"), normalized);
    if (scale == null || bias == null) {
      return Outcome.declined("scale and bias do not have the shape " + normalized);
    }
    Attributes attributes =
        Attributes.NONE
            .with("axis", Attribute.of((long) axis - x.rank()))
            .with("epsilon", Attribute.of(m.constant("epsilon").getFloat(0)));
    return m.rewrite(
        p ->
            p.node(
                "LayerNormalization",
                attributes,
                m.value("x"),
                p.constant(scale),
                p.constant(bias)));
  }

  /** The first axis if {@code axes} are all from there to the last; -1 if not. */
  private static int firstOfLastAxes(Tensor axes, int rank) {
    long[] sorted = axes.toLongs();
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] += sorted[i] < 0 ? rank : 0;
    }
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      if (sorted[i] != rank - sorted.length + i) {
        return -1;
      }
    }
    return sorted.length == 0 ? -1 : rank - sorted.length;
  }

  /** A tensor without leading extents of 1 if it then has a shape, else null. */
  private static Tensor withShape(Tensor t, Shape shape) {
    if (!shape.isStatic() || t.size() != shape.size().value()) {
      return null;
    }
    int[] wanted = shape.toArray();
    int extra = t.rank() - wanted.length;
    boolean fits =
        extra >= 0 && Arrays.equals(Arrays.copyOfRange(t.shape(), extra, t.rank()), wanted);
    return fits ? t.reshape(wanted) : null;
  }
}
