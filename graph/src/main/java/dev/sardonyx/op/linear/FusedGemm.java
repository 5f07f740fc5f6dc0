package dev.sardonyx.op.linear;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/** {@link Gemm} followed by an activation (com.microsoft FusedGemm). */
public record FusedGemm(Gemm gemm, FusedActivation activation) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("FusedGemm", FusedGemm::parse).inDomain("com.microsoft");

  private static FusedGemm parse(Attributes a) {
    return new FusedGemm(
        Gemm.parse(a),
        a.has("activation_alpha")
            ? FusedActivation.parse(
                a, a.getFloat("activation_alpha", 0), a.getFloat("activation_beta", 0.5f))
            : FusedActivation.parse(a));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return gemm.infer(c);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor y = (Tensor) gemm.evaluate(c).get(0);
    for (int i = 0; i < y.size(); i++) {
      y.setDouble(i, activation.apply(y.getDouble(i)));
    }
    return List.of(y);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return gemm.macs(inputs, outputs);
  }
}
