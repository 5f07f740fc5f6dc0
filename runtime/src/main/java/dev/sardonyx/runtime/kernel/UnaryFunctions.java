package dev.sardonyx.runtime.kernel;

import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.op.activation.Celu;
import dev.sardonyx.op.activation.Elu;
import dev.sardonyx.op.activation.Gelu;
import dev.sardonyx.op.activation.HardSigmoid;
import dev.sardonyx.op.activation.LeakyRelu;
import dev.sardonyx.op.activation.QuickGelu;
import dev.sardonyx.op.activation.Selu;
import dev.sardonyx.op.activation.Swish;
import dev.sardonyx.op.activation.ThresholdedRelu;
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
    return switch (node.qualifiedOpType()) {
      case "Abs" -> UnaryFunction.ABS;
      case "Ceil" -> UnaryFunction.CEIL;
      case "Cos" -> UnaryFunction.COS;
      case "Erf" -> UnaryFunction.ERF;
      case "Exp" -> UnaryFunction.EXP;
      case "Floor" -> UnaryFunction.FLOOR;
      case "HardSwish" -> UnaryFunction.HARD_SWISH;
      case "Log" -> UnaryFunction.LOG;
      case "Mish" -> UnaryFunction.MISH;
      case "Neg" -> UnaryFunction.NEG;
      case "Reciprocal" -> UnaryFunction.RECIPROCAL;
      case "Relu" -> UnaryFunction.RELU;
      case "Round" -> UnaryFunction.ROUND;
      case "Sigmoid" -> UnaryFunction.SIGMOID;
      case "Sign" -> UnaryFunction.SIGN;
      case "Sin" -> UnaryFunction.SIN;
      case "Softplus" -> UnaryFunction.SOFTPLUS;
      case "Softsign" -> UnaryFunction.SOFTSIGN;
      case "Sqrt" -> UnaryFunction.SQRT;
      case "Tanh" -> UnaryFunction.TANH;
      case "com.microsoft::FastGelu" -> node.hasInput(1) ? null : UnaryFunction.GELU_TANH;
      case "PRelu" -> {
        Tensor slope = constants.apply(node.input(1));
        yield slope != null && slope.rank() <= 1 && slope.size() == 1
            ? UnaryFunction.leakyRelu(slope.getFloat(0))
            : null;
      }
      case "Clip" -> clip(node, constants);
      default -> withAttributes(node.operator());
    };
  }

  /** The function of an operator whose parameters are attributes, of whatever domain; or null. */
  private static UnaryFunction withAttributes(Operator operator) {
    if (operator instanceof Celu op) {
      // Others have no inverse, or let the exponential of x/alpha grow without bound.
      return op.alpha() >= Float.MIN_NORMAL ? UnaryFunction.celu(op.alpha()) : null;
    }
    if (operator instanceof Elu op) {
      return UnaryFunction.elu(op.alpha());
    }
    if (operator instanceof Gelu op) {
      return op.tanh() ? UnaryFunction.GELU_TANH : UnaryFunction.GELU;
    }
    if (operator instanceof HardSigmoid op) {
      return UnaryFunction.hardSigmoid(op.alpha(), op.beta());
    }
    if (operator instanceof LeakyRelu op) {
      return UnaryFunction.leakyRelu(op.alpha());
    }
    if (operator instanceof QuickGelu op) {
      return UnaryFunction.swish(op.alpha());
    }
    if (operator instanceof Selu op) {
      return UnaryFunction.selu(op.alpha(), op.gamma());
    }
    if (operator instanceof Swish op) {
      return UnaryFunction.swish(op.alpha());
    }
    if (operator instanceof ThresholdedRelu op) {
      return UnaryFunction.thresholdedRelu(op.alpha());
    }
    return null;
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
