package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Extents;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The same elements under another shape (ai.onnx Reshape, newest version 25): input {@code shape}
 * holds the extents; one of them may be −1, which is what remains, and 0 keeps the extent of the
 * data at that place. Below version 5 the shape is an attribute.
 *
 * @param allowZero whether 0 is an extent of zero instead
 */
public record Reshape(boolean allowZero) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Reshape", a -> new Reshape(a.getFlag("allowzero", false)))
          .since(5, Reshape::upgrade);

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    long[] shape = node.attributes().getLongs("shape");
    if (shape == null) {
      throw Attributes.missing("shape");
    }
    List<String> inputs = List.of(node.input(0), c.constant(Tensor.vector(shape)));
    return List.of(
        c.node("", "Reshape", inputs, node.outputs(), Attributes.NONE).withName(node.name()));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Shape wanted = Extents.shape(c, 1);
    if (c.extents(1) != null) {
      wanted = resolve(x, wanted.dims(), c);
    }
    Extents.pass(c, c.extents(0), wanted);
    return List.of(ValueType.tensor(c.dtype(0), wanted));
  }

  private Shape resolve(Shape x, List<Dim> wanted, InferenceContext c) {
    List<Dim> dims = new ArrayList<>();
    Dim rest = Dim.ONE;
    int open = -1;
    for (int d = 0; d < wanted.size(); d++) {
      Dim dim = wanted.get(d);
      if (dim.is(-1)) {
        if (open >= 0) {
          throw new ModelException("shape: expected -1 at most once, got " + wanted);
        }
        open = d;
      } else {
        if (dim.is(0) && !allowZero) {
          dim = !x.hasRank() ? c.freshDim() : d < x.rank() ? x.dim(d) : missing(wanted, x);
        }
        rest = rest.times(dim);
      }
      dims.add(dim);
    }
    if (x.hasRank()) {
      Dim size = x.size();
      boolean known = size.isKnown() && rest.isKnown();
      if (open >= 0 && !rest.is(0)) {
        Dim remaining = size.dividedExactly(rest);
        if (remaining == null && known) {
          throw misfit(x, wanted);
        }
        dims.set(open, remaining == null ? c.freshDim() : remaining);
      } else if (known && !size.equals(rest)) {
        throw misfit(x, wanted);
      }
    }
    if (open >= 0 && dims.get(open).is(-1)) {
      dims.set(open, c.freshDim());
    }
    return new Shape(dims);
  }

  private static Dim missing(List<Dim> wanted, Shape x) {
    throw new ModelException(
        "shape: expected 0 only where the data has a dimension, got " + wanted + " for " + x);
  }

  private static ModelException misfit(Object x, Object wanted) {
    return new ModelException(
        "expected a shape with the elements of the data " + x + ", got " + wanted);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int[] shape = Extents.of(c.tensor(1));
    long rest = 1;
    int open = -1;
    for (int d = 0; d < shape.length; d++) {
      if (shape[d] == 0 && !allowZero) {
        if (d >= x.rank()) {
          throw misfit(x.describe(), c.tensor(1));
        }
        shape[d] = x.dim(d);
      }
      if (shape[d] == -1) {
        open = d;
      } else {
        rest *= shape[d];
      }
    }
    if (open >= 0) {
      if (rest == 0 || x.size() % rest != 0) {
        throw misfit(x.describe(), c.tensor(1));
      }
      shape[open] = (int) (x.size() / rest);
    } else if (rest != x.size()) {
      throw misfit(x.describe(), c.tensor(1));
    }
    return List.of(x.reshape(shape));
  }
}
