package dev.sardonyx;

/** How close results are to those of exact arithmetic. */
public enum Accuracy {
  /** Algorithms whose rounding errors are some times those of adding products up, where faster. */
  NORMAL,

  /** Errors no larger than those of adding products up: no Winograd convolution of 4×4 outputs. */
  STRICT
}
