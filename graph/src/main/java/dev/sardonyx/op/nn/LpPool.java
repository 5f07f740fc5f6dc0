package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.op.nn.Window.Run;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * The p-norm of every window of every channel (ai.onnx LpPool, newest version 22): {@code (Σ
 * |x|^p)^(1/p)}, X [N, C, D1, …] → Y [N, C, O1, …]. Version 1 has a float p; versions below 18 have
 * no dilations and no ceil mode.
 */
public record LpPool(Window window, int p) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("LpPool", LpPool::parse).since(2, LpPool::integerP);

  private static LpPool parse(Attributes a) {
    return new LpPool(Window.parsePool(a), a.getInt("p", 2));
  }

  /** Version 1 of LpPool and GlobalLpPool: p is a float. */
  static List<Node> integerP(Node node, int version, UpgradeContext c) {
    Attributes a = node.attributes();
    if (!a.has("p")) {
      return List.of(node);
    }
    return List.of(c.withAttributes(node, a.with("p", Attribute.of((long) a.getFloat("p", 2)))));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(0), window.poolShape(c.shape(0), c::freshDim)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Geometry geometry = window.over(Window.spatial(x.shape()));
    List<Run> runs = geometry.runs();
    int step = geometry.runStep();
    double[] powers = x.toDoubles();
    for (int i = 0; i < powers.length; i++) {
      powers[i] = Math.pow(Math.abs(powers[i]), p);
    }
    int xSize = geometry.inputSize();
    double[] sums = new double[geometry.outputSize()];
    Tensor y = Tensor.zeros(x.dtype(), Window.shape(x.dim(0), x.dim(1), geometry.output()));
    for (int channel = 0; channel < x.dim(0) * x.dim(1); channel++) {
      Arrays.fill(sums, 0);
      for (Run r : runs) {
        int at = channel * xSize + r.input();
        for (int j = 0; j < r.count(); j++) {
          sums[r.output() + j] += powers[at + j * step];
        }
      }
      for (int i = 0; i < sums.length; i++) {
        y.setDouble(channel * sums.length + i, Math.pow(sums[i], 1.0 / p));
      }
    }
    return List.of(y);
  }
}
