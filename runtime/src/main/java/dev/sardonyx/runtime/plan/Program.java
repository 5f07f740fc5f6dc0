package dev.sardonyx.runtime.plan;

import dev.sardonyx.Accuracy;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.optimizer.Level;
import dev.sardonyx.optimizer.Optimizer;
import dev.sardonyx.runtime.NodeTime;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.kernel.PackedWeights;
import dev.sardonyx.runtime.lowering.Lowering;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A lowered graph ready to be run: it keeps a {@link Plan} for each of the last few combinations of
 * input shapes. A subgraph of a node is a program too, what it captures being further inputs.
 */
public final class Program {
  /** Plans kept; the oldest gives way. */
  private static final int MAX_PLANS = 8;

  private final Graph graph;
  private final List<String> inputNames = new ArrayList<>();
  private final Map<String, Tensor> constants;
  private final Map<String, ValueInfo> declared = new HashMap<>();
  private final IdentityHashMap<Graph, Program> subprograms = new IdentityHashMap<>();
  private final Resources resources;
  private final boolean isSubgraph;
  private int shapesMet;
  private volatile Plan[] plans = {};

  /**
   * What all programs of a session share.
   *
   * @param optimizer rewrites branches for the shapes that they meet
   */
  record Resources(
      Kernels simd,
      Workers workers,
      PackedWeights packed,
      Accuracy accuracy,
      Optimizer optimizer) {}

  public Program(Graph graph, Kernels simd, Workers workers, Accuracy accuracy) {
    this(graph, simd, workers, accuracy, Optimizer.of(Level.NONE));
  }

  public Program(
      Graph graph, Kernels simd, Workers workers, Accuracy accuracy, Optimizer optimizer) {
    this(graph, new Resources(simd, workers, new PackedWeights(), accuracy, optimizer));
  }

  private Program(Graph graph, Resources resources) {
    this(Prepacking.apply(graph, resources), false, Map.of(), resources);
  }

  private Program(
      Graph graph, boolean isSubgraph, Map<String, Tensor> outerConstants, Resources resources) {
    this.graph = graph;
    this.isSubgraph = isSubgraph;
    this.resources = resources;
    constants = new HashMap<>(graph.initializers());
    for (ValueInfo v : graph.inputs()) {
      inputNames.add(v.name());
      declared.put(v.name(), v);
      constants.remove(v.name());
    }
    for (String capture : graph.captures()) {
      Tensor constant = outerConstants.get(capture);
      if (constant != null) {
        constants.put(capture, constant);
      } else {
        inputNames.add(capture);
      }
    }
  }

  /** The same program on other threads; the weights are there once. */
  public Program on(Workers workers) {
    Resources r = resources;
    Resources others = new Resources(r.simd(), workers, r.packed(), r.accuracy(), r.optimizer());
    return new Program(graph, false, Map.of(), others);
  }

  /** The graph as it is run; weights that are there in packed form alone have no content. */
  public Graph graph() {
    return graph;
  }

  /** The graph's inputs, then what it captures from the graphs around it. */
  public List<String> inputNames() {
    return inputNames;
  }

  /** Values that no run changes: initializers that are no inputs, and captured ones. */
  Map<String, Tensor> constants() {
    return constants;
  }

  ValueInfo declared(String input) {
    return declared.get(input);
  }

  Resources resources() {
    return resources;
  }

  synchronized Program subprogram(Graph subgraph) {
    return subprograms.computeIfAbsent(subgraph, g -> new Program(g, true, constants, resources));
  }

  /**
   * Computes outputs.
   *
   * @param inputs one value per {@link #inputNames}
   * @param wanted which of the graph's outputs to compute
   * @param into tensors to write outputs to, null (or null elements) for new ones
   * @return one value per output of the graph, null where not wanted
   * @throws ModelException if a node fails; names the node
   */
  public Value[] run(Value[] inputs, boolean[] wanted, Tensor[] into) {
    Plan plan = plan(inputs, wanted);
    Execution execution = plan.acquire();
    // After a failure it may still hold values of the run, so it is not used again.
    Value[] outputs = execution.run(inputs, into, null);
    plan.release(execution);
    return outputs;
  }

  /** Computes outputs as {@link #run} does, and tells what each node took, in order. */
  public List<NodeTime> profile(Value[] inputs, boolean[] wanted) {
    Plan plan = plan(inputs, wanted);
    Execution execution = plan.acquire();
    long[] nanos = new long[plan.steps.size()];
    execution.run(inputs, null, nanos);
    plan.release(execution);
    List<NodeTime> times = new ArrayList<>();
    for (int i = 0; i < nanos.length; i++) {
      Plan.Step step = plan.steps.get(i);
      times.add(new NodeTime(step.node(), plan.types(step.in()), plan.types(step.out()), nanos[i]));
    }
    return times;
  }

  private Plan plan(Value[] inputs, boolean[] wanted) {
    Plan[] known = plans;
    for (Plan p : known) {
      if (p.fits(inputs, wanted)) {
        return p;
      }
    }
    return addPlan(inputs, wanted);
  }

  private synchronized Plan addPlan(Value[] inputs, boolean[] wanted) {
    for (Plan p : plans) {
      if (p.fits(inputs, wanted)) {
        return p;
      }
    }
    Plan plan = new Planner(isBranch() ? forShapes(inputs) : this, inputs, wanted).plan();
    Plan[] next = new Plan[Math.min(plans.length + 1, MAX_PLANS)];
    next[0] = plan;
    System.arraycopy(plans, 0, next, 1, next.length - 1);
    plans = next;
    return plan;
  }

  /** Whether this is a branch of an If and not yet one too often. */
  private boolean isBranch() {
    return isSubgraph && graph.inputs().isEmpty() && ++shapesMet <= MAX_PLANS;
  }

  /**
   * This program rewritten for the shapes of its inputs. With these known, conditions that are
   * computed from shapes often are too, so that branches within this one stand in line; and layouts
   * can be chosen over all of it.
   */
  private Program forShapes(Value[] inputs) {
    Graph.Builder b = graph.toBuilder().initializers(constants);
    for (int i = 0; i < inputs.length; i++) {
      ValueType type =
          inputs[i] instanceof Tensor t
              ? ValueType.tensor(t.dtype(), t.shape())
              : ValueType.UNKNOWN;
      b.input(inputNames.get(i), type);
    }
    Graph optimized = resources.optimizer().optimize(b.build()).graph();
    return new Program(Lowering.lower(optimized), false, Map.of(), resources);
  }
}
