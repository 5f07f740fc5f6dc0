package dev.sardonyx.op.math;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: element-wise arithmetic, comparison, logic and conversion. */
public final class MathOperators {
  private MathOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "Abs",
          "Acos",
          "Acosh",
          "Asin",
          "Asinh",
          "Atan",
          "Atanh",
          "BitwiseNot",
          "Ceil",
          "Cos",
          "Cosh",
          "Erf",
          "Exp",
          "Floor",
          "Log",
          "Neg",
          "Reciprocal",
          "Round",
          "Sign",
          "Sin",
          "Sinh",
          "Sqrt",
          "Tan" ->
          UnaryMath.definition(name);
      case "Add",
          "Sub",
          "Mul",
          "Div",
          "BitwiseAnd",
          "BitwiseOr",
          "BitwiseXor",
          "And",
          "Or",
          "Xor" ->
          BinaryMath.definition(name);
      case "Max", "Min", "Sum", "Mean" -> VariadicMath.definition(name);
      case "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual" ->
          Comparison.definition(name);
      case "CumSum" -> CumulativeMath.SUM;
      case "CumProd" -> CumulativeMath.PRODUCT;
      case "BitCast" -> BitCast.DEFINITION;
      case "BitShift" -> BitShift.DEFINITION;
      case "Cast" -> Cast.DEFINITION;
      case "CastLike" -> CastLike.DEFINITION;
      case "Clip" -> Clip.DEFINITION;
      case "Det" -> Det.DEFINITION;
      case "IsInf" -> IsInf.DEFINITION;
      case "IsNaN" -> IsNaN.DEFINITION;
      case "Mod" -> Mod.DEFINITION;
      case "Not" -> Not.DEFINITION;
      case "Pow" -> Pow.DEFINITION;
      case "Where" -> Where.DEFINITION;
      default -> null;
    };
  }
}
