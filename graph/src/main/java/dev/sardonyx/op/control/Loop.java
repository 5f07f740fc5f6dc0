package dev.sardonyx.op.control;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.CommonType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a subgraph again and again (ai.onnx Loop, newest version 25).
 *
 * <p>Inputs: the largest number of iterations (none when omitted), the first condition (true when
 * omitted), the first state. The body takes (iteration, condition, state…) and gives (condition,
 * state…, one element of every scan output…). Outputs: the last state, then the elements of the
 * scan outputs, stacked along a new first axis.
 */
public record Loop(Graph body) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Loop", a -> new Loop(a.getGraph("body")));

  /** Rounds after which nothing is said any more of the state's shapes. */
  private static final int MAX_ROUNDS = 4;

  @Override
  public List<ValueType> infer(InferenceContext c) {
    int states = Math.max(0, c.inputCount() - 2);
    List<ValueType> first = new ArrayList<>();
    for (int i = 0; i < states; i++) {
      first.add(c.type(i + 2));
    }
    List<ValueType> state = first;
    List<ValueType> out = inferBody(state, c);
    boolean stable = false;
    for (int round = 0; round < MAX_ROUNDS && !stable; round++) {
      List<ValueType> next = new ArrayList<>();
      stable = true;
      for (int i = 0; i < states; i++) {
        next.add(StateType.widened(first.get(i), out.get(i + 1), c));
        stable &= StateType.isAsWide(state.get(i), next.get(i), first.get(i));
      }
      state = next;
      if (!stable) {
        out = inferBody(state, c);
      }
    }
    if (!stable) {
      state = first.stream().map(CommonType::withoutShapes).toList();
      out = inferBody(state, c);
    }
    List<ValueType> types = new ArrayList<>(state);
    Dim count = iterations(c);
    for (int i = states; i < c.outputCount(); i++) {
      types.add(Stacked.type(out.get(i + 1), count, 0));
    }
    return types;
  }

  private List<ValueType> inferBody(List<ValueType> state, InferenceContext c) {
    List<ValueType> inputs = new ArrayList<>();
    inputs.add(ValueType.tensor(DType.INT64));
    inputs.add(ValueType.tensor(DType.BOOL));
    inputs.addAll(state);
    return c.infer(body, inputs);
  }

  /** The number of iterations where only the first input decides it. */
  private Dim iterations(InferenceContext c) {
    List<Dim> count = c.extents(0);
    boolean starts = !c.hasInput(1) || c.constant(1) != null && c.constant(1).getBoolean(0);
    if (count == null || count.size() != 1 || !starts || !alwaysGoesOn()) {
      return c.freshDim();
    }
    return count.get(0).isKnown() ? count.get(0).max(Dim.ZERO) : count.get(0);
  }

  private boolean alwaysGoesOn() {
    String condition = body.outputs().get(0).name();
    Tensor constant = body.initializers().get(condition);
    String given = body.inputs().get(1).name();
    return constant != null && constant.size() == 1 && constant.getBoolean(0)
        || condition.equals(given)
        || body.nodes().stream()
            .anyMatch(
                n -> n.is("Identity") && n.output(0).equals(condition) && n.input(0).equals(given));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    long limit = c.hasInput(0) ? c.tensor(0).getLong(0) : Long.MAX_VALUE;
    Tensor goOn = c.hasInput(1) ? c.tensor(1) : Tensor.scalar(true);
    List<Value> state = new ArrayList<>();
    for (int i = 2; i < c.inputCount(); i++) {
      state.add(c.value(i));
    }
    int states = state.size();
    if (body.outputs().size() < states + 1) {
      throw new ModelException(
          "attribute body: expected a condition and "
              + states
              + " state values as outputs, got "
              + body.outputs().size());
    }
    List<List<Tensor>> scans = Stacked.lists(body.outputs().size() - 1 - states);
    for (long i = 0; i < limit && goOn.getBoolean(0); i++) {
      List<Value> inputs = new ArrayList<>();
      inputs.add(Tensor.scalar(i));
      inputs.add(goOn.reshape());
      inputs.addAll(state);
      List<Value> out = c.run(body, inputs);
      goOn = (Tensor) out.get(0);
      state = out.subList(1, 1 + states);
      for (int s = 0; s < scans.size(); s++) {
        scans.get(s).add((Tensor) out.get(1 + states + s));
      }
    }
    List<Value> result = new ArrayList<>(state);
    for (int s = 0; s < scans.size(); s++) {
      ValueType declared = body.outputs().get(1 + states + s).type();
      result.add(Stacked.of(scans.get(s), declared, 0));
    }
    return result;
  }
}
