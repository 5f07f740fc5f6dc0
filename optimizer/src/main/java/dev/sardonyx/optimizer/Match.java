package dev.sardonyx.optimizer;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A place of the graph that fits a pattern: its nodes and values by the names of the pattern, and
 * what is known of them.
 */
public final class Match {
  private final Rewriter rewriter;
  private final Node root;
  private final Map<String, Node> nodes;
  private final Map<String, String> values;
  private final Set<Node> matched;

  Match(
      Rewriter rewriter,
      Node root,
      Map<String, Node> nodes,
      Map<String, String> values,
      Set<Node> matched) {
    this.rewriter = rewriter;
    this.root = root;
    this.nodes = nodes;
    this.values = values;
    this.matched = matched;
  }

  // ---- by names of the pattern ----

  /** The node that the pattern as a whole describes: the last one. */
  public Node root() {
    return root;
  }

  public Node node(String name) {
    Node n = nodes.get(name);
    if (n == null) {
      throw new IllegalArgumentException("expected a node name of the pattern, got " + name);
    }
    return n;
  }

  /** Whether an alternative or optional part of that name was there. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** The graph's name for a value. */
  public String value(String name) {
    String v = values.get(name);
    if (v == null) {
      throw new IllegalArgumentException("expected a value name of the pattern, got " + name);
    }
    return v;
  }

  /** The graph's name for a value, or "" when that part of the pattern was not there. */
  public String valueOrEmpty(String name) {
    return values.getOrDefault(name, "");
  }

  /** The content of a value that the pattern wants constant. */
  public Tensor constant(String name) {
    return constantOf(value(name));
  }

  /** The shape of a tensor; {@link Shape#UNKNOWN} for anything else. */
  public Shape shape(String name) {
    return shapeOf(value(name));
  }

  /** The element type of a tensor; null if unknown or no tensor. */
  public DType dtype(String name) {
    return typeOf(value(name)) instanceof TensorType t ? t.dtype() : null;
  }

  // ---- by names of the graph ----

  public ValueType typeOf(String value) {
    return rewriter.inference().type(value);
  }

  public Shape shapeOf(String value) {
    return typeOf(value) instanceof TensorType t ? t.shape() : Shape.UNKNOWN;
  }

  /** The content of a value if it is known, else null. */
  public Tensor constantOf(String value) {
    return rewriter.inference().constant(value);
  }

  /** The content of a small integer tensor as extents, which may be symbolic, or null. */
  public List<Dim> extentsOf(String value) {
    return rewriter.inference().extents(value);
  }

  /** The node of this graph that computes a value, or null. */
  public Node producer(String value) {
    return rewriter.producer(value);
  }

  /** Whether anything reads a value. */
  public boolean isUsed(String value) {
    return rewriter.isUsed(value);
  }

  /** A node before the root that computes the same from the same inputs, or null. */
  public Node twinOfRoot() {
    return rewriter.twin(root);
  }

  /** The first constant of this graph with the same content as {@code value}; may be itself. */
  public String firstEqualConstant(String value) {
    return rewriter.firstEqualConstant(value);
  }

  // ---- the answer ----

  /** A patch that replaces the root's only output by what {@code by} makes and names. */
  public Outcome rewrite(Function<Patch.Builder, String> by) {
    Patch.Builder b = patch();
    return new Outcome.Rewrite(b.replace(root.output(0), by.apply(b)).build());
  }

  /** A patch to be filled. */
  public Patch.Builder patch() {
    return rewriter.patch(root);
  }

  Set<Node> matched() {
    return matched;
  }
}
