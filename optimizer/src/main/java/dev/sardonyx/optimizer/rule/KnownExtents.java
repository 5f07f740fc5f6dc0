package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.anyNode;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;

/**
 * Shape arithmetic whose result inference already knows becomes a constant.
 *
 * <pre>
 *   x[n, 3, 8, 8] → Shape → Gather(·, 1) → y        y = 3
 * </pre>
 */
public final class KnownExtents implements Rule {
  @Override
  public List<NodePattern> patterns() {
    return List.of(anyNode());
  }

  @Override
  public boolean applies(Match m) {
    String y = m.root().output(0);
    List<Dim> extents = m.extentsOf(y);
    return extents != null
        && m.root().outputs().size() == 1
        && allKnown(extents)
        && m.typeOf(y) instanceof TensorType t
        && (t.dtype() == DType.INT64 || t.dtype() == DType.INT32)
        && t.shape().hasRank()
        && (t.shape().rank() == 1 || t.shape().rank() == 0 && extents.size() == 1);
  }

  private static boolean allKnown(List<Dim> extents) {
    for (Dim d : extents) {
      if (!d.isKnown()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Outcome rewrite(Match m) {
    String y = m.root().output(0);
    long[] content = m.extentsOf(y).stream().mapToLong(Dim::value).toArray();
    int[] shape = m.shapeOf(y).rank() == 0 ? new int[0] : new int[] {content.length};
    DType dtype = ((TensorType) m.typeOf(y)).dtype();
    return m.rewrite(p -> p.constant(Tensor.of(content, shape).convert(dtype)));
  }
}
