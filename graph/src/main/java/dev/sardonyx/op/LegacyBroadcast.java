package dev.sardonyx.op;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * How opsets below 7 broadcast: only the second operand of two, if {@code broadcast} is 1, its
 * dimensions standing against those of the first from {@code axis} on (aligned right without it).
 *
 * <p>The upgrade gives the second operand the trailing extents of 1 that make that numpy's way.
 */
public final class LegacyBroadcast {
  private LegacyBroadcast() {}

  /** Rewrites an element-wise node with two inputs of an opset below 7. */
  public static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    Node plain = c.without(node, "broadcast", "axis", "consumed_inputs");
    Attributes a = node.attributes();
    if (!a.getFlag("broadcast", false) || !a.has("axis")) {
      return List.of(plain);
    }
    int rankA = rank(node, 0, c);
    int rankB = rank(node, 1, c);
    long axis = a.getLong("axis", 0);
    long trailing = rankA - (axis < 0 ? axis + rankA : axis) - rankB;
    if (trailing < 0) {
      throw new ModelException(
          node.describe()
              + ": expected a second operand that fits into the first from axis "
              + axis
              + " on, got ranks "
              + rankA
              + " and "
              + rankB);
    }
    return trailing == 0 ? List.of(plain) : withTrailingOnes(plain, 1, rankB, (int) trailing, c);
  }

  /** {@code node} with {@code count} extents of 1 put behind those of input {@code i}. */
  public static List<Node> withTrailingOnes(
      Node node, int i, int rank, int count, UpgradeContext c) {
    List<String> inputs = new ArrayList<>(node.inputs());
    Tensor constant = c.constantValue(node.input(i));
    if (constant != null) {
      int[] shape = new int[rank + count];
      for (int d = 0; d < shape.length; d++) {
        shape[d] = d < rank ? constant.dim(d) : 1;
      }
      inputs.set(i, c.constant(constant.reshape(shape)));
      return List.of(node.withInputs(inputs));
    }
    long[] axes = new long[count];
    for (int d = 0; d < count; d++) {
      axes[d] = (long) rank + d;
    }
    inputs.set(i, c.freshName(node.input(i)));
    Node unsqueeze =
        c.node(
            "",
            "Unsqueeze",
            List.of(node.input(i), c.constant(Tensor.vector(axes))),
            List.of(inputs.get(i)),
            Attributes.NONE);
    return List.of(unsqueeze, node.withInputs(inputs));
  }

  private static int rank(Node node, int i, UpgradeContext c) {
    if (c.type(node.input(i)) instanceof TensorType t && t.shape().hasRank()) {
      return t.shape().rank();
    }
    throw new ModelException(
        node.describe()
            + ": expected input "
            + i
            + " to have a known rank, which attribute axis of opsets below 7 needs; declare its"
            + " shape");
  }
}
