package dev.sardonyx.op.activation;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The activations without parameters (ai.onnx Relu, Sigmoid, …). Each row names the version from
 * which the operator means what it means now; later ones only add types.
 */
public enum PlainActivation implements Activation {
  /** {@code x · max(0, min(1, x/6 + 1/2))}. */
  HardSwish(14, x -> x * Math.max(0, Math.min(1, x / 6 + 0.5))),
  /** {@code x · tanh(softplus(x))}. */
  Mish(18, x -> x * Math.tanh(softplus(x))),
  /** {@code max(0, x)}, of integers too. */
  Relu(6, x -> Math.max(0, x)),
  /** {@code 1 / (1 + exp(−x))}. */
  Sigmoid(6, PlainActivation::sigmoid),
  /** {@code log(1 + exp(x))}. */
  Softplus(1, PlainActivation::softplus),
  /** {@code x / (1 + |x|)}. */
  Softsign(1, x -> x / (1 + Math.abs(x))),
  Tanh(6, Math::tanh);

  private final int since;
  private final DoubleUnaryOperator function;

  PlainActivation(int since, DoubleUnaryOperator function) {
    this.since = since;
    this.function = function;
  }

  /** The definition of the row of that name. */
  static OperatorDefinition definition(String name) {
    PlainActivation f = valueOf(name);
    return OperatorDefinition.of(name, a -> f).since(f.since, "consumed_inputs");
  }

  @Override
  public double apply(double x) {
    return function.applyAsDouble(x);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    return x.dtype().isInteger()
        ? List.of(Elementwise.ofLongs(x, x.dtype(), v -> Math.max(0, v)))
        : Activation.super.evaluate(c);
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Written so that a large x does not overflow and a very negative one keeps its digits. */
  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
}
