package dev.sardonyx.optimizer;

/** How far the optimizer goes. Every level includes the ones before it. */
public enum Level {
  /** The graph stays as it is. */
  NONE,
  /**
   * Only what leaves every result bit for bit the same: constants, identities, duplicates, dead
   * code.
   */
  BASIC,
  /** Also what changes rounding in the last digits: folded weights and fused operators. */
  FULL
}
