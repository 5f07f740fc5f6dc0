package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Local response normalization (ai.onnx LRN, newest version 13; Krizhevsky et al., 2012): {@code
 * Y[n, c, d] = X[n, c, d] / (bias + alpha / size · Σ X[n, i, d]²)^beta}, the sum over the {@code
 * size} channels i from c − ⌊(size − 1)/2⌋ to c + ⌈(size − 1)/2⌉ that exist. X [N, C, D1, …].
 */
public record LRN(int size, float alpha, float beta, float bias) implements Operator {
  public static final OperatorDefinition DEFINITION = OperatorDefinition.of("LRN", LRN::parse);

  private static LRN parse(Attributes a) {
    int size = a.getInt("size", 0);
    if (size < 1) {
      throw new ModelException("attribute size: expected at least 1, got " + size);
    }
    return new LRN(
        size, a.getFloat("alpha", 1e-4f), a.getFloat("beta", 0.75f), a.getFloat("bias", 1));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int channels = x.dim(1);
    int area = x.size() == 0 ? 1 : x.size() / (x.dim(0) * channels);
    double[] in = x.toDoubles();
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    for (int i = 0; i < in.length; i++) {
      int channel = i / area % channels;
      int from = Math.max(0, channel - (size - 1) / 2);
      int to = (int) Math.min(channels - 1L, channel + size / 2L);
      double squares = 0;
      for (int other = from; other <= to; other++) {
        double v = in[i + (other - channel) * area];
        squares += v * v;
      }
      y.setDouble(i, in[i] / Math.pow(bias + (double) alpha / size * squares, beta));
    }
    return List.of(y);
  }
}
