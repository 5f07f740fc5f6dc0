package dev.sardonyx.op.vision;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The best boxes of every class that do not overlap better ones too much (ai.onnx
 * NonMaxSuppression-11).
 *
 * <p>Inputs: boxes [N, B, 4]; scores [N, C, B]; how many a class may keep (0 when omitted); the
 * largest intersection over union (0); the score that must be exceeded (none). Output: rows (batch
 * entry, class, box), int64 [kept, 3], of every class the best first.
 *
 * @param centered whether a box is (x, y, width, height), else two opposite corners (y, x, y, x)
 */
public record NonMaxSuppression(boolean centered) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "NonMaxSuppression", a -> new NonMaxSuppression(a.getFlag("center_point_box", false)))
          .since(10);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(DType.INT64, Shape.of(c.freshDim(), Dim.of(3))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor boxes = c.tensor(0);
    Tensor scores = c.tensor(1);
    if (boxes.rank() != 3
        || boxes.dim(2) != 4
        || scores.rank() != 3
        || scores.dim(0) != boxes.dim(0)
        || scores.dim(2) != boxes.dim(1)) {
      throw new ModelException(
          "expected boxes [N, B, 4] and scores [N, C, B], got "
              + boxes.describe()
              + " and "
              + scores.describe());
    }
    long limit = c.hasInput(2) ? c.tensor(2).getLong(0) : 0;
    double overlap = c.hasInput(3) ? c.tensor(3).getDouble(0) : 0;
    double least = c.hasInput(4) ? c.tensor(4).getDouble(0) : Double.NEGATIVE_INFINITY;
    int count = boxes.dim(1);
    double[] corners = corners(boxes);
    double[] score = scores.toDoubles();
    List<long[]> rows = new ArrayList<>();
    for (int n = 0; n < scores.dim(0); n++) {
      for (int k = 0; k < scores.dim(1); k++) {
        int from = (n * scores.dim(1) + k) * count;
        List<Integer> candidates =
            IntStream.range(0, count)
                .filter(i -> !c.hasInput(4) || score[from + i] > least)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -score[from + i]))
                .toList();
        for (int box : kept(candidates, corners, n * count, limit, overlap)) {
          rows.add(new long[] {n, k, box});
        }
      }
    }
    Tensor y = Tensor.zeros(DType.INT64, rows.size(), 3);
    for (int i = 0; i < y.size(); i++) {
      y.setLong(i, rows.get(i / 3)[i % 3]);
    }
    return List.of(y);
  }

  private static List<Integer> kept(
      List<Integer> candidates, double[] corners, int first, long limit, double overlap) {
    List<Integer> kept = new ArrayList<>();
    for (int candidate : candidates) {
      if (kept.size() >= limit) {
        break;
      }
      boolean clear =
          kept.stream()
              .allMatch(k -> iou(corners, (first + k) * 4, (first + candidate) * 4) <= overlap);
      if (clear) {
        kept.add(candidate);
      }
    }
    return kept;
  }

  /** Every box as two opposite corners, the smaller coordinates first. */
  private double[] corners(Tensor boxes) {
    double[] b = boxes.toDoubles();
    for (int i = 0; i < b.length; i += 4) {
      for (int d = 0; d < 2; d++) {
        double one = centered ? b[i + d] - b[i + d + 2] / 2 : b[i + d];
        double other = centered ? b[i + d] + b[i + d + 2] / 2 : b[i + d + 2];
        b[i + d] = Math.min(one, other);
        b[i + d + 2] = Math.max(one, other);
      }
    }
    return b;
  }

  private static double iou(double[] b, int i, int j) {
    double height = Math.min(b[i + 2], b[j + 2]) - Math.max(b[i], b[j]);
    double width = Math.min(b[i + 3], b[j + 3]) - Math.max(b[i + 1], b[j + 1]);
    if (height <= 0 || width <= 0) {
      return 0;
    }
    double both = height * width;
    return both / (area(b, i) + area(b, j) - both);
  }

  private static double area(double[] b, int i) {
    return (b[i + 2] - b[i]) * (b[i + 3] - b[i + 1]);
  }
}
