package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Normalization of a sum over the last dimension (com.microsoft SkipLayerNormalization and
 * SkipSimplifiedLayerNormalization): with {@code s = input + skip + bias},
 *
 * <pre>
 * output = (s − mean) / √(var + epsilon) · gamma + beta      or, simplified,
 * output = s / √(mean(s²) + epsilon) · gamma
 * </pre>
 *
 * <p>input [N, S, H] or [T, H], skip broadcasts to it; gamma, beta and bias [H], the latter two may
 * be omitted, and the simplified operator has no beta. Outputs 1 and 2 are mean and inverse
 * deviation in float with 1 as last extent; output 3 is s.
 */
public record SkipLayerNormalization(float epsilon, boolean simplified) implements Operator {

  static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("SkipLayerNormalization", a -> parse(a, false))
          .inDomain("com.microsoft");
  static final OperatorDefinition SIMPLIFIED =
      OperatorDefinition.of("SkipSimplifiedLayerNormalization", a -> parse(a, true))
          .inDomain("com.microsoft");

  private static SkipLayerNormalization parse(Attributes a, boolean simplified) {
    return new SkipLayerNormalization(a.getFloat("epsilon", 1e-12f), simplified);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape rows = c.shape(0);
    if (rows.hasRank()) {
      List<Dim> dims = new ArrayList<>(rows.dims());
      dims.set(rows.rank() - 1, Dim.ONE);
      rows = new Shape(dims);
    }
    ValueType statistics = ValueType.tensor(DType.FLOAT, rows);
    return List.of(c.tensor(0), statistics, statistics, c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int size = x.dim(-1);
    double[] gamma = c.tensor(2).toDoubles();
    double[] beta = !simplified && c.hasInput(3) ? c.tensor(3).toDoubles() : new double[size];
    int biasInput = simplified ? 3 : 4;
    double[] bias = c.hasInput(biasInput) ? c.tensor(biasInput).toDoubles() : new double[size];
    double[] s = x.toDoubles();
    double[] skip = Broadcast.to(c.tensor(1), x.shape()).toDoubles();
    for (int i = 0; i < s.length; i++) {
      s[i] += skip[i] + bias[i % size];
    }
    int[] shape = x.shape();
    shape[shape.length - 1] = 1;
    Tensor mean = Tensor.zeros(DType.FLOAT, shape);
    Tensor inverse = Tensor.zeros(DType.FLOAT, shape);
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    for (int row = 0; row < mean.size(); row++) {
      Statistics statistics = Statistics.of(s, row * size, size);
      double center = simplified ? 0 : statistics.mean();
      // The mean of squares is the variance about 0.
      double spread = simplified ? statistics.mean() * statistics.mean() : 0;
      double by = statistics.inverseDeviation(epsilon + spread);
      mean.setDouble(row, statistics.mean());
      inverse.setDouble(row, by);
      for (int i = 0; i < size; i++) {
        int at = row * size + i;
        y.setDouble(at, (s[at] - center) * by * gamma[i] + beta[i]);
      }
    }
    return List.of(y, mean, inverse, Tensor.of(s, x.shape()).convert(x.dtype()));
  }
}
