package dev.sardonyx.optimizer;

import static java.util.stream.Collectors.toList;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an optimization did; {@link #toString} is the text for people.
 *
 * @param applied rewrites in the order in which they were made
 * @param deadNodes nodes removed because nothing used them, besides those that rewrites replaced
 * @param declined what rules found and left as it is, in the final graph
 * @param verified rewrites that were evaluated before and after, alone; 0 without verify mode
 * @param notes what else should be known: what could not be verified, rules that did not end
 */
public record Report(
    Size before,
    Size after,
    List<Applied> applied,
    int deadNodes,
    List<Declined> declined,
    int verified,
    List<String> notes) {
  public Report {
    applied = List.copyOf(applied);
    declined = List.copyOf(declined);
    notes = List.copyOf(notes);
  }

  /**
   * One rewrite.
   *
   * @param node the last node of the match
   * @param from operators that were matched
   * @param to operators that took their place
   */
  public record Applied(String rule, String node, List<String> from, List<String> to) {
    public Applied {
      from = List.copyOf(from);
      to = List.copyOf(to);
    }
  }

  /** One rewrite that was not made. */
  public record Declined(String rule, String node, String reason) {
    // Written out, because what the VM makes of a record takes long when it is first called.
    @Override
    public boolean equals(Object o) {
      return o instanceof Declined d
          && rule.equals(d.rule)
          && node.equals(d.node)
          && reason.equals(d.reason);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * rule.hashCode() + node.hashCode()) + reason.hashCode();
    }
  }

  /**
   * How big a model is.
   *
   * @param nodes those in subgraphs included
   * @param operators nodes by operator
   * @param macs multiply-accumulates of one run at {@code macsAt}; those in subgraphs and of
   *     unknown shapes not included; -1 if the shapes are not known
   * @param macsAt the extents chosen for symbolic dimensions of the inputs, "" if there are none
   * @param parameters elements of all constants of floating type
   * @param bytes of all constants
   */
  public record Size(
      int nodes,
      Map<String, Integer> operators,
      long macs,
      String macsAt,
      long parameters,
      long bytes) {
    static Size of(Graph graph) {
      Map<String, Integer> operators = new TreeMap<>();
      count(graph, operators);
      Extents extents = Extents.of(graph, 64);
      long macs = macs(graph, extents.inputTypes());
      if (macs < 0) {
        extents = Extents.of(graph, 32);
        macs = macs(graph, extents.inputTypes());
      }
      return new Size(
          nodesOf(graph), operators, macs, extents.describe(), parameters(graph), bytes(graph));
    }

    static int nodesOf(Graph g) {
      int n = g.nodes().size();
      for (Node node : g.nodes()) {
        for (Graph inner : node.subgraphs()) {
          n += nodesOf(inner);
        }
      }
      return n;
    }

    private static void count(Graph g, Map<String, Integer> operators) {
      for (Node n : g.nodes()) {
        operators.merge(n.qualifiedOpType(), 1, Integer::sum);
        n.subgraphs().forEach(inner -> count(inner, operators));
      }
    }

    private static long parameters(Graph g) {
      long n =
          g.initializers().values().stream()
              .filter(t -> t.dtype().isFloating())
              .mapToLong(Tensor::size)
              .sum();
      for (Node node : g.nodes()) {
        n += node.subgraphs().stream().mapToLong(Size::parameters).sum();
      }
      return n;
    }

    private static long bytes(Graph g) {
      long n =
          g.initializers().values().stream().mapToLong(t -> t.dtype().byteSize(t.size())).sum();
      for (Node node : g.nodes()) {
        n += node.subgraphs().stream().mapToLong(Size::bytes).sum();
      }
      return n;
    }

    private static long macs(Graph g, Map<String, ValueType> inputTypes) {
      try {
        Inference types = Inference.of(g, inputTypes);
        return g.nodes().stream().mapToLong(n -> macs(n, types)).sum();
      } catch (ModelException noSuchSize) {
        return -1;
      }
    }

    /** MACs of a node; 0 where shapes are not known. */
    private static long macs(Node n, Inference types) {
      boolean known =
          Stream.concat(n.inputs().stream(), n.outputs().stream())
              .allMatch(v -> v.isEmpty() || shape(types.type(v)) != null);
      if (!known) {
        return 0;
      }
      try {
        return n.operator()
            .macs(
                n.inputs().stream().map(v -> shape(types.type(v))).toList(),
                n.outputs().stream().map(v -> shape(types.type(v))).toList());
      } catch (ArithmeticException | IndexOutOfBoundsException shapesDoNotFitTheOperator) {
        return 0;
      }
    }

    /** The extents; null where one is not known or beyond what a tensor can have. */
    private static int[] shape(ValueType type) {
      return type instanceof TensorType t
              && t.shape().isStatic()
              && t.shape().dims().stream()
                  .allMatch(d -> d.value() >= 0 && d.value() <= Integer.MAX_VALUE)
          ? t.shape().toArray()
          : null;
    }
  }

  /** How many rewrites each rule made, most first. */
  public Map<String, Long> appliedByRule() {
    return applied.stream()
        .collect(Collectors.groupingBy(Applied::rule, TreeMap::new, Collectors.counting()));
  }

  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    line(s, "nodes", before.nodes, after.nodes);
    line(
        s,
        "MACs" + (before.macsAt.isEmpty() ? "" : " at " + before.macsAt),
        before.macs,
        after.macs);
    line(s, "parameters", before.parameters, after.parameters);
    line(s, "bytes of constants", before.bytes, after.bytes);
    s.append("\napplied\n");
    appliedByRule().forEach((rule, n) -> s.append(String.format("  %-32s %,6d%n", rule, n)));
    s.append(String.format("  %-32s %,6d%n", "(nodes that nothing used)", deadNodes));
    if (!declined.isEmpty()) {
      s.append("\ndeclined\n");
      declined.stream()
          .collect(
              Collectors.groupingBy(d -> d.rule + ": " + d.reason, LinkedHashMap::new, toList()))
          .forEach((why, where) -> s.append("  ").append(why).append(places(where)).append('\n'));
    }
    if (verified > 0) {
      s.append(String.format("%nverified %,d rewrites by evaluation%n", verified));
    }
    notes.forEach(n -> s.append("note: ").append(n).append('\n'));
    return s.toString();
  }

  private static String places(List<Declined> where) {
    String first = "\n    at " + where.get(0).node;
    return where.size() == 1 ? first : first + " and " + (where.size() - 1) + " more";
  }

  private static void line(StringBuilder s, String what, long before, long after) {
    s.append(String.format("%-20s %,15d -> %,15d%n", what, before, after));
  }
}
