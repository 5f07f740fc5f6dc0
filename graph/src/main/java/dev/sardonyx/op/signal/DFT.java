package dev.sardonyx.op.signal;

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
import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Discrete Fourier transform along one axis (ai.onnx DFT, newest version 20).
 *
 * <p>input [N, D1, …, 1] is real, [N, D1, …, 2] complex (real, imaginary). Inputs dft_length n
 * (default: the extent; the signal is cut or filled with zeros) and axis (default −2) may be
 * omitted. Output [N, D1, …, 2], the axis with extent n. The inverse divides by n. One-sided,
 * forward: of a real signal only the first ⌊n/2⌋ + 1 values, the others being their conjugates.
 * One-sided, inverse: from such values back to a real signal [N, D1, …, 1], n by default 2·(extent
 * − 1).
 *
 * <p>Up to version 19 the axis is an attribute with default 1.
 */
public record DFT(boolean inverse, boolean oneSided) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("DFT", DFT::parse).since(20, DFT::upgrade);

  private static DFT parse(Attributes a) {
    return new DFT(a.getFlag("inverse", false), a.getFlag("onesided", false));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    String axis = c.constant(Tensor.scalar(node.attributes().getLong("axis", 1)));
    return List.of(c.without(node.withInputs(List.of(node.input(0), node.input(1), axis)), "axis"));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Tensor axis = c.constant(2);
    if (!x.hasRank()) {
      return List.of(c.tensor(0));
    }
    if (c.hasInput(2) && axis == null) {
      return List.of(ValueType.tensor(c.dtype(0), c.freshShape(x.rank())));
    }
    int at = axis(axis, x.rank());
    List<Dim> dims = new ArrayList<>(x.dims());
    Dim given = c.extents(1) != null ? c.extents(1).get(0) : c.freshDim();
    Dim natural = isBack() ? x.dim(at).plus(-1).times(2) : x.dim(at);
    Dim length = c.hasInput(1) ? given : natural;
    boolean half = oneSided && !inverse;
    dims.set(at, half ? length.floorDividedBy(Dim.of(2)).plus(1) : length);
    dims.set(x.rank() - 1, Dim.of(isBack() ? 1 : 2));
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  private boolean isBack() {
    return oneSided && inverse;
  }

  private static int axis(Tensor axis, int rank) {
    int at = Axis.of(axis == null ? -2 : axis.getLong(0), rank);
    if (at == rank - 1) {
      throw new ModelException(
          "axis: expected a dimension of the signal, got the last one (real and imaginary part)");
    }
    return at;
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int[] shape = x.shape();
    int parts = x.dim(-1);
    if (parts != 1 && parts != 2) {
      throw new ModelException(
          "expected a last dimension of 1 (real) or 2 (complex), got " + x.describe());
    }
    int at = axis(c.tensorOrNull(2), shape.length);
    int extent = shape[at];
    int natural = isBack() ? 2 * (extent - 1) : extent;
    int n = c.hasInput(1) ? c.tensor(1).getInt(0) : natural;
    if (n < 1) {
      throw new ModelException("dft_length: expected at least 1, got " + n);
    }
    int bins = oneSided && !inverse ? n / 2 + 1 : n;
    int partsOut = isBack() ? 1 : 2;
    int inner = Tensor.strides(shape)[at] / parts;
    shape[at] = bins;
    shape[shape.length - 1] = partsOut;
    Tensor y = Tensor.zeros(x.dtype(), shape);
    for (int line = 0; line < x.size() / parts / extent; line++) {
      double[] re = new double[n];
      double[] im = new double[n];
      for (int t = 0; t < Math.min(n, extent); t++) {
        int from = ((line / inner * extent + t) * inner + line % inner) * parts;
        re[t] = x.getDouble(from);
        im[t] = parts == 2 ? x.getDouble(from + 1) : 0;
      }
      if (isBack()) {
        for (int t = n / 2 + 1; t < n; t++) {
          re[t] = re[n - t];
          im[t] = -im[n - t];
        }
      }
      Fourier f = Fourier.transform(re, im, inverse ? 1 : -1);
      double by = inverse ? 1.0 / n : 1;
      for (int k = 0; k < bins; k++) {
        int to = ((line / inner * bins + k) * inner + line % inner) * partsOut;
        y.setDouble(to, f.re[k] * by);
        if (partsOut == 2) {
          y.setDouble(to + 1, f.im[k] * by);
        }
      }
    }
    return List.of(y);
  }
}
