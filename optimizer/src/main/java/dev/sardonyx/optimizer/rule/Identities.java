package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.node;

import dev.sardonyx.graph.Node;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import dev.sardonyx.tensor.Tensor;
import java.util.List;

/**
 * An operator that gives back its input.
 *
 * <pre>
 *   x → Identity → y        x = y
 *   x → Mul(·, 1) → y
 *   x → Reshape(·, shape of x) → y     and others, see the table
 * </pre>
 *
 * <p>Declines where the node gives a graph output its name and the input cannot take that name.
 */
public final class Identities implements Rule {
  private static final List<String> SAME_ELEMENTS =
      List.of("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand");
  private static final List<String> ARITHMETIC = List.of("Add", "Sub", "Mul", "Div", "Pow");
  private static final List<String> OF_SEVERAL = List.of("Concat", "Sum", "Max", "Min", "Mean");
  private static final List<String> OTHERS =
      List.of("Identity", "Dropout", "Cast", "CastLike", "Transpose", "Pad", "Slice", "Tile");

  @Override
  public List<NodePattern> patterns() {
    return List.of(node(OTHERS), node(SAME_ELEMENTS), node(ARITHMETIC), node(OF_SEVERAL));
  }

  @Override
  public boolean applies(Match m) {
    Node n = m.root();
    int kept = keptInput(n, m);
    if (kept < 0) {
      return false;
    }
    boolean knowsShape = m.shapeOf(n.input(kept)).hasRank();
    return n.is("Identity") || knowsShape && m.typeOf(n.input(kept)).equals(m.typeOf(n.output(0)));
  }

  @Override
  public Outcome rewrite(Match m) {
    return m.rewrite(p -> m.root().input(keptInput(m.root(), m)));
  }

  /** The input that comes out unchanged if type and shape stay; -1 if none does. */
  private static int keptInput(Node n, Match m) {
    boolean kept =
        switch (n.opType()) {
          case "Dropout" -> !n.hasInput(2) || isAll(m.constantOf(n.input(2)), 0);
          case "Transpose" -> isAscending(n.attributes().getInts("perm"));
          case "Pad" -> isAll(m.constantOf(n.input(1)), 0);
          case "Slice" -> !n.hasInput(4) || isAll(m.constantOf(n.input(4)), 1);
          case "Tile" -> isAll(m.constantOf(n.input(1)), 1);
          case "Add" -> isAll(m.constantOf(n.input(0)), 0) || isAll(m.constantOf(n.input(1)), 0);
          case "Sub" -> isAll(m.constantOf(n.input(1)), 0);
          case "Mul" -> isAll(m.constantOf(n.input(0)), 1) || isAll(m.constantOf(n.input(1)), 1);
          case "Div", "Pow" -> isAll(m.constantOf(n.input(1)), 1);
          case "Concat", "Sum", "Max", "Min", "Mean" -> n.inputs().size() == 1;
          default -> true;
        };
    if (!kept) {
      return -1;
    }
    boolean second =
        n.is("Add") && isAll(m.constantOf(n.input(0)), 0)
            || n.is("Mul") && isAll(m.constantOf(n.input(0)), 1);
    return second ? 1 : 0;
  }

  private static boolean isAll(Tensor t, double value) {
    if (t == null || !(t.dtype().isFloating() || t.dtype().isInteger() || value == 0)) {
      return false;
    }
    for (int i = 0; i < t.size(); i++) {
      if (t.getDouble(i) != value) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAscending(int[] perm) {
    if (perm == null) {
      return false;
    }
    for (int i = 0; i < perm.length; i++) {
      if (perm[i] != i) {
        return false;
      }
    }
    return true;
  }
}
