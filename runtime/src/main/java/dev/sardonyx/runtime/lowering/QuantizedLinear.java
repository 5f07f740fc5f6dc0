package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * A product with a constant matrix of 8-bit integers, made real again: {@code Y = f((Q·(W − zero))
 * · (scale · weightScale) + bias + residual)}.
 *
 * <p>Inputs: Q [..., K], float32, integers from −255 to 255 where the product is to be exact; W [K,
 * N] int8 or uint8; bias [N] or omitted; residual of Y's shape or omitted; scale, one float32;
 * weightScale, one or [N] float32; zero, one or [N] of W's type, or omitted. What MatMulInteger
 * with constant weights, the Cast and the multiplication by the scales after it are lowered to;
 * and, of any Q, a product with weights that were dequantized just for it. The product of integers
 * is rounded to float32 once.
 *
 * @param exact whether Q is integers
 */
public record QuantizedLinear(UnaryFunction activation, boolean exact) implements WithEpilogue {
  /** Positions of inputs. */
  public static final int SCALE = 4;

  public static final int WEIGHT_SCALE = 5;

  public static final int ZERO = 6;

  @Override
  public QuantizedLinear withActivation(UnaryFunction f) {
    return new QuantizedLinear(f, exact);
  }

  @Override
  public boolean takesSlopes() {
    return false;
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(DType.FLOAT, Shape.UNKNOWN));
    }
    List<Dim> dims = new ArrayList<>(x.dims());
    dims.set(dims.size() - 1, c.shape(1).dim(1));
    return List.of(ValueType.tensor(DType.FLOAT, new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor q = c.tensor(0);
    Tensor w = c.tensor(1);
    Tensor weightScale = c.tensor(WEIGHT_SCALE);
    int k = w.dim(0);
    int n = w.dim(1);
    int[] shape = q.shape();
    shape[shape.length - 1] = n;
    Tensor y = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < y.size(); i++) {
      int column = i % n;
      long zero = c.hasInput(ZERO) ? element(c.tensor(ZERO), column) : 0;
      double sum = 0;
      for (int l = 0; l < k; l++) {
        sum += q.getDouble(i / n * k + l) * (w.getLong(l * n + column) - zero);
      }
      float perColumn =
          ((float) weightScale.getDouble(weightScale.size() == 1 ? 0 : column))
              * ((float) c.tensor(SCALE).getDouble(0));
      float v = ((float) sum) * perColumn;
      v += c.hasInput(2) ? (float) c.tensor(2).getDouble(column) : 0;
      v += c.hasInput(3) ? (float) c.tensor(3).getDouble(i) : 0;
      y.setDouble(i, v);
    }
    Activations.apply(activation, y);
    return List.of(y);
  }

  private static long element(Tensor t, int column) {
    return t.getLong(t.size() == 1 ? 0 : column);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return (long) Tensor.sizeOf(outputs.get(0)) * inputs.get(1)[0];
  }
}
