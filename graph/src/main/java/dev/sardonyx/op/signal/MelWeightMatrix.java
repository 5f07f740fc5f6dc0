package dev.sardonyx.op.signal;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Triangular filters from the bins of a {@link DFT} to bands of equal width in mel (ai.onnx
 * MelWeightMatrix, version 17), mel = 2595 · log10(1 + hertz / 700).
 *
 * <p>Inputs are scalars: num_mel_bins M, dft_length n, sample_rate, lower_edge_hertz,
 * upper_edge_hertz. Output [⌊n/2⌋ + 1, M]: band m rises from bin e[m] to 1 at e[m + 1] and falls to
 * 0 at e[m + 2]; the M + 2 edges are equally spaced from the lower edge, a step being 1/(M + 2) of
 * the range, and rounded down to bins of (n + 1) · hertz / sample_rate.
 */
public record MelWeightMatrix(DType type) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "MelWeightMatrix",
              a -> new MelWeightMatrix(a.getDType("output_datatype", DType.FLOAT)))
          .since(17);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    List<Dim> bands = c.extents(0);
    List<Dim> length = c.extents(1);
    Dim bins = length == null ? c.freshDim() : length.get(0).floorDividedBy(Dim.of(2)).plus(1);
    return List.of(
        ValueType.tensor(type, Shape.of(bins, bands == null ? c.freshDim() : bands.get(0))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    int bands = c.tensor(0).getInt(0);
    int length = c.tensor(1).getInt(0);
    double rate = c.tensor(2).getDouble(0);
    double lower = mel(c.tensor(3).getDouble(0));
    double upper = mel(c.tensor(4).getDouble(0));
    int bins = length / 2 + 1;
    if (bands < 0 || length < 0 || rate <= 0) {
      throw new ModelException(
          "expected num_mel_bins and dft_length of 0 or more and a positive sample_rate, got "
              + bands
              + ", "
              + length
              + " and "
              + rate);
    }
    Tensor y = Tensor.zeros(type, bins, bands);
    int[] edges = new int[bands + 2];
    for (int e = 0; e < edges.length; e++) {
      double hertz = hertz(lower + (upper - lower) / edges.length * e);
      edges[e] = (int) Math.floor((length + 1.0) * hertz / rate);
    }
    for (int m = 0; m < bands; m++) {
      int top = edges[m + 1];
      for (int bin = Math.max(edges[m], 0); bin < Math.min(edges[m + 2], bins); bin++) {
        double weight =
            bin < top
                ? (double) (bin - edges[m]) / (top - edges[m])
                : (double) (edges[m + 2] - bin) / (edges[m + 2] - top);
        y.setDouble(bin * bands + m, weight);
      }
      // A band that does not fall still has its top.
      if (top == edges[m + 2] && top >= 0 && top < bins) {
        y.setDouble(top * bands + m, 1);
      }
    }
    return List.of(y);
  }

  private static double mel(double hertz) {
    return 2595 * Math.log10(1 + hertz / 700);
  }

  private static double hertz(double mel) {
    return 700 * (Math.pow(10, mel / 2595) - 1);
  }
}
