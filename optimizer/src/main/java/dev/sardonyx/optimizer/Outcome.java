package dev.sardonyx.optimizer;

/** What a {@link Rule} says to a match. */
public sealed interface Outcome {
  /** Put this patch in place of the matched nodes. */
  record Rewrite(Patch patch) implements Outcome {}

  /**
   * Leave the matched nodes as they are.
   *
   * @param reason a clause that completes "not rewritten because …"
   */
  record Declined(String reason) implements Outcome {}

  static Outcome declined(String reason) {
    return new Declined(reason);
  }
}
