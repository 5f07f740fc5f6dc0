package dev.sardonyx.op.control;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Runs a subgraph over the slices of its scan inputs (ai.onnx Scan, newest version 25).
 *
 * <p>Inputs: the first state, then the scan inputs. The body takes (state…, one slice of every scan
 * input…) and gives (state…, one element of every scan output…). Outputs: the last state, then the
 * scan outputs, stacked. Version 8 has a batch dimension in front of everything; it is brought here
 * as a Scan over the batch of a Scan.
 *
 * @param scanInputs the number of scan inputs ({@code num_scan_inputs})
 * @param inputAxes the axis that is scanned, per scan input; empty for all 0
 * @param outputAxes the axis that is stacked along, per scan output; empty for all 0
 * @param inputsReversed 1 where an input is scanned from its end; empty for none
 * @param outputsReversed 1 where an output is stacked from its end; empty for none
 */
public record Scan(
    Graph body,
    int scanInputs,
    List<Long> inputAxes,
    List<Long> outputAxes,
    List<Long> inputsReversed,
    List<Long> outputsReversed)
    implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Scan", Scan::parse).since(9, Scan::upgrade);

  private static Scan parse(Attributes a) {
    if (!a.has("num_scan_inputs")) {
      throw Attributes.missing("num_scan_inputs");
    }
    return new Scan(
        a.getGraph("body"),
        a.getInt("num_scan_inputs", 0),
        list(a, "scan_input_axes"),
        list(a, "scan_output_axes"),
        list(a, "scan_input_directions"),
        list(a, "scan_output_directions"));
  }

  private static List<Long> list(Attributes a, String name) {
    long[] values = a.getLongs(name);
    return values == null ? List.of() : Arrays.stream(values).boxed().toList();
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    if (node.hasInput(0)) {
      throw new ModelException(
          "Scan of opset 8: expected no sequence_lens (only equal lengths are supported)");
    }
    Graph body = node.attributes().getGraph("body");
    int scanInputs = node.attributes().getInt("num_scan_inputs", 0);
    Attributes inner =
        Attributes.NONE
            .with("body", Attribute.of(body))
            .with("num_scan_inputs", Attribute.of(scanInputs));
    long[] directions = node.attributes().getLongs("directions");
    if (directions != null) {
      inner = inner.with("scan_input_directions", Attribute.of(directions));
    }
    List<String> inputs = node.inputs().subList(1, node.inputs().size());
    Graph.Builder batch = new Graph.Builder(body.operators());
    List<String> innerInputs = new ArrayList<>();
    List<String> innerOutputs = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      innerInputs.add(c.freshName("scan_in"));
      batch.input(innerInputs.get(i), ValueType.UNKNOWN);
    }
    for (int i = 0; i < body.outputs().size(); i++) {
      innerOutputs.add(c.freshName("scan_out"));
      batch.output(innerOutputs.get(i), ValueType.UNKNOWN);
    }
    batch.node(c.node("", "Scan", innerInputs, innerOutputs, inner));
    Attributes outer =
        Attributes.NONE
            .with("body", Attribute.of(batch.build()))
            .with("num_scan_inputs", Attribute.of(inputs.size()));
    return List.of(c.node("", "Scan", inputs, node.outputs(), outer).withName(node.name()));
  }

  private static long at(List<Long> values, int i) {
    return values.isEmpty() ? 0 : values.get(i);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    int states = states(c.inputCount());
    List<ValueType> inputs = new ArrayList<>();
    for (int i = 0; i < states; i++) {
      inputs.add(c.type(i));
    }
    Dim length = null;
    for (int i = 0; i < scanInputs; i++) {
      Shape x = c.shape(states + i);
      if (!x.hasRank()) {
        inputs.add(ValueType.tensor(c.dtype(states + i), Shape.UNKNOWN));
        continue;
      }
      int axis = Axis.of(at(inputAxes, i), x.rank());
      length = length == null || x.dim(axis).isKnown() ? x.dim(axis) : length;
      List<Dim> dims = new ArrayList<>(x.dims());
      dims.remove(axis);
      inputs.add(ValueType.tensor(c.dtype(states + i), new Shape(dims)));
    }
    List<ValueType> out = c.infer(body, inputs);
    List<ValueType> types = new ArrayList<>();
    for (int i = 0; i < out.size(); i++) {
      types.add(
          i < states
              ? StateType.widened(inputs.get(i), out.get(i), c)
              : Stacked.type(
                  out.get(i), length == null ? c.freshDim() : length, at(outputAxes, i - states)));
    }
    return types;
  }

  private int states(int inputs) {
    if (scanInputs < 1 || scanInputs > inputs) {
      throw new ModelException(
          "attribute num_scan_inputs: expected 1 to " + inputs + ", got " + scanInputs);
    }
    return inputs - scanInputs;
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    int states = states(c.inputCount());
    List<Value> state = new ArrayList<>();
    for (int i = 0; i < states; i++) {
      state.add(c.value(i));
    }
    List<Tensor> scanned = new ArrayList<>();
    for (int i = 0; i < scanInputs; i++) {
      scanned.add(axisFirst(c.tensor(states + i), at(inputAxes, i)));
    }
    int length = scanned.get(0).dim(0);
    List<List<Tensor>> scans = Stacked.lists(body.outputs().size() - states);
    for (int step = 0; step < length; step++) {
      List<Value> inputs = new ArrayList<>(state);
      for (int i = 0; i < scanInputs; i++) {
        int row = at(inputsReversed, i) == 1 ? length - 1 - step : step;
        Tensor x = scanned.get(i);
        inputs.add(x.slice(row, row + 1).reshape(Arrays.copyOfRange(x.shape(), 1, x.rank())));
      }
      List<Value> out = c.run(body, inputs);
      state = out.subList(0, states);
      for (int s = 0; s < scans.size(); s++) {
        scans.get(s).add((Tensor) out.get(states + s));
      }
    }
    List<Value> result = new ArrayList<>(state);
    for (int s = 0; s < scans.size(); s++) {
      if (at(outputsReversed, s) == 1) {
        Collections.reverse(scans.get(s));
      }
      ValueType declared = body.outputs().get(states + s).type();
      result.add(Stacked.of(scans.get(s), declared, at(outputAxes, s)));
    }
    return result;
  }

  private static Tensor axisFirst(Tensor x, long axis) {
    int at = Axis.of(axis, x.rank());
    int[] perm = new int[x.rank()];
    perm[0] = at;
    for (int d = 1; d < perm.length; d++) {
      perm[d] = d <= at ? d - 1 : d;
    }
    return at == 0 ? x : Strided.transpose(x, perm);
  }
}
