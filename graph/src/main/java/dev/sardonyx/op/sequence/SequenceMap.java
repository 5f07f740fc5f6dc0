package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.SequenceType;
import dev.sardonyx.op.CommonType;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * A subgraph applied to every element of a sequence (ai.onnx SequenceMap-17). Further inputs are
 * sequences of the same length, taken element by element, or tensors, given to every call. Outputs
 * are sequences of the body's outputs.
 */
public record SequenceMap(Graph body) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("SequenceMap", a -> new SequenceMap(a.getGraph("body"))).since(17);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    List<ValueType> inputs = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      inputs.add(c.type(i) instanceof SequenceType s ? s.element() : c.type(i));
    }
    List<ValueType> types = new ArrayList<>();
    for (ValueType element : c.infer(body, inputs)) {
      // The extents of one call say nothing of the next one's where elements differ.
      types.add(new SequenceType(CommonType.withoutShapes(element)));
    }
    return types;
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    int count = Sequences.value(c, 0).size();
    List<List<Value>> outputs = new ArrayList<>();
    for (int o = 0; o < body.outputs().size(); o++) {
      outputs.add(new ArrayList<>());
    }
    for (int at = 0; at < count; at++) {
      List<Value> inputs = new ArrayList<>();
      for (int i = 0; i < c.inputCount(); i++) {
        inputs.add(c.value(i) instanceof SequenceValue s ? element(s, at, count) : c.value(i));
      }
      List<Value> out = c.run(body, inputs);
      for (int o = 0; o < out.size(); o++) {
        outputs.get(o).add(out.get(o));
      }
    }
    return outputs.stream().<Value>map(SequenceValue::new).toList();
  }

  private static Value element(SequenceValue s, int at, int count) {
    if (s.size() != count) {
      throw new ModelException("expected sequences of " + count + " elements, got " + s.size());
    }
    return s.get(at);
  }
}
