package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.anyNode;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.UnknownOperator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Patch;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.Map;

/**
 * What depends on constants only is computed now, by the reference evaluation.
 *
 * <pre>
 *   constants → op → y        y = constant
 * </pre>
 *
 * <p>Declines for random operators, results that are no tensors, results that would make the model
 * bigger (over 1 MiB and bigger than what they are made of), and DequantizeLinear, whose quantized
 * constant is what the model wants to store.
 */
public final class ConstantFolding implements Rule {
  private static final long SMALL = 1 << 20;

  @Override
  public List<NodePattern> patterns() {
    return List.of(anyNode());
  }

  @Override
  public boolean applies(Match m) {
    Node n = m.root();
    for (String v : n.uses()) {
      if (m.constantOf(v) == null) {
        return false;
      }
    }
    return !(n.operator() instanceof UnknownOperator);
  }

  @Override
  public Outcome rewrite(Match m) {
    Node n = m.root();
    if (!isDeterministic(n)) {
      return Outcome.declined("its result is random");
    }
    if (n.is("DequantizeLinear")) {
      return Outcome.declined("the quantized constant is smaller");
    }
    long allowed = Math.max(SMALL, n.uses().stream().mapToLong(v -> bytes(m.constantOf(v))).sum());
    for (String v : n.outputs()) {
      if (m.typeOf(v) instanceof TensorType t
          && t.shape().isStatic()
          && t.shape().size().value() > allowed * 8 / Math.max(1, t.dtype().bits())) {
        return Outcome.declined("the result " + t + " would be bigger than what it is made of");
      }
    }
    Graph.Builder g = new Graph.Builder(null).node(n);
    n.uses().forEach(v -> g.initializer(v, m.constantOf(v)));
    n.outputs().stream().filter(m::isUsed).forEach(v -> g.output(v, ValueType.UNKNOWN));
    Patch.Builder patch = m.patch();
    for (Map.Entry<String, Value> e : ReferenceEvaluator.run(g.build(), Map.of()).entrySet()) {
      if (!(e.getValue() instanceof Tensor t)) {
        return Outcome.declined("its result is no tensor");
      }
      if (bytes(t) > allowed) {
        return Outcome.declined("the result would be bigger than what it is made of");
      }
      patch.replace(e.getKey(), patch.constant(t));
    }
    return new Outcome.Rewrite(patch.build());
  }

  private static boolean isDeterministic(Node n) {
    return n.operator().isDeterministic()
        && n.subgraphs().stream()
            .flatMap(g -> g.nodes().stream())
            .allMatch(ConstantFolding::isDeterministic);
  }

  private static long bytes(Tensor t) {
    return t.dtype().byteSize(t.size());
  }
}
