package dev.sardonyx.optimizer;

import dev.sardonyx.optimizer.Pattern.NodePattern;
import java.util.List;

/**
 * One rewrite: where it sees its pattern, and under its condition, it proposes a patch.
 *
 * <p>A rule never touches the graph. The {@link Optimizer} applies what it proposes, after checking
 * that nothing else needs the matched nodes and that types and shapes stay. A rule has no state.
 */
public interface Rule {
  /**
   * The shapes of graph that the rule wants, each written from the last node back to its inputs.
   */
  List<NodePattern> patterns();

  /**
   * Whether the rule means this match at all. What is said here is not reported; use {@link
   * Outcome.Declined} where a reader of the report would expect the rewrite.
   */
  default boolean applies(Match m) {
    return true;
  }

  /** The patch for a match, or why there is none. */
  Outcome rewrite(Match m);

  /** The name in reports. */
  default String name() {
    return getClass().getSimpleName();
  }
}
