package dev.sardonyx.op.random;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor of random numbers: ai.onnx RandomUniform, RandomNormal and the same with -Like (newest
 * version 22). The shape is an attribute or, for -Like, the input's.
 *
 * <p>Numbers come from MT19937, element by element. With a seed the same every time: the generator
 * starts with the bits of the float. Without one they differ from run to run.
 *
 * @param a the lower end of the uniform distribution, or the mean
 * @param b its upper end, or the standard deviation
 * @param dtype null for that of the input
 * @param shape null for that of the input
 * @param seed null for none
 */
public record RandomTensor(
    Distribution distribution, float a, float b, DType dtype, List<Integer> shape, Float seed)
    implements Operator {
  /** What the numbers are drawn from. */
  public enum Distribution {
    UNIFORM,
    NORMAL
  }

  static final OperatorDefinition NORMAL =
      OperatorDefinition.of("RandomNormal", a -> parse(a, Distribution.NORMAL, false));
  static final OperatorDefinition NORMAL_LIKE =
      OperatorDefinition.of("RandomNormalLike", a -> parse(a, Distribution.NORMAL, true));
  static final OperatorDefinition UNIFORM =
      OperatorDefinition.of("RandomUniform", a -> parse(a, Distribution.UNIFORM, false));
  static final OperatorDefinition UNIFORM_LIKE =
      OperatorDefinition.of("RandomUniformLike", a -> parse(a, Distribution.UNIFORM, true));

  private static RandomTensor parse(Attributes a, Distribution distribution, boolean like) {
    boolean normal = distribution == Distribution.NORMAL;
    int[] shape = a.getInts("shape");
    if (!like && shape == null) {
      throw Attributes.missing("shape");
    }
    return new RandomTensor(
        distribution,
        a.getFloat(normal ? "mean" : "low", 0),
        a.getFloat(normal ? "scale" : "high", 1),
        a.getDType("dtype", like ? null : DType.FLOAT),
        like ? null : Arrays.stream(shape).boxed().toList(),
        a.has("seed") ? a.getFloat("seed", 0) : null);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape y = shape == null ? c.shape(0) : Shape.of(fixedShape());
    return List.of(ValueType.tensor(dtype == null ? c.dtype(0) : dtype, y));
  }

  private int[] fixedShape() {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    int[] extents = shape == null ? c.tensor(0).shape() : fixedShape();
    Tensor y = Tensor.zeros(dtype == null ? c.tensor(0).dtype() : dtype, extents);
    MersenneTwister random = MersenneTwister.of(seed);
    for (int i = 0; i < y.size(); i++) {
      y.setDouble(
          i,
          distribution == Distribution.NORMAL
              ? a + b * random.nextGaussian()
              : a + (b - a) * random.nextDouble());
    }
    return List.of(y);
  }

  @Override
  public boolean isDeterministic() {
    return seed != null;
  }
}
