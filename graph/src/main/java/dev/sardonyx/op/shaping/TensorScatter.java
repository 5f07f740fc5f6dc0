package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * A key or value cache with new rows written in (ai.onnx TensorScatter-24): row i of batch entry b
 * of the update goes to row {@code write_indices[b] + i} along the axis (0 + i when omitted).
 *
 * @param circular whether rows beyond the end go on at the beginning
 */
public record TensorScatter(long axis, boolean circular) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("TensorScatter", TensorScatter::parse).since(24);

  private static TensorScatter parse(Attributes a) {
    String mode = a.getChoice("mode", "linear", "linear", "circular");
    return new TensorScatter(a.getLong("axis", -2), mode.equals("circular"));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor update = c.tensor(1);
    Tensor y = c.tensor(0).copy();
    int at = Axis.of(axis, y.rank());
    int rows = y.dim(at);
    int newRows = update.dim(at);
    int run = Tensor.sizeOf(Arrays.copyOfRange(y.shape(), at + 1, y.rank()));
    int outer = Tensor.sizeOf(Arrays.copyOf(y.shape(), at));
    int perBatch = Math.max(1, outer / Math.max(1, y.dim(0)));
    for (int o = 0; o < outer; o++) {
      long start = c.hasInput(2) ? c.tensor(2).getLong(o / perBatch) : 0;
      for (int i = 0; i < newRows; i++) {
        long row = circular ? Math.floorMod(start + i, (long) rows) : start + i;
        if (row < 0 || row >= rows) {
          throw new ModelException(
              "write_indices: expected rows within 0 to " + (rows - 1) + ", got " + row);
        }
        y.copyElements((int) (o * (long) rows + row) * run, update, (o * newRows + i) * run, run);
      }
    }
    return List.of(y);
  }
}
