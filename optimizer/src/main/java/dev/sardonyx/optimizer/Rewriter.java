package dev.sardonyx.optimizer;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.UnknownOperator;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.optimizer.Matcher.Bindings;
import dev.sardonyx.optimizer.Outcome.Declined;
import dev.sardonyx.optimizer.Outcome.Rewrite;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.WorkGraph.Slot;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One walk over one graph from its inputs on, with all rules tried at every node. Each subgraph
 * gets a rewriter of its own, which sees the constants and types of the graphs around it.
 */
final class Rewriter {
  private static final Pattern ANONYMOUS = Pattern.compile("\\?\\d+(?![\\w.])");

  private final Optimizer.Run run;
  private final WorkGraph work;
  private final Map<String, ValueType> declared;
  private final Graph graph;

  /** What is known of the values up to the node that is visited. */
  private final Inference inference;

  /** The same for one choice of all symbolic extents, for checks by evaluation; or null. */
  private final Inference example;

  private final Matcher matcher;
  private final Map<Computation, Slot> computations = new HashMap<>();
  private IdentityHashMap<Tensor, String> equalConstants;

  private Rewriter(Optimizer.Run run, Graph graph, Inference inference, Inference example) {
    this.run = run;
    this.graph = graph;
    this.inference = inference;
    this.example = example;
    work = new WorkGraph(graph);
    declared = graph.declaredTypes();
    matcher = new Matcher(this::producer, inference::constant);
  }

  /** Everything that makes two nodes compute the same. */
  private record Computation(
      String domain, String opType, List<String> inputs, Attributes attributes, Operator operator) {
    static Computation of(Node n) {
      return new Computation(n.domain(), n.opType(), n.inputs(), n.attributes(), n.operator());
    }

    /** Of what tells most apart: hashing operators takes far longer than comparing some. */
    @Override
    public int hashCode() {
      return 31 * opType.hashCode() + inputs.hashCode();
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Computation c
          && opType.equals(c.opType)
          && inputs.equals(c.inputs)
          && domain.equals(c.domain)
          && attributes.equals(c.attributes)
          && operator.equals(c.operator);
    }
  }

  /** Walks over a model once. */
  static Graph rewrite(Optimizer.Run run, Graph graph) {
    Inference example =
        run.example() == null
            ? null
            : Inference.incremental(
                graph.inputs().stream()
                    .map(v -> new ValueInfo(v.name(), run.example().inputTypes().get(v.name())))
                    .toList());
    return new Rewriter(run, graph, Inference.incremental(graph.inputs()), example).walk();
  }

  private Graph walk() {
    for (Map.Entry<String, Tensor> e : work.initializers().entrySet()) {
      if (!work.isInput(e.getKey())) {
        addConstant(e.getKey(), e.getValue());
      }
    }
    for (Slot s = work.first(); s != null; ) {
      s = visit(s);
    }
    Graph result = work.toGraph();
    boolean fewerConstants = result.initializers().size() < graph.initializers().size();
    return work.isChanged() || fewerConstants ? result : graph;
  }

  private void addConstant(String name, Tensor value) {
    inference.addConstant(name, value);
    if (example != null) {
      example.addConstant(name, value);
    }
  }

  private void infer(Node node) {
    inference.add(node, declared);
    if (example != null) {
      example.add(node, Map.of());
    }
  }

  /** Tries all rules at a node; returns the node to be visited next. */
  private Slot visit(Slot s) {
    Slot next = s.next();
    if (work.isDead(s)) {
      run.removedDead(work.removeDead(s));
      return next;
    }
    rewriteSubgraphs(s);
    infer(s.node());
    for (Rule rule : run.rulesFor(s.node().qualifiedOpType())) {
      for (NodePattern pattern : run.patterns(rule)) {
        Slot continueAt = tryRule(rule, pattern, s);
        if (continueAt != null) {
          return continueAt == s ? next : continueAt;
        }
      }
    }
    if (isPure(s.node())) {
      Slot before = computations.get(Computation.of(s.node()));
      if (before == null || before.isRemoved()) {
        computations.put(Computation.of(s.node()), s);
      }
    }
    return s.next();
  }

  private void rewriteSubgraphs(Slot s) {
    if (s.node().subgraphs().isEmpty()) {
      return;
    }
    boolean[] changed = new boolean[1];
    Node n =
        WorkGraph.withSubgraphs(
            s.node(),
            g -> {
              Inference inner = inference.nested(g.inputs());
              Inference innerExample = example == null ? null : example.nested(g.inputs());
              Graph better = g;
              try {
                better = new Rewriter(run, g, inner, innerExample).walk();
              } catch (ModelException e) {
                // It stays as it is: a branch that is never taken need not work out, and when it
                // must, inference says so.
              }
              changed[0] |= better != g;
              return better;
            },
            graph.operators());
    if (changed[0]) {
      work.set(s, n);
    }
  }

  /**
   * Tries one rule at a node.
   *
   * @return null if nothing was changed, else the node to be visited next; {@code s} itself stands
   *     for the one after it
   */
  private Slot tryRule(Rule rule, NodePattern pattern, Slot s) {
    Node root = s.node();
    Bindings b = matcher.match(pattern, root);
    if (b == null) {
      return null;
    }
    Match match = new Match(this, root, b.nodes(), b.values(), b.matched().keySet());
    Outcome outcome;
    try {
      if (!rule.applies(match)) {
        return null;
      }
      String elsewhere = usedElsewhere(b, root);
      outcome = elsewhere != null ? Outcome.declined(elsewhere) : rule.rewrite(match);
    } catch (ModelException e) {
      outcome = Outcome.declined(e.getMessage());
    } catch (ArithmeticException
        | ClassCastException
        | IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException e) {
      outcome = Outcome.declined("the rule failed: " + e);
    }
    if (outcome instanceof Declined d) {
      run.declined(rule, root, d.reason());
      return null;
    }
    Patch patch = ((Rewrite) outcome).patch();
    String refusal = refusal(rule, match, patch);
    if (refusal != null) {
      run.declined(rule, root, refusal);
      return null;
    }
    if (!run.mayApply(rule, root)) {
      return null;
    }
    Slot firstNew = apply(s, patch);
    run.applied(rule, root, match.matched(), patch);
    return firstNew;
  }

  /** Why a matched node that the patch makes superfluous cannot go; null if all can. */
  private String usedElsewhere(Bindings b, Node root) {
    Set<Node> matched = b.matched().keySet();
    for (Map.Entry<Node, Boolean> e : b.matched().entrySet()) {
      Node n = e.getKey();
      boolean isRoot = n.outputs().equals(root.outputs());
      for (String v : e.getValue() || isRoot ? List.<String>of() : n.outputs()) {
        if (work.isOutput(v)) {
          return "'" + v + "', which " + n.describe() + " computes, is an output of the graph";
        }
        for (Slot consumer : work.consumers(v)) {
          if (!matched.contains(consumer.node())) {
            return "'" + v + "' is also used by " + consumer.node().describe();
          }
        }
      }
    }
    return null;
  }

  // ---- checking a patch ----

  /** Why a patch is not applied, or null if it is sound. */
  private String refusal(Rule rule, Match match, Patch patch) {
    Node root = match.root();
    for (String v : root.outputs()) {
      if (work.isUsed(v) && !patch.replacements().containsKey(v) && !isKept(patch, v)) {
        return "its output '" + v + "' is used";
      }
    }
    for (Node n : patch.nodes()) {
      if (n.operator() instanceof UnknownOperator) {
        return "operator " + n.qualifiedOpType() + " is not known";
      }
    }
    for (Map.Entry<String, Tensor> e : patch.constants().entrySet()) {
      addConstant(e.getKey(), e.getValue());
    }
    try {
      for (Node n : patch.nodes()) {
        infer(n);
      }
    } catch (ModelException e) {
      return "the new nodes do not fit: " + e.getMessage();
    }
    for (Map.Entry<String, String> r : patch.replacements().entrySet()) {
      ValueType before = inference.type(r.getKey());
      ValueType after = inference.type(r.getValue());
      if (!refines(after, before)) {
        return "'" + r.getKey() + "' is " + before + ", but the replacement is " + after;
      }
      if (isExisting(patch, r.getValue())) {
        String refusal = redirectRefusal(root, r.getKey(), r.getValue());
        if (refusal != null) {
          return refusal;
        }
      }
    }
    return run.isVerifying() ? run.verify(rule, match, patch, example) : null;
  }

  private static boolean isKept(Patch patch, String value) {
    for (Node n : patch.nodes()) {
      if (n.outputs().contains(value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isExisting(Patch patch, String value) {
    return !patch.constants().containsKey(value) && !isKept(patch, value);
  }

  private String redirectRefusal(Node root, String from, String to) {
    if (work.wouldHide(from, to)) {
      return "a subgraph has a value of its own called '" + to + "'";
    }
    boolean stuck = work.isOutput(from) && !canRename(to) && root.is("Identity");
    return stuck ? "it gives an output of the graph its name" : null;
  }

  /** Whether a value that exists may be given the name of a graph output. */
  private boolean canRename(String value) {
    return work.producer(value) != null && !work.isOutput(value);
  }

  /** Whether all that is known of {@code before} is also known of {@code after}. */
  static boolean refines(ValueType after, ValueType before) {
    if (before.equals(ValueType.UNKNOWN) || before.equals(after)) {
      return true;
    }
    return before instanceof TensorType b
        && after instanceof TensorType a
        && a.dtype() == b.dtype()
        && refines(a.shape(), b.shape());
  }

  private static boolean refines(Shape after, Shape before) {
    if (!before.hasRank()) {
      return true;
    }
    if (!after.hasRank() || after.rank() != before.rank()) {
      return false;
    }
    for (int i = 0; i < before.rank(); i++) {
      Dim b = before.dim(i);
      Dim a = after.dim(i);
      if (!a.equals(b) && (b.isKnown() || !a.isKnown() && !isAnonymous(b))) {
        return false;
      }
    }
    return true;
  }

  /** Whether an extent is, or is computed from, one that inference knows nothing of. */
  private static boolean isAnonymous(Dim d) {
    return ANONYMOUS.matcher(d.toString()).find();
  }

  // ---- applying a patch ----

  /** Puts a sound patch in place; returns the first new node, or {@code root} if there is none. */
  private Slot apply(Slot root, Patch patch) {
    List<Node> nodes = new ArrayList<>(patch.nodes());
    Map<String, Tensor> constants = new LinkedHashMap<>(patch.constants());
    List<Slot> suspects = new ArrayList<>();
    suspects.add(root);
    List<String> oldUses = root.node().uses();
    Map<String, String> redirects = new LinkedHashMap<>();
    for (Map.Entry<String, String> r : patch.replacements().entrySet()) {
      String from = r.getKey();
      String to = r.getValue();
      boolean own = work.producer(from) == root;
      if (!own) {
        suspects.add(work.producer(from));
      }
      if (own && isKept(patch, to)) {
        rename(nodes, to, from);
      } else if (own && constants.containsKey(to)) {
        constants.put(from, constants.remove(to));
        rename(nodes, to, from);
      } else {
        redirects.put(from, to);
      }
    }
    Slot place = root.next();
    work.remove(root);
    for (Map.Entry<String, Tensor> e : constants.entrySet()) {
      work.addInitializer(e.getKey(), e.getValue());
      addConstant(e.getKey(), e.getValue());
    }
    Slot first = null;
    for (Node n : nodes) {
      Slot s = work.insertBefore(place, n);
      first = first == null ? s : first;
    }
    for (Map.Entry<String, String> r : redirects.entrySet()) {
      Slot s = redirect(r.getKey(), r.getValue(), place);
      first = first == null ? s : first;
    }
    for (String v : oldUses) {
      if (work.producer(v) != null) {
        suspects.add(work.producer(v));
      }
    }
    for (Slot s : suspects) {
      if (!s.isRemoved()) {
        work.removeDead(s);
      }
    }
    return first != null && !first.isRemoved() ? first : place != null ? place : root;
  }

  private static void rename(List<Node> nodes, String from, String to) {
    for (int i = 0; i < nodes.size(); i++) {
      Node n = nodes.get(i);
      nodes.set(
          i,
          n.withInputs(WorkGraph.replaced(n.inputs(), from, to))
              .withOutputs(WorkGraph.replaced(n.outputs(), from, to)));
    }
  }

  /** Lets readers of {@code from} read {@code to}; a graph output keeps its name. */
  private Slot redirect(String from, String to, Slot place) {
    if (!work.isOutput(from)) {
      work.redirect(from, to);
      return null;
    }
    if (canRename(to)) {
      work.redirect(from, to);
      work.rename(to, from);
      return null;
    }
    Operator identity = graph.operators().bind("", "Identity", Attributes.NONE);
    return work.insertBefore(
        place, new Node("", "", "Identity", List.of(to), List.of(from), Attributes.NONE, identity));
  }

  // ---- what a match may ask ----

  Inference inference() {
    return inference;
  }

  Node producer(String value) {
    return work.producer(value) == null ? null : work.producer(value).node();
  }

  boolean isUsed(String value) {
    return work.isUsed(value);
  }

  Patch.Builder patch(Node root) {
    return new Patch.Builder(graph.operators(), root, run::freshName);
  }

  Node twin(Node n) {
    if (!isPure(n)) {
      return null;
    }
    Slot s = computations.get(Computation.of(n));
    boolean twin =
        s != null
            && !s.isRemoved()
            && !s.node().outputs().equals(n.outputs())
            && Computation.of(s.node()).equals(Computation.of(n))
            && s.node().outputs().size() == n.outputs().size();
    return twin ? s.node() : null;
  }

  private static boolean isPure(Node n) {
    return n.operator().isDeterministic() && n.subgraphs().isEmpty();
  }

  String firstEqualConstant(String value) {
    Tensor t = work.initializers().get(value);
    if (t == null || work.isInput(value)) {
      return value;
    }
    if (equalConstants == null) {
      equalConstants = run.groupEqual(work);
    }
    return equalConstants.getOrDefault(t, value);
  }
}
