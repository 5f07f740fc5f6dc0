package dev.sardonyx.runtime.simd;

/** The element-wise functions of two arguments, as ONNX defines the operators of these names. */
public enum BinaryOp {
  ADD,
  SUB,
  MUL,
  DIV,
  /** As {@link Math#max(float, float)}: NaN if either is NaN. */
  MAX,
  /** As {@link Math#min(float, float)}: NaN if either is NaN. */
  MIN,
  /** As {@link Math#pow}: {@link ScalarMath#pow} states the error. */
  POW,
  /** x from 0 on, y·x below. */
  PRELU
}
