package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.quantization.DynamicQuantizeLinear;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * {@link DynamicQuantizeLinear} whose integers, less their zero point, are float32 already, as
 * {@link QuantizedLinear} takes them.
 *
 * <p>Input: X float32. Outputs: integers from −255 to 255 of X's shape, float32; their scale.
 */
public record DynamicQuantize() implements Operator {
  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(
        ValueType.tensor(DType.FLOAT, c.shape(0)), ValueType.tensor(DType.FLOAT, Shape.scalar()));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    List<Value> quantized = new DynamicQuantizeLinear().evaluate(c);
    Tensor integers = (Tensor) quantized.get(0);
    long zero = ((Tensor) quantized.get(2)).getLong(0);
    Tensor y = Tensor.zeros(DType.FLOAT, integers.shape());
    for (int i = 0; i < y.size(); i++) {
      y.setLong(i, integers.getLong(i) - zero);
    }
    return List.of(y, quantized.get(1));
  }
}
