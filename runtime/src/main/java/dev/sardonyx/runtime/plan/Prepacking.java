package dev.sardonyx.runtime.plan;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.runtime.kernel.KernelTable;
import dev.sardonyx.runtime.kernel.NodeContext;
import dev.sardonyx.runtime.kernel.Scratch;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings a graph's constants into memory when a session is opened, all threads taking part: weights
 * in the packed form that their kernels read, and in no other where nothing else reads them; the
 * rest as it is, unless nothing reads it at all.
 */
final class Prepacking {
  private Graph graph;
  private final Program.Resources resources;

  /** Constants that something else than a packing kernel reads. */
  private final Set<String> read = ConcurrentHashMap.newKeySet();

  private Prepacking(Graph graph, Program.Resources resources) {
    this.graph = graph;
    this.resources = resources;
  }

  /** The graph with stand-ins for the weights that are there in packed form alone. */
  static Graph apply(Graph graph, Program.Resources resources) {
    return new Prepacking(graph, resources).apply();
  }

  private Graph apply() {
    Inference types = Inference.of(graph);
    Map<String, Node> packing = new HashMap<>();
    for (ValueInfo v : graph.inputs()) {
      read.add(v.name());
    }
    for (ValueInfo v : graph.outputs()) {
      read.add(v.name());
    }
    for (Node node : graph.nodes()) {
      Set<Integer> weights = KernelTable.weights(node);
      for (String use : node.uses()) {
        boolean packs =
            weights.contains(node.inputs().indexOf(use))
                && isReadOnce(node, use)
                && hasTensorTypes(node, types);
        if (!packs || packing.putIfAbsent(use, node) != null) {
          read.add(use);
        }
      }
    }
    dropUnused(packing.keySet());
    List<Map.Entry<String, Tensor>> constants = new ArrayList<>(graph.initializers().entrySet());
    constants.sort(Comparator.comparingInt(e -> -e.getValue().size()));
    Queue<Map.Entry<String, Tensor>> queue = new ConcurrentLinkedQueue<>(constants);
    AtomicLong left = new AtomicLong();
    for (Map.Entry<String, Tensor> e : constants) {
      left.addAndGet(e.getValue().size());
    }
    long weights = 0;
    for (Map.Entry<String, Tensor> e : constants) {
      weights += packing.containsKey(e.getKey()) ? e.getValue().size() : 0;
    }
    resources.packed().expectAll(weights);
    int threads = resources.workers().threads();
    resources
        .workers()
        .run(
            (from, to) -> {
              for (var e = queue.poll(); e != null; e = queue.poll()) {
                resources.packed().expect(left.getAndAdd(-e.getValue().size()) / threads);
                Node node = packing.get(e.getKey());
                prepare(e.getKey(), e.getValue(), node, types);
              }
              resources.packed().allRead();
            },
            threads,
            1);
    loadSubgraphs(graph);
    return withStandIns();
  }

  /** Leaves out constants that nothing uses. */
  private void dropUnused(Set<String> packed) {
    Map<String, Tensor> used = new LinkedHashMap<>(graph.initializers());
    if (used.keySet().removeIf(name -> !read.contains(name) && !packed.contains(name))) {
      graph = graph.toBuilder().initializers(used).build();
    }
  }

  private void prepare(String name, Tensor constant, Node node, Inference types) {
    if (node == null || !KernelTable.prepack(context(node, types), node.inputs().indexOf(name))) {
      read.add(name);
    }
    if (read.contains(name)) {
      constant.load();
    }
  }

  private static boolean isReadOnce(Node node, String value) {
    return node.subgraphs().isEmpty() && Collections.frequency(node.inputs(), value) == 1;
  }

  private static boolean hasTensorTypes(Node node, Inference types) {
    List<String> values = new ArrayList<>(node.inputs());
    values.addAll(node.outputs());
    for (String v : values) {
      if (!v.isEmpty() && !(types.type(v) instanceof TensorType)) {
        return false;
      }
    }
    return true;
  }

  private NodeContext context(Node node, Inference types) {
    return Execution.nodeContext(resources, node, types::type, types::constant, new Scratch());
  }

  private Graph withStandIns() {
    // Several names may share a tensor.
    Set<Tensor> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    Map<String, Tensor> initializers = new LinkedHashMap<>(graph.initializers());
    for (Map.Entry<String, Tensor> e : initializers.entrySet()) {
      if (read.contains(e.getKey())) {
        kept.add(e.getValue());
      }
    }
    IdentityHashMap<Tensor, Tensor> standIns = new IdentityHashMap<>();
    for (Map.Entry<String, Tensor> e : initializers.entrySet()) {
      Tensor constant = e.getValue();
      if (kept.contains(constant)) {
        continue;
      }
      if (!standIns.containsKey(constant)) {
        standIns.put(constant, resources.packed().standIn(constant));
      }
      e.setValue(standIns.get(constant));
    }
    return graph.toBuilder().initializers(initializers).build();
  }

  private static void loadSubgraphs(Graph graph) {
    for (Node node : graph.nodes()) {
      for (Graph sub : node.subgraphs()) {
        for (Tensor t : sub.initializers().values()) {
          t.load();
        }
        loadSubgraphs(sub);
      }
    }
  }
}
