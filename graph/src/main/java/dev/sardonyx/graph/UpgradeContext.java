package dev.sardonyx.graph;

import dev.sardonyx.tensor.Tensor;
import java.util.List;

/** What an {@link OperatorDefinition.Upgrade} may ask and make. */
public interface UpgradeContext {
  /** The name of a new initializer with this content. */
  String constant(Tensor value);

  /** A name that no value of the graph has. */
  String freshName(String hint);

  /** What is known of a value's type at this point of the graph. */
  ValueType type(String value);

  /** The content of a value when it is an initializer or constant, else null. */
  Tensor constantValue(String value);

  /** A node of the graph's operator set. */
  Node node(
      String domain,
      String opType,
      List<String> inputs,
      List<String> outputs,
      Attributes attributes);

  /** {@code node} with other attributes, bound anew. */
  default Node withAttributes(Node node, Attributes attributes) {
    return node(node.domain(), node.opType(), node.inputs(), node.outputs(), attributes)
        .withName(node.name());
  }

  /** {@code node} without some of its attributes, bound anew. */
  default Node without(Node node, String... attributes) {
    Attributes left = node.attributes();
    for (String a : attributes) {
      left = left.without(a);
    }
    return withAttributes(node, left);
  }
}
