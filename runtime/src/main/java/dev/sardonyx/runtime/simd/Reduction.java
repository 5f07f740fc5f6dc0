package dev.sardonyx.runtime.simd;

/** What becomes of a row of numbers. */
public enum Reduction {
  SUM,
  /** The sum divided by the count. */
  MEAN,
  MAX,
  MIN,
  /** The sum of the squares. */
  SUM_SQUARE
}
