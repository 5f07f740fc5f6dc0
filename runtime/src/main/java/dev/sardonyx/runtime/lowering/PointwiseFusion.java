package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.runtime.kernel.UnaryFunctions;
import dev.sardonyx.runtime.lowering.Pointwise.Step;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Element-wise operators of which each alone uses the result of the one before become one pass over
 * memory.
 *
 * <pre>
 * Relu(Add(Mul(x, s), t))  →  Pointwise(x, s, t; Mul, Add, Relu)
 * </pre>
 *
 * <p>Declines where a result is larger than what is chained, or an operand broadcasts in a way that
 * is neither a number, nor rows (see {@link #isOperand}).
 */
final class PointwiseFusion {
  private static final Set<String> BINARY =
      Set.of("Add", "Sub", "Mul", "Div", "Max", "Min", "Pow", "PRelu");

  private final Inference types;
  private final Map<String, Integer> uses = new HashMap<>();

  /** Nodes so far; null where one has become part of a later one. */
  private final List<Node> nodes = new ArrayList<>();

  /** By output name the position of those to which a step can be added. */
  private final Map<String, Integer> chains = new HashMap<>();

  private PointwiseFusion(Graph graph, Inference types) {
    this.types = types;
    for (Node node : graph.nodes()) {
      count(node.inputs(), 1);
      for (Graph g : node.subgraphs()) {
        count(g.captures(), 1);
      }
    }
    for (ValueInfo v : graph.outputs()) {
      count(List.of(v.name()), 2);
    }
  }

  private void count(Collection<String> values, int times) {
    for (String v : values) {
      uses.merge(v, times, Integer::sum);
    }
  }

  static Graph apply(Graph graph, Inference types) {
    PointwiseFusion pass = new PointwiseFusion(graph, types);
    for (Node node : graph.nodes()) {
      pass.add(node);
    }
    if (!pass.nodes.contains(null)) {
      return graph;
    }
    pass.nodes.removeIf(Objects::isNull);
    return graph.toBuilder().nodes(pass.nodes).build();
  }

  private void add(Node node) {
    Node chain = node;
    for (int i = 0; i < 2; i++) {
      Step step = step(node, i);
      if (step == null) {
        continue;
      }
      chains.put(node.output(0), nodes.size());
      Integer before = uses.get(node.input(i)) == 1 ? chains.get(node.input(i)) : null;
      if (before != null) {
        chain = extended(nodes.get(before), step);
        nodes.set(before, null);
        break;
      }
    }
    nodes.add(chain);
  }

  /** The node as a step that works on its input {@code i}, or null if it cannot be one. */
  private Step step(Node node, int i) {
    if (node.outputs().size() != 1 || !isFloatOfSameShape(node.input(i), node.output(0))) {
      return null;
    }
    UnaryFunction f = UnaryFunctions.of(node, types::constant);
    if (f != null) {
      return i == 0 ? new Step(node, 0, f) : null;
    }
    boolean binary =
        node.domain().isEmpty()
            && BINARY.contains(node.opType())
            && node.inputs().size() == 2
            && isOperand(node.input(1 - i), node.output(0));
    return binary ? new Step(node, i, null) : null;
  }

  private Node extended(Node before, Step step) {
    List<Step> steps = new ArrayList<>();
    List<String> inputs = new ArrayList<>();
    if (before.operator() instanceof Pointwise p) {
      steps.addAll(p.steps());
      inputs.addAll(before.inputs());
    } else {
      int chained = step(before, 0) != null ? 0 : 1;
      Step first = step(before, chained);
      steps.add(first);
      inputs.add(before.input(chained));
      addOperand(first, inputs);
    }
    steps.add(step);
    addOperand(step, inputs);
    return new Node(
        step.node().name(),
        Lowering.DOMAIN,
        "Pointwise",
        inputs,
        step.node().outputs(),
        Attributes.NONE,
        new Pointwise(steps));
  }

  private static void addOperand(Step step, List<String> inputs) {
    if (!step.isUnary()) {
      inputs.add(step.node().input(1 - step.chained()));
    }
  }

  private boolean isFloatOfSameShape(String value, String output) {
    return types.type(value) instanceof TensorType t
        && t.dtype() == DType.FLOAT
        && t.shape().hasRank()
        && t.equals(types.type(output));
  }

  /**
   * Whether a value is one number, or has the output's last dimension and, going outwards from
   * there, first dimensions along which it repeats, then ones that it shares, then repeats again:
   * [C], [N, 1, 1, C] and [1, H, W, C] for an output of [N, H, W, C].
   */
  private boolean isOperand(String value, String output) {
    if (!(types.type(value) instanceof TensorType t)
        || t.dtype() != DType.FLOAT
        || !t.shape().hasRank()) {
      return false;
    }
    Shape shape = t.shape();
    Shape to = ((TensorType) types.type(output)).shape();
    if (shape.dims().stream().allMatch(d -> d.is(1))) {
      return shape.rank() <= to.rank();
    }
    int lead = to.rank() - shape.rank();
    if (lead < 0 || !shape.dim(-1).equals(to.dim(-1))) {
      return false;
    }
    boolean shares = false;
    boolean repeatsAgain = false;
    for (int d = to.rank() - 2; d >= 0; d--) {
      Dim own = d < lead ? Dim.ONE : shape.dim(d - lead);
      boolean one = own.is(1);
      boolean same = own.equals(to.dim(d));
      if (!one && (!same || repeatsAgain)) {
        return false;
      }
      repeatsAgain |= shares && !same;
      shares |= !one;
    }
    return true;
  }
}
