package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.any;
import static dev.sardonyx.optimizer.Pattern.node;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import java.util.List;

/**
 * A product of matrices with something added is a Gemm.
 *
 * <pre>
 *   x[M, K], w[K, N] → MatMul → Add(·, b) → y        x, w, b → Gemm → y
 * </pre>
 *
 * <p>Declines for products of other ranks, which Gemm does not have, and for a b that does not
 * broadcast to [M, N].
 */
public final class MatMulAddToGemm implements Rule {
  @Override
  public List<NodePattern> patterns() {
    return List.of(
        node("Add", node("MatMul", any("x"), any("w")).as("product"), any("b")).commutative());
  }

  @Override
  public Outcome rewrite(Match m) {
    if (!isMatrix(m.shape("x")) || !isMatrix(m.shape("w"))) {
      return Outcome.declined(
          "Gemm takes matrices, these have ranks "
              + rank(m.shape("x"))
              + " and "
              + rank(m.shape("w")));
    }
    Shape b = m.shape("b");
    boolean broadcasts =
        b.hasRank()
            && b.rank() <= 2
            && (b.rank() < 1 || fits(b.dim(-1), m.shape("product").dim(1)))
            && (b.rank() < 2 || fits(b.dim(0), m.shape("product").dim(0)));
    if (!broadcasts) {
      return Outcome.declined(b + " does not broadcast to " + m.shape("product"));
    }
    return m.rewrite(
        p -> p.node("Gemm", Attributes.NONE, m.value("x"), m.value("w"), m.value("b")));
  }

  private static boolean isMatrix(Shape s) {
    return s.hasRank() && s.rank() == 2;
  }

  private static String rank(Shape s) {
    return s.hasRank() ? String.valueOf(s.rank()) : "unknown";
  }

  private static boolean fits(Dim b, Dim product) {
    return b.is(1) || b.equals(product);
  }
}
