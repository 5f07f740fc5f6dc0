package dev.sardonyx.graph;

import dev.sardonyx.graph.ValueType.SequenceType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Types and symbolic shapes of all values of a graph, from its inputs on. Contents of small integer
 * tensors are followed too, so that shapes computed by Shape → Gather → Concat → Reshape are known.
 */
public final class Inference {
  /** Integer constants up to this size are followed as shape arithmetic. */
  private static final int MAX_EXTENTS = 64;

  private final Map<String, ValueType> types = new HashMap<>();
  private final Map<String, List<Dim>> extents = new HashMap<>();
  private final Map<String, Tensor> constants = new HashMap<>();
  private final Inference outer;
  private final int[] freshDims;

  private Inference(Inference outer) {
    this.outer = outer;
    this.freshDims = outer == null ? new int[1] : outer.freshDims;
  }

  /** The types of a model's values, its inputs as declared. */
  public static Inference of(Graph graph) {
    return of(graph, Map.of());
  }

  /**
   * The types of a model's values.
   *
   * @param inputTypes types that replace those that the graph declares for its inputs
   * @throws ModelException if a node's inputs do not fit its operator; names the node
   */
  public static Inference of(Graph graph, Map<String, ? extends ValueType> inputTypes) {
    Inference inference = new Inference(null);
    for (ValueInfo input : graph.inputs()) {
      ValueType replaced = inputTypes.get(input.name());
      inference.types.put(input.name(), replaced != null ? replaced : input.type());
    }
    inference.run(graph);
    return inference;
  }

  /**
   * The types of a graph that was made of the one inferred here, in which what has kept its name
   * has kept its meaning: only values with new names are inferred.
   */
  public Inference following(Graph next) {
    Inference inference = new Inference(null);
    inference.freshDims[0] = freshDims[0];
    inference.addInputs(next.inputs());
    inference.addConstants(next);
    for (Node node : next.nodes()) {
      if (!inference.copy(node, this)) {
        inference.add(node, next.declaredTypes());
      }
    }
    return inference;
  }

  /** Takes over what another inference knows of a node's outputs, if it knows them all. */
  private boolean copy(Node node, Inference from) {
    for (String output : node.outputs()) {
      if (!output.isEmpty() && !from.types.containsKey(output)) {
        return false;
      }
    }
    for (String output : node.outputs()) {
      if (!output.isEmpty()) {
        types.put(output, from.types.get(output));
        List<Dim> content = from.extents.get(output);
        if (content != null) {
          extents.put(output, content);
        }
      }
    }
    return true;
  }

  /** An inference to which nodes are added one by one, beginning with a graph's inputs. */
  public static Inference incremental(List<ValueInfo> inputs) {
    Inference inference = new Inference(null);
    inference.addInputs(inputs);
    return inference;
  }

  /** An incremental inference inside a subgraph of what this one has seen so far. */
  public Inference nested(List<ValueInfo> inputs) {
    Inference inference = new Inference(this);
    inference.addInputs(inputs);
    return inference;
  }

  private void addInputs(List<ValueInfo> inputs) {
    for (ValueInfo input : inputs) {
      types.put(input.name(), input.type());
    }
  }

  /** The type of a value; {@link ValueType#UNKNOWN} if nothing is known. */
  public ValueType type(String value) {
    for (Inference i = this; i != null; i = i.outer) {
      ValueType t = i.types.get(value);
      if (t != null) {
        return t;
      }
    }
    return ValueType.UNKNOWN;
  }

  /** The content of a value if it is an initializer seen so far, else null. */
  public Tensor constant(String value) {
    for (Inference i = this; i != null; i = i.outer) {
      Tensor t = i.constants.get(value);
      if (t != null) {
        return t;
      }
    }
    return null;
  }

  /** The content of an integer tensor of rank 0 or 1 as extents, or null. */
  public List<Dim> extents(String value) {
    for (Inference i = this; i != null; i = i.outer) {
      List<Dim> e = i.extents.get(value);
      if (e != null) {
        return e;
      }
    }
    return null;
  }

  public void addConstant(String name, Tensor value) {
    types.put(name, ValueType.tensor(value.dtype(), value.shape()));
    constants.put(name, value);
    boolean integer = value.dtype() == DType.INT64 || value.dtype() == DType.INT32;
    if (integer && value.rank() <= 1 && value.size() <= MAX_EXTENTS) {
      Dim[] content = new Dim[value.size()];
      for (int i = 0; i < content.length; i++) {
        content[i] = Dim.of(value.getLong(i));
      }
      extents.put(name, List.of(content));
    }
  }

  private void run(Graph graph) {
    addConstants(graph);
    for (Node node : graph.nodes()) {
      add(node, graph.declaredTypes());
    }
  }

  private void addConstants(Graph graph) {
    Set<String> replaceable = new HashSet<>();
    for (ValueInfo input : graph.inputs()) {
      replaceable.add(input.name());
    }
    for (Map.Entry<String, Tensor> e : graph.initializers().entrySet()) {
      if (!replaceable.contains(e.getKey())) {
        addConstant(e.getKey(), e.getValue());
      }
    }
  }

  /**
   * Infers one node whose inputs were seen before.
   *
   * @param declared types that the file declares, used where inference knows less
   */
  public void add(Node node, Map<String, ValueType> declared) {
    Context context = new Context(node);
    List<ValueType> result;
    if (context.allInputsKnown()) {
      try {
        result = node.operator().infer(context);
      } catch (ModelException e) {
        throw e.in(node.describe());
      } catch (ArithmeticException
          | ClassCastException
          | IllegalArgumentException
          | IllegalStateException
          | IndexOutOfBoundsException
          | NegativeArraySizeException e) {
        throw new ModelException(
            node.describe() + ": inputs or attributes do not fit the operator: " + e.getMessage(),
            e);
      }
    } else {
      result = Collections.nCopies(node.outputs().size(), ValueType.UNKNOWN);
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      String name = node.outputs().get(i);
      if (!name.isEmpty()) {
        ValueType inferred = i < result.size() ? result.get(i) : ValueType.UNKNOWN;
        types.put(name, merge(inferred, declared.get(name)));
      }
    }
  }

  /** What is inferred, completed by what is declared; numbers win over symbols. */
  static ValueType merge(ValueType inferred, ValueType declared) {
    if (declared == null || inferred == ValueType.UNKNOWN) {
      return declared == null ? inferred : declared;
    }
    if (inferred instanceof TensorType t && declared instanceof TensorType d) {
      return ValueType.tensor(t.dtype(), merge(t.shape(), d.shape()));
    }
    if (inferred instanceof SequenceType t && t.element() == ValueType.UNKNOWN) {
      return declared;
    }
    return inferred;
  }

  private static Shape merge(Shape inferred, Shape declared) {
    if (!inferred.hasRank()) {
      return declared;
    }
    if (!declared.hasRank() || declared.rank() != inferred.rank()) {
      return inferred;
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < inferred.rank(); i++) {
      boolean better = !inferred.dim(i).isKnown() && declared.dim(i).isKnown();
      dims.add(better ? declared.dim(i) : inferred.dim(i));
    }
    return new Shape(dims);
  }

  private final class Context implements InferenceContext {
    private final Node node;

    Context(Node node) {
      this.node = node;
    }

    boolean allInputsKnown() {
      for (String input : node.inputs()) {
        if (!input.isEmpty() && Inference.this.type(input) == ValueType.UNKNOWN) {
          return false;
        }
      }
      return true;
    }

    @Override
    public int inputCount() {
      return node.inputs().size();
    }

    @Override
    public boolean hasInput(int i) {
      return node.hasInput(i);
    }

    @Override
    public ValueType type(int i) {
      return Inference.this.type(node.inputs().get(i));
    }

    @Override
    public int outputCount() {
      return node.outputs().size();
    }

    @Override
    public boolean hasOutput(int i) {
      return node.hasOutput(i);
    }

    @Override
    public Tensor constant(int i) {
      return hasInput(i) ? Inference.this.constant(node.inputs().get(i)) : null;
    }

    @Override
    public List<Dim> extents(int i) {
      return hasInput(i) ? Inference.this.extents(node.inputs().get(i)) : null;
    }

    @Override
    public void setExtents(int i, List<Dim> content) {
      if (hasOutput(i) && content.size() <= MAX_EXTENTS) {
        extents.put(node.outputs().get(i), List.copyOf(content));
      }
    }

    @Override
    public Dim freshDim() {
      return Dim.symbol("?" + freshDims[0]++);
    }

    @Override
    public List<ValueType> infer(Graph subgraph, List<? extends ValueType> inputs) {
      Inference inner = new Inference(Inference.this);
      for (int i = 0; i < subgraph.inputs().size(); i++) {
        ValueInfo input = subgraph.inputs().get(i);
        ValueType given = i < inputs.size() ? inputs.get(i) : ValueType.UNKNOWN;
        inner.types.put(input.name(), given == ValueType.UNKNOWN ? input.type() : given);
      }
      inner.run(subgraph);
      return subgraph.outputs().stream().map(v -> merge(inner.type(v.name()), v.type())).toList();
    }
  }
}
