package dev.sardonyx.conformance;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.MapType;
import dev.sardonyx.graph.ValueType.OptionalType;
import dev.sardonyx.graph.ValueType.SequenceType;
import dev.sardonyx.graph.ValueType.SparseTensorType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.MapValue;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.SparseTensor;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The reference evaluation, and on the way a check of inference: what it says of any value in the
 * graph must be true of the value computed. Inference is asked five times, with the inputs' types
 * as declared, as they are, with symbols for all extents, without ranks, and with the inputs as
 * constants.
 */
final class CheckedReference {
  private CheckedReference() {}

  static List<Value> run(Graph graph, Map<String, Value> inputs) {
    Graph.Builder all = graph.toBuilder();
    for (Node node : graph.nodes()) {
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          all.output(output, ValueType.UNKNOWN);
        }
      }
    }
    Map<String, Value> values = ReferenceEvaluator.run(all.build(), inputs);
    Map<String, ValueType> real = new LinkedHashMap<>();
    Map<String, ValueType> symbolic = new LinkedHashMap<>();
    Map<String, ValueType> rankless = new LinkedHashMap<>();
    inputs.forEach(
        (name, value) -> {
          if (value instanceof Tensor t) {
            real.put(name, ValueType.tensor(t.dtype(), t.shape()));
            symbolic.put(name, ValueType.tensor(t.dtype(), symbols(name, t.rank())));
            rankless.put(name, ValueType.tensor(t.dtype(), Shape.UNKNOWN));
          }
        });
    check(graph, values, "types as declared", Map.of());
    check(graph, values, "types of the inputs given", real);
    check(graph, values, "symbols for all extents", symbolic);
    check(graph, values, "no ranks", rankless);
    check(withConstants(graph, inputs), values, "constant inputs", Map.of());
    return graph.outputs().stream().map(v -> values.get(v.name())).toList();
  }

  private static Shape symbols(String name, int rank) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      dims.add(Dim.symbol(name + "." + i));
    }
    return new Shape(dims);
  }

  private static Graph withConstants(Graph graph, Map<String, Value> inputs) {
    Graph.Builder constants = graph.toBuilder();
    List<ValueInfo> left = new ArrayList<>();
    for (ValueInfo input : graph.inputs()) {
      if (inputs.get(input.name()) instanceof Tensor t) {
        constants.initializer(input.name(), t);
      } else {
        left.add(input);
      }
    }
    return constants.inputs(left).build();
  }

  private static void check(
      Graph graph, Map<String, Value> values, String asked, Map<String, ValueType> types) {
    try {
      Inference inference = Inference.of(graph, types);
      for (Node node : graph.nodes()) {
        for (String output : node.outputs()) {
          if (!output.isEmpty()) {
            String wrong = compare(inference, output, values.get(output));
            if (wrong != null) {
              throw new ModelException(node.describe() + ", output '" + output + "': " + wrong);
            }
          }
        }
      }
    } catch (ModelException e) {
      throw e.in("inference with " + asked);
    }
  }

  /** What is inferred wrongly of a value, or null. */
  private static String compare(Inference inference, String name, Value value) {
    ValueType type = inference.type(name);
    if (!fits(type, value)) {
      return "inferred " + type + ", but computed " + describe(value);
    }
    List<Dim> extents = inference.extents(name);
    if (extents != null && value instanceof Tensor t) {
      boolean same = extents.size() == t.size();
      for (int i = 0; same && i < t.size(); i++) {
        same = !extents.get(i).isKnown() || extents.get(i).value() == t.getLong(i);
      }
      return same ? null : "inferred the content " + extents + ", but computed " + t;
    }
    return null;
  }

  private static boolean fits(ValueType type, Value value) {
    if (type instanceof TensorType t) {
      return value instanceof Tensor v && v.dtype() == t.dtype() && fits(t.shape(), v.shape());
    } else if (type instanceof SparseTensorType t) {
      return value instanceof SparseTensor v && v.values().dtype() == t.dtype();
    } else if (type instanceof SequenceType t) {
      return value instanceof SequenceValue v
          && v.elements().stream().allMatch(e -> fits(t.element(), e));
    } else if (type instanceof OptionalType t) {
      return value instanceof OptionalValue v && (!v.isPresent() || fits(t.element(), v.value()));
    } else if (type instanceof MapType t) {
      return value instanceof MapValue v && v.keyType() == t.key();
    }
    return true;
  }

  private static boolean fits(Shape shape, int[] real) {
    if (!shape.hasRank()) {
      return true;
    }
    if (shape.rank() != real.length) {
      return false;
    }
    for (int i = 0; i < real.length; i++) {
      if (shape.dim(i).isKnown() && shape.dim(i).value() != real[i]) {
        return false;
      }
    }
    return true;
  }

  private static String describe(Value value) {
    return value instanceof Tensor t ? t.describe() : String.valueOf(value);
  }
}
