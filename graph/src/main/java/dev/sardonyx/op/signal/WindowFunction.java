package dev.sardonyx.op.signal;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Windows for the analysis of signals (ai.onnx HannWindow, HammingWindow, BlackmanWindow, version
 * 17): {@code y[t] = a0 − a1·cos(2πt/N) + a2·cos(4πt/N)} for t below {@code size}; N is size when
 * periodic, else size − 1.
 */
public record WindowFunction(Kind kind, boolean periodic, DType type) implements Operator {
  /** The windows' coefficients. */
  public enum Kind {
    HannWindow(0.5, 0.5, 0),
    HammingWindow(25.0 / 46, 21.0 / 46, 0),
    BlackmanWindow(0.42, 0.5, 0.08);

    private final double a0;
    private final double a1;
    private final double a2;

    Kind(double a0, double a1, double a2) {
      this.a0 = a0;
      this.a1 = a1;
      this.a2 = a2;
    }
  }

  /** The definition of the row of that name. */
  public static OperatorDefinition definition(String name) {
    Kind k = Kind.valueOf(name);
    return OperatorDefinition.of(name, a -> parse(k, a)).since(17);
  }

  private static WindowFunction parse(Kind kind, Attributes a) {
    return new WindowFunction(
        kind, a.getFlag("periodic", true), a.getDType("output_datatype", DType.FLOAT));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    List<Dim> size = c.extents(0);
    return List.of(ValueType.tensor(type, Shape.of(size == null ? c.freshDim() : size.get(0))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    int size = c.tensor(0).getInt(0);
    int n = Math.max(periodic ? size : size - 1, 1);
    Tensor y = Tensor.zeros(type, size);
    for (int t = 0; t < size; t++) {
      double angle = 2 * Math.PI * t / n;
      y.setDouble(t, kind.a0 - kind.a1 * Math.cos(angle) + kind.a2 * Math.cos(2 * angle));
    }
    return List.of(y);
  }
}
