package dev.sardonyx.runtime.kernel;

import dev.sardonyx.graph.Node;
import dev.sardonyx.op.activation.Gelu;
import dev.sardonyx.op.activation.HardSigmoid;
import dev.sardonyx.op.activation.LeakyRelu;
import dev.sardonyx.op.activation.Swish;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;
import java.util.function.Function;

/** Which operators are element-wise functions that the SIMD kernels have. */
public final class UnaryFunctions {
  private UnaryFunctions() {}

  static UnaryFunction of(NodeContext node) {
    Function<String, Tensor> constants = name -> node.constant(node.node().inputs().indexOf(name));
    return of(node.node(), constants);
  }

  /**
   * The function that a node applies to its first input, or null if it is none.
   *
   * @param constants the content of a value that never changes, else null
   */
  public static UnaryFunction of(Node node, Function<String, Tensor> constants) {
    if (!node.domain().isEmpty()) {
      return null;
    }
    return switch (node.opType()) {
      case "Abs" -> UnaryFunction.ABS;
      case "Ceil" -> UnaryFunction.CEIL;
      case "Cos" -> UnaryFunction.COS;
      case "Erf" -> UnaryFunction.ERF;
      case "Exp" -> UnaryFunction.EXP;
      case "Floor" -> UnaryFunction.FLOOR;
      case "HardSwish" -> UnaryFunction.HARD_SWISH;
      case "Log" -> UnaryFunction.LOG;
      case "Neg" -> UnaryFunction.NEG;
      case "Reciprocal" -> UnaryFunction.RECIPROCAL;
      case "Relu" -> UnaryFunction.RELU;
      case "Sigmoid" -> UnaryFunction.SIGMOID;
      case "Sin" -> UnaryFunction.SIN;
      case "Sqrt" -> UnaryFunction.SQRT;
      case "Tanh" -> UnaryFunction.TANH;
      case "Gelu" -> node.operator() instanceof Gelu g && !g.tanh() ? UnaryFunction.GELU : null;
      case "Swish" ->
          node.operator() instanceof Swish s && s.alpha() == 1 ? UnaryFunction.SILU : null;
      case "LeakyRelu" -> UnaryFunction.leakyRelu(((LeakyRelu) node.operator()).alpha());
      case "PRelu" -> {
        Tensor slope = constants.apply(node.input(1));
        yield slope != null && slope.rank() <= 1 && slope.size() == 1
            ? UnaryFunction.leakyRelu(slope.getFloat(0))
            : null;
      }
      case "HardSigmoid" -> {
        HardSigmoid h = (HardSigmoid) node.operator();
        yield UnaryFunction.hardSigmoid(h.alpha(), h.beta());
      }
      case "Clip" -> clip(node, constants);
      default -> null;
    };
  }

  private static UnaryFunction clip(Node node, Function<String, Tensor> constants) {
    float[] bounds = {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    for (int i = 1; i <= 2; i++) {
      if (node.hasInput(i)) {
        Tensor bound = constants.apply(node.input(i));
        if (bound == null || bound.size() != 1) {
          return null;
        }
        bounds[i - 1] = bound.getFloat(0);
      }
    }
    return UnaryFunction.clip(bounds[0], bounds[1]);
  }
}
