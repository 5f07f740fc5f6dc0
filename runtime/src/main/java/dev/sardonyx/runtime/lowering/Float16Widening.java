package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attribute.IntValue;
import dev.sardonyx.graph.Attribute.TensorValue;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.MiniFloat;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Models of float16 and bfloat16 are computed in float32: there are no kernels for 16 bits.
 *
 * <pre>
 * x[float16] → Conv(W[float16]) → Relu → y[float16]                                    becomes
 *
 * x[float16] → Cast(float) → Conv(W[float]) → Relu → Cast(float16) → y[float16]
 * </pre>
 *
 * <p>What flows between nodes is not rounded to 16 bits, so that results are closer to those of
 * exact arithmetic than if each node rounded its own, and casts from one type to the other are
 * superfluous. Numbers that are too large for 16 bits do not become infinite on the way. Weights
 * are widened when they are packed, and until then stay where they are.
 *
 * <p>Declined: models with subgraphs, and with BitCast, for which the width of a type matters.
 */
public final class Float16Widening {
  /** Elements that are widened at a time. */
  private static final int CHUNK = 16 * 1024;

  /** Attributes that name a type. */
  private static final Set<String> TYPE_ATTRIBUTES =
      Set.of("to", "dtype", "output_dtype", "precision", "stash_type");

  private final Graph graph;
  private final Names names;
  private final Map<String, String> renamed = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  private Float16Widening(Graph graph) {
    this.graph = graph;
    names = new Names(graph);
  }

  public static Graph apply(Graph graph) {
    boolean narrow =
        graph.initializers().values().stream().anyMatch(t -> isNarrow(t.dtype()))
            || graph.inputs().stream().anyMatch(v -> isNarrow(v.type()))
            || graph.nodes().stream()
                .anyMatch(n -> !widened(n.attributes()).equals(n.attributes()));
    boolean declined =
        graph.nodes().stream().anyMatch(n -> n.is("BitCast") || !n.subgraphs().isEmpty());
    return narrow && !declined ? new Float16Widening(graph).widened() : graph;
  }

  private static boolean isNarrow(DType dtype) {
    return dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
  }

  private static boolean isNarrow(ValueType type) {
    return type instanceof TensorType t && isNarrow(t.dtype());
  }

  private Graph widened() {
    Graph.Builder builder = graph.toBuilder();
    graph.initializers().forEach((name, t) -> builder.initializer(name, widened(t)));
    graph.declaredTypes().forEach((name, type) -> builder.declaredType(name, widened(type)));
    for (ValueInfo input : graph.inputs()) {
      // An input that may be left out keeps its default as it is.
      Tensor initial = graph.initializers().get(input.name());
      if (initial != null) {
        builder.initializer(input.name(), initial);
      }
      if (input.type() instanceof TensorType t && isNarrow(t.dtype())) {
        String wide = names.unused(input.name() + "/float");
        nodes.add(cast(input.name(), DType.FLOAT, wide));
        renamed.put(input.name(), wide);
      }
    }
    // Names of outputs are taken by what is cast back to 16 bits.
    List<Node> back = new ArrayList<>();
    for (ValueInfo output : graph.outputs()) {
      if (output.type() instanceof TensorType t && isNarrow(t.dtype())) {
        String wide = renamed.get(output.name());
        if (wide == null) {
          wide = names.unused(output.name() + "/float");
          renamed.put(output.name(), wide);
          back.add(cast(wide, t.dtype(), output.name()));
        }
      }
    }
    graph.nodes().forEach(this::add);
    nodes.addAll(back);
    return builder.nodes(nodes).build();
  }

  private void add(Node node) {
    Attributes a = widened(node.attributes());
    nodes.add(
        new Node(
            node.name(),
            node.domain(),
            node.opType(),
            node.inputs().stream().map(v -> renamed.getOrDefault(v, v)).toList(),
            node.outputs().stream().map(v -> renamed.getOrDefault(v, v)).toList(),
            a,
            a.equals(node.attributes())
                ? node.operator()
                : graph.operators().bind(node.domain(), node.opType(), a)));
  }

  private Node cast(String from, DType to, String name) {
    Attributes a = Attributes.NONE.with("to", Attribute.of(to.code()));
    return new Node(
        "", "", "Cast", List.of(from), List.of(name), a, graph.operators().bind("", "Cast", a));
  }

  private static ValueType widened(ValueType type) {
    return type instanceof TensorType t && isNarrow(t.dtype())
        ? ValueType.tensor(DType.FLOAT, t.shape())
        : type;
  }

  private static Attributes widened(Attributes attributes) {
    Attributes result = attributes;
    for (Map.Entry<String, Attribute> e : attributes.asMap().entrySet()) {
      if (e.getValue() instanceof IntValue i
          && TYPE_ATTRIBUTES.contains(e.getKey())
          && (i.value() == DType.FLOAT16.code() || i.value() == DType.BFLOAT16.code())) {
        result = result.with(e.getKey(), Attribute.of((long) DType.FLOAT.code()));
      } else if (e.getValue() instanceof TensorValue t && isNarrow(t.value().dtype())) {
        result = result.with(e.getKey(), Attribute.of(widened(t.value())));
      }
    }
    return result;
  }

  private static Tensor widened(Tensor t) {
    return isNarrow(t.dtype())
        ? Tensor.deferred(DType.FLOAT, (from, into) -> widen(t, from, into), t.shape())
        : t;
  }

  private static void widen(Tensor narrow, int from, Tensor into) {
    MiniFloat format = narrow.dtype() == DType.FLOAT16 ? MiniFloat.FLOAT16 : MiniFloat.BFLOAT16;
    float[] floats = into.floatArray();
    Tensor chunk = Tensor.zeros(narrow.dtype(), Math.min(CHUNK, into.size()));
    for (int done = 0; done < into.size(); done += chunk.size()) {
      Tensor part = chunk.slice(0, Math.min(chunk.size(), into.size() - done));
      narrow.read(from + done, part);
      short[] bits = part.shortArray();
      int at = into.arrayOffset() + done;
      for (int i = 0; i < part.size(); i++) {
        floats[at + i] = format.decode(bits[part.arrayOffset() + i]);
      }
    }
  }
}
