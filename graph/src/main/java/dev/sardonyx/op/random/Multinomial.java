package dev.sardonyx.op.random;

import dev.sardonyx.graph.Attributes;
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
 * Class numbers drawn with the probabilities softmax(input) (ai.onnx Multinomial, newest version
 * 22): input [batch, classes], output [batch, samples]. The same every time when there is a seed;
 * see {@link RandomTensor}.
 *
 * @param dtype int32 or int64
 * @param seed null for none
 */
public record Multinomial(DType dtype, int samples, Float seed) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Multinomial", Multinomial::parse).since(7);

  private static Multinomial parse(Attributes a) {
    return new Multinomial(
        a.getDType("dtype", DType.INT32),
        a.getInt("sample_size", 1),
        a.has("seed") ? a.getFloat("seed", 0) : null);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Dim batch = c.shape(0).hasRank() ? c.shape(0).dim(0) : c.freshDim();
    return List.of(ValueType.tensor(dtype, Shape.of(batch, Dim.of(samples))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    if (x.rank() != 2 || x.dim(1) == 0) {
      throw new ModelException("expected log-probabilities [batch, classes], got " + x.describe());
    }
    int classes = x.dim(1);
    Tensor y = Tensor.zeros(dtype, x.dim(0), samples);
    MersenneTwister random = MersenneTwister.of(seed);
    for (int row = 0; row < x.dim(0); row++) {
      double[] upTo = cumulated(x, row * classes, classes);
      for (int s = 0; s < samples; s++) {
        double drawn = random.nextDouble() * upTo[classes - 1];
        int chosen = 0;
        while (chosen < classes - 1 && drawn >= upTo[chosen]) {
          chosen++;
        }
        y.setLong(row * samples + s, chosen);
      }
    }
    return List.of(y);
  }

  /** Sums of exp(x − max), which are the distribution function up to a factor. */
  private static double[] cumulated(Tensor x, int from, int classes) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < classes; i++) {
      max = Math.max(max, x.getDouble(from + i));
    }
    double[] upTo = new double[classes];
    double sum = 0;
    for (int i = 0; i < classes; i++) {
      sum += Math.exp(x.getDouble(from + i) - max);
      upTo[i] = sum;
    }
    return upTo;
  }

  @Override
  public boolean isDeterministic() {
    return seed != null;
  }
}
