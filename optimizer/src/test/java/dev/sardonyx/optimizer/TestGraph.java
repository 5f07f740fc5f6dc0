package dev.sardonyx.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Writes small graphs for tests, and says what rules do to them. */
public final class TestGraph {
  private final Graph.Builder builder = new Graph.Builder(StandardOperators.set());
  private final Random random = new Random(7);
  private int names;

  /** A float input; a negative extent is a symbol of that number. */
  public String input(String name, int... shape) {
    return input(name, DType.FLOAT, shape);
  }

  public String input(String name, DType dtype, int... shape) {
    Dim[] dims =
        Arrays.stream(shape)
            .mapToObj(d -> d < 0 ? Dim.symbol("n" + -d) : Dim.of(d))
            .toArray(Dim[]::new);
    builder.input(name, ValueType.tensor(dtype, Shape.of(dims)));
    return name;
  }

  public String constant(Tensor value) {
    String name = "c" + names++;
    builder.initializer(name, value);
    return name;
  }

  public String scalar(double value) {
    return constant(Tensor.scalar((float) value));
  }

  public String vector(long... values) {
    return constant(Tensor.vector(values));
  }

  public String random(int... shape) {
    return constant(randomTensor(shape));
  }

  /** Random numbers from 0.5 to 1.5, as variances are. */
  public String positive(int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, 0.5 + random.nextDouble());
    }
    return constant(t);
  }

  public Tensor randomTensor(int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }

  public String op(String opType, String... inputs) {
    return op(opType, Attributes.NONE, inputs);
  }

  public String op(String opType, Attributes attributes, String... inputs) {
    String name = opType + names++;
    builder.node(opType, List.of(inputs), List.of(name), attributes);
    return name;
  }

  public List<String> op2(String opType, Attributes attributes, String... inputs) {
    List<String> outputs = List.of(opType + names++, opType + names++);
    builder.node(opType, List.of(inputs), outputs, attributes);
    return outputs;
  }

  public static Attributes attribute(String name, long... values) {
    return Attributes.NONE.with(name, Attribute.of(values));
  }

  public static Attributes number(String name, long value) {
    return Attributes.NONE.with(name, Attribute.of(value));
  }

  public Graph build(String... outputs) {
    for (String o : outputs) {
      builder.output(o, ValueType.UNKNOWN);
    }
    return builder.build();
  }

  /** The graph after rules that must apply; results before and after were compared. */
  public static Graph rewritten(Graph graph, Rule... rules) {
    Optimization o = Optimizer.of(List.of(rules)).verifying().optimize(graph);
    assertThat(o.report().applied()).as(o.report().toString()).isNotEmpty();
    assertThat(o.report().verified()).as(o.report().toString()).isPositive();
    assertThat(o.report().notes())
        .as(o.report().toString())
        .hasSize(1)
        .allMatch(n -> n.startsWith("whole model: equal"));
    return o.graph();
  }

  /** What rules that must leave the graph alone say. */
  public static String declined(Graph graph, Rule... rules) {
    Optimization o = Optimizer.of(List.of(rules)).verifying().optimize(graph);
    assertThat(o.report().applied()).as(o.report().toString()).isEmpty();
    return o.report().declined().stream()
        .map(Report.Declined::reason)
        .collect(Collectors.joining("\n"));
  }

  /** The operators of a graph in their order, as in {@code "Conv Relu"}. */
  public static String operators(Graph graph) {
    return graph.nodes().stream().map(Node::opType).collect(Collectors.joining(" "));
  }
}
