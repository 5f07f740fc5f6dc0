package dev.sardonyx.optimizer;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.ModelInfo;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rewrites a model into one that means the same and costs less.
 *
 * <pre>{@code
 * Optimization o = Optimizer.of(Level.FULL).optimize(graph);
 * System.out.println(o.report());
 * }</pre>
 *
 * <p>The result is standard ONNX, with the opset raised where a fused operator needs it. Immutable
 * and thread-safe.
 */
public final class Optimizer {
  private final List<Rule> rules;
  private final boolean verifying;

  private Optimizer(List<Rule> rules, boolean verifying) {
    this.rules = List.copyOf(rules);
    this.verifying = verifying;
  }

  /** An optimizer with all rules of a level. */
  public static Optimizer of(Level level) {
    return of(Rules.of(level));
  }

  /** An optimizer with these rules, tried in this order at every node. */
  public static Optimizer of(List<Rule> rules) {
    return new Optimizer(rules, false);
  }

  /**
   * The same optimizer in verify mode: every rewrite is evaluated before and after on random inputs
   * and not done if the results differ, and so is the whole model at the end. Takes time.
   */
  public Optimizer verifying() {
    return new Optimizer(rules, true);
  }

  /**
   * The better model and what was done.
   *
   * @throws ModelException if a node's inputs do not fit its operator, or, in verify mode, if the
   *     outputs of the optimized model differ
   */
  public Optimization optimize(Graph graph) {
    Run run = new Run(graph);
    Graph result = rules.isEmpty() ? graph : run.toFixedPoint();
    return new Optimization(result, () -> run.report(result));
  }

  /** The state of one optimization, shared by the rewriters of all its graphs. */
  final class Run {
    /** A model may be rewritten this many times per node before a rule counts as endless. */
    private static final int REWRITES_PER_NODE = 8;

    private final Graph original;
    private final Set<String> names;
    private final IdentityHashMap<Rule, List<NodePattern>> patterns = new IdentityHashMap<>();
    private final Map<String, List<Rule>> rulesByOpType = new HashMap<>();
    private final List<Report.Applied> applied = new ArrayList<>();
    private final Set<Report.Declined> declined = new LinkedHashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final Map<String, Integer> opsets = new HashMap<>();

    /** Kept from walk to walk, since elements may have to be read from a file. */
    private final IdentityHashMap<Tensor, Integer> fingerprints = new IdentityHashMap<>();

    private final Verifier.Example example;
    private final int limit;
    private int dead;
    private int verified;

    Run(Graph graph) {
      original = graph;
      names = WorkGraph.names(graph);
      for (ValueInfo v : graph.outputs()) {
        names.add(v.name());
      }
      for (Rule r : rules) {
        patterns.put(r, r.patterns());
      }
      limit = 100 + REWRITES_PER_NODE * nodeCount(graph);
      example = verifying ? Verifier.exampleFor(graph) : null;
      if (verifying && example == null) {
        notes.add("not verified: no choice of the symbolic extents could be evaluated");
      }
    }

    Graph toFixedPoint() {
      Graph graph = original;
      while (true) {
        declined.clear();
        Graph better = Rewriter.rewrite(this, graph);
        if (better == graph) {
          break;
        }
        graph = better;
      }
      if (graph != original) {
        graph = withRaisedOpsets(graph);
        verifyWhole(graph);
      }
      return graph;
    }

    private void verifyWhole(Graph graph) {
      if (example != null) {
        String difference = Verifier.difference(original, graph, example);
        if (difference != null) {
          throw new ModelException(
              "expected the optimized model to give the same outputs, but " + difference);
        }
        notes.add("whole model: equal before and after, at " + example.describe());
      }
    }

    private Graph withRaisedOpsets(Graph graph) {
      ModelInfo info = graph.info();
      for (Map.Entry<String, Integer> e : opsets.entrySet()) {
        if (info.opsets().getOrDefault(e.getKey(), 0) < e.getValue()) {
          info = info.withOpset(e.getKey(), e.getValue());
        }
      }
      boolean raised = !info.opsets().equals(graph.info().opsets());
      return raised ? graph.toBuilder().info(info).build() : graph;
    }

    Report report(Graph result) {
      return new Report(
          Report.Size.of(original),
          Report.Size.of(result),
          applied,
          dead,
          List.copyOf(declined),
          verified,
          List.copyOf(notes));
    }

    // ---- what rewriters ask and tell ----

    Verifier.Example example() {
      return example;
    }

    boolean isVerifying() {
      return verifying;
    }

    List<NodePattern> patterns(Rule rule) {
      return patterns.get(rule);
    }

    /** The rules that have a pattern that may end in an operator, in their order. */
    List<Rule> rulesFor(String opType) {
      List<Rule> known = rulesByOpType.get(opType);
      if (known == null) {
        known = new ArrayList<>();
        for (Rule r : rules) {
          boolean mayFit = false;
          for (NodePattern p : patterns(r)) {
            mayFit |= p.mayBe(opType);
          }
          if (mayFit) {
            known.add(r);
          }
        }
        rulesByOpType.put(opType, known);
      }
      return known;
    }

    String freshName(String hint) {
      String name = hint;
      for (int i = 2; !names.add(name); i++) {
        name = hint + "." + i;
      }
      return name;
    }

    /** Whether one more rewrite is within bounds; notes the rule if not. */
    boolean mayApply(Rule rule, Node node) {
      if (applied.size() < limit) {
        return true;
      }
      notes.add(
          "stopped after "
              + limit
              + " rewrites: rule "
              + rule.name()
              + " does not come to an end at "
              + node.describe());
      return false;
    }

    void applied(Rule rule, Node root, Set<Node> matched, Patch patch) {
      List<String> before = new ArrayList<>();
      for (Node n : matched) {
        before.add(n.qualifiedOpType());
      }
      Collections.sort(before);
      List<String> after = new ArrayList<>();
      for (Node n : patch.nodes()) {
        after.add(n.qualifiedOpType());
      }
      applied.add(new Report.Applied(rule.name(), root.describe(), before, after));
      for (Node n : patch.nodes()) {
        OperatorDefinition d = original.operators().find(n.domain(), n.opType());
        if (d != null) {
          opsets.put(n.domain(), Math.max(d.since(), opsets.getOrDefault(n.domain(), d.since())));
        }
      }
    }

    void declined(Rule rule, Node root, String reason) {
      declined.add(new Report.Declined(rule.name(), root.describe(), reason));
    }

    void removedDead(int count) {
      dead += count;
    }

    /** Why a patch changes results, or null if it does not or cannot be evaluated. */
    String verify(Rule rule, Match match, Patch patch, Inference types) {
      if (types == null) {
        return null;
      }
      try {
        String difference = Verifier.difference(match, patch, types, original.operators());
        verified++;
        return difference == null ? null : "verification failed: " + difference;
      } catch (ModelException e) {
        notes.add(
            "not verified alone: "
                + rule.name()
                + " at "
                + match.root().describe()
                + ": "
                + e.getMessage());
        return null;
      }
    }

    private int knownFingerprint(Tensor t) {
      Integer known = fingerprints.get(t);
      if (known == null) {
        known = fingerprint(t);
        fingerprints.put(t, known);
      }
      return known;
    }

    /** The first constant of equal content for every constant of a graph. */
    IdentityHashMap<Tensor, String> groupEqual(WorkGraph work) {
      Map<Integer, List<Map.Entry<String, Tensor>>> groups = new HashMap<>();
      IdentityHashMap<Tensor, String> firsts = new IdentityHashMap<>();
      for (Map.Entry<String, Tensor> e : work.initializers().entrySet()) {
        if (!work.isInput(e.getKey())) {
          int fingerprint = knownFingerprint(e.getValue());
          List<Map.Entry<String, Tensor>> alike = groups.get(fingerprint);
          if (alike == null) {
            alike = new ArrayList<>(1);
            groups.put(fingerprint, alike);
          }
          Map.Entry<String, Tensor> first = firstEqual(alike, e);
          firsts.put(e.getValue(), first.getKey());
          if (first == e) {
            alike.add(e);
          }
        }
      }
      return firsts;
    }
  }

  private static Map.Entry<String, Tensor> firstEqual(
      List<Map.Entry<String, Tensor>> alike, Map.Entry<String, Tensor> e) {
    for (Map.Entry<String, Tensor> a : alike) {
      if (a.getValue().equals(e.getValue())) {
        return a;
      }
    }
    return e;
  }

  /** Made of type, shape and the first elements: enough to tell most constants apart. */
  private static int fingerprint(Tensor t) {
    int hash = 31 * t.dtype().code() + Arrays.hashCode(t.shape());
    Tensor first = t.reshape(t.size()).slice(0, Math.min(t.size(), 10));
    for (int i = 0; i < first.size() && t.dtype().isFloating(); i++) {
      hash = 31 * hash + Double.hashCode(first.getDouble(i));
    }
    for (int i = 0; i < first.size() && t.dtype().isInteger(); i++) {
      hash = 31 * hash + Long.hashCode(first.getLong(i));
    }
    return hash;
  }

  private static int nodeCount(Graph graph) {
    return Report.Size.nodesOf(graph);
  }
}
