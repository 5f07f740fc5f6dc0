package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.runtime.kernel.UnaryFunctions;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What follows a product {@link WithEpilogue} is done while its results are in cache.
 *
 * <pre>
 * Add(Linear(x, W), b)          → Linear(x, W, b)         b a constant of N elements
 * Add(Linear(x, W, b), r)       → Linear(x, W, b, r)      r a value of the same shape
 * Relu(Linear(x, W, b, r))      → Linear(x, W, b, r; Relu)   any activation the kernels have
 * PRelu(Linear(x, W, b, r), a)  → Linear(x, W, b, r, a)  a a constant of N elements, or one
 * Mul(Linear(x, W, b), s)       → Linear(x, W·s, b·s)    s a constant of N elements
 * Mul(Linear(…; HardSwish), s)  → Linear(…; s·HardSwish)   s a number
 * Add(Linear(…; s·HardSwish), t) → Linear(…; s·HardSwish + t)   t a number
 * </pre>
 *
 * <p>Pools take in activations alone. Only where the result in between is used just there.
 */
final class EpilogueFusion {
  private final Inference types;
  private final Uses uses;

  /** Nodes so far, and by output name the position of those that can take in an epilogue. */
  private final List<Node> nodes = new ArrayList<>();

  private final Map<String, Integer> producers = new HashMap<>();

  /** Weights and biases that are there once more, scaled. */
  private final Map<String, Tensor> scaled = new LinkedHashMap<>();

  private EpilogueFusion(Graph graph, Inference types) {
    this.types = types;
    uses = new Uses(graph);
  }

  static Graph apply(Graph graph, Inference types) {
    EpilogueFusion pass = new EpilogueFusion(graph, types);
    for (Node node : graph.nodes()) {
      pass.add(node);
    }
    if (pass.nodes.size() == graph.nodes().size()) {
      return graph;
    }
    Graph.Builder builder = graph.toBuilder().nodes(pass.nodes);
    if (!pass.scaled.isEmpty()) {
      Map<String, Tensor> constants = new LinkedHashMap<>(graph.initializers());
      constants.putAll(pass.scaled);
      constants.keySet().retainAll(pass.needed(graph));
      builder.initializers(constants);
    }
    return builder.build();
  }

  /** What the nodes use, and what callers see. */
  private Set<String> needed(Graph graph) {
    Set<String> needed = new HashSet<>();
    nodes.forEach(n -> needed.addAll(n.uses()));
    graph.inputs().forEach(v -> needed.add(v.name()));
    graph.outputs().forEach(v -> needed.add(v.name()));
    return needed;
  }

  private void add(Node node) {
    if (!fuseActivation(node)
        && !fusePRelu(node)
        && !fuseAdd(node)
        && !fuseScale(node)
        && !scaleHardSwish(node)) {
      if (node.operator() instanceof WithEpilogue) {
        producers.put(node.output(0), nodes.size());
      }
      nodes.add(node);
    }
  }

  private static WithEpilogue operator(Node node) {
    return (WithEpilogue) node.operator();
  }

  /** The node that computes a value and may still take in what follows, or null. */
  private Node open(String value) {
    Node node = producer(value);
    return node != null
            && operator(node).activation().op() == UnaryFunction.Op.IDENTITY
            && !(operator(node).takesSlopes() && node.hasInput(4))
        ? node
        : null;
  }

  /** The node that computes a value for just one user, or null. */
  private Node producer(String value) {
    Integer at = producers.get(value);
    return at == null || uses.onlyUser(value) == null ? null : nodes.get(at);
  }

  private boolean fuseActivation(Node node) {
    UnaryFunction f = UnaryFunctions.of(node, types::constant);
    Node producer = f == null ? null : open(node.input(0));
    if (producer == null) {
      return false;
    }
    replace(node.input(0), f, node);
    return true;
  }

  private boolean fusePRelu(Node node) {
    Tensor slope = node.is("PRelu") ? types.constant(node.input(1)) : null;
    String value = node.input(0);
    Node producer = slope == null ? null : open(value);
    if (producer == null) {
      return false;
    }
    if (slope.size() == 1 && isOfRank(value, slope)) {
      replace(value, UnaryFunction.leakyRelu(slope.getFloat(0)), node);
      return true;
    }
    if (operator(producer).takesSlopes() && isBias(node.input(1), value)) {
      List<String> inputs = inputs(producer, 4, node.input(1));
      replace(value, producer.withInputs(inputs).withOutputs(node.outputs()));
      return true;
    }
    return false;
  }

  /** The producer of a value with an activation takes the place of what follows it. */
  private void replace(String value, UnaryFunction f, Node following) {
    Node producer = nodes.get(producers.get(value));
    replace(
        value,
        new Node(
            producer.name(),
            producer.domain(),
            producer.opType(),
            producer.inputs(),
            following.outputs(),
            producer.attributes(),
            operator(producer).withActivation(f)));
  }

  private boolean fuseAdd(Node node) {
    if (!node.is("Add")) {
      return false;
    }
    for (int side = 0; side < 2; side++) {
      String value = node.input(side);
      String other = node.input(1 - side);
      Node producer = open(value);
      if (producer == null || producer.hasInput(3)) {
        continue;
      }
      if (operator(producer).takesBias() && !producer.hasInput(2) && isBias(other, value)) {
        replace(value, producer.withInputs(inputs(producer, 2, other)).withOutputs(node.outputs()));
        return true;
      }
      if (operator(producer).takesResidual()
          && isResidual(other, value)
          && isBefore(other, value)) {
        replace(value, producer.withInputs(inputs(producer, 3, other)).withOutputs(node.outputs()));
        return true;
      }
    }
    return false;
  }

  private boolean fuseScale(Node node) {
    if (!node.is("Mul")) {
      return false;
    }
    for (int side = 0; side < 2; side++) {
      String value = node.input(side);
      Node producer = open(value);
      if (producer != null
          && producer.operator() instanceof Linear op
          && !producer.hasInput(3)
          && (!producer.hasInput(2) || constant(producer.input(2)) != null)
          && constant(producer.input(1)) != null
          && isBias(node.input(1 - side), value)) {
        float[] scale = types.constant(node.input(1 - side)).toFloats();
        String y = node.output(0);
        List<String> inputs = new ArrayList<>(producer.inputs());
        Tensor w = constant(inputs.get(1));
        inputs.set(1, scaled(y + "/weights", w, scale, op.transposed() ? w.dim(1) : 1));
        if (producer.hasInput(2)) {
          inputs.set(2, scaled(y + "/bias", constant(inputs.get(2)), scale, 1));
        }
        replace(value, producer.withInputs(inputs).withOutputs(node.outputs()));
        return true;
      }
    }
    return false;
  }

  private boolean scaleHardSwish(Node node) {
    if (!node.is("Mul") && !node.is("Add")) {
      return false;
    }
    for (int side = 0; side < 2; side++) {
      String value = node.input(side);
      Node producer = producer(value);
      Tensor number = types.constant(node.input(1 - side));
      if (producer == null || number == null || number.size() != 1 || !isOfShape(value, node)) {
        continue;
      }
      UnaryFunction f = operator(producer).activation();
      float c = number.getFloat(0);
      if (f.op() == UnaryFunction.Op.HARD_SWISH && node.is("Mul")) {
        replace(value, UnaryFunction.scaledHardSwish(c, 0f), node);
        return true;
      }
      if (f.op() == UnaryFunction.Op.SCALED_HARD_SWISH && f.beta() == 0 && node.is("Add")) {
        replace(value, UnaryFunction.scaledHardSwish(f.alpha(), c), node);
        return true;
      }
    }
    return false;
  }

  /** Whether a node's output has the type and shape of a value. */
  private boolean isOfShape(String value, Node node) {
    return types.type(value) instanceof TensorType t && t.equals(types.type(node.output(0)));
  }

  /** Whether a value has the type of a constant, and at least as many dimensions. */
  private boolean isOfRank(String value, Tensor constant) {
    return types.type(value) instanceof TensorType t
        && t.dtype() == constant.dtype()
        && t.shape().hasRank()
        && t.shape().rank() >= constant.rank();
  }

  private Tensor constant(String value) {
    return scaled.containsKey(value) ? scaled.get(value) : types.constant(value);
  }

  /** A constant under a new name, element i multiplied by factor i / repeat mod their number. */
  private String scaled(String name, Tensor t, float[] factors, int repeat) {
    Tensor product = Tensor.zeros(t.dtype(), t.shape());
    for (int i = 0; i < t.size(); i++) {
      product.setDouble(i, t.getDouble(i) * factors[i / repeat % factors.length]);
    }
    scaled.put(name, product);
    return name;
  }

  private static List<String> inputs(Node producer, int at, String value) {
    List<String> inputs = new ArrayList<>(producer.inputs());
    while (inputs.size() <= at) {
      inputs.add("");
    }
    inputs.set(at, value);
    return inputs;
  }

  private void replace(String producer, Node fused) {
    int at = producers.remove(producer);
    nodes.set(at, fused);
    producers.put(fused.output(0), at);
  }

  /** A constant with one number for each element of the last dimension. */
  private boolean isBias(String value, String of) {
    Tensor bias = types.constant(value);
    return bias != null
        && bias.dtype() == DType.FLOAT
        && types.type(of) instanceof TensorType t
        && t.shape().hasRank()
        && bias.rank() <= t.shape().rank()
        && bias.rank() > 0
        && t.shape().dim(-1).is(bias.dim(-1))
        && bias.size() == bias.dim(-1);
  }

  /** A value of the same type and shape, as far as symbols can tell. */
  private boolean isResidual(String value, String of) {
    ValueType a = types.type(value);
    return types.constant(value) == null && a instanceof TensorType && a.equals(types.type(of));
  }

  /** Whether a value is computed before the node that computes another. */
  private boolean isBefore(String value, String producer) {
    for (int i = producers.get(producer); i < nodes.size(); i++) {
      if (nodes.get(i).outputs().contains(value)) {
        return false;
      }
    }
    return true;
  }
}
