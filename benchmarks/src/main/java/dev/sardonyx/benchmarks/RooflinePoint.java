package dev.sardonyx.benchmarks;

import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.runtime.NodeTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a node stands under the roofline (Williams, Waterman, Patterson 2009).
 *
 * @param operator of the node as it is run, with the size of its kernel
 * @param gflops floating-point operations a nanosecond, two for each multiply-accumulate of the
 *     operator's definition: an algorithm that needs fewer may stand above the roof
 * @param intensity those operations for each byte of inputs, weights and outputs
 * @param milliseconds what the node takes
 */
record RooflinePoint(String operator, double gflops, double intensity, double milliseconds) {
  /** Nothing for nodes that do not multiply, or whose shapes depend on data. */
  static Optional<RooflinePoint> of(NodeTime time, long nanos) {
    List<TensorType> types = new ArrayList<>(time.inputs());
    types.addAll(time.outputs());
    long bytes = 0;
    for (TensorType t : types) {
      bytes += t == null ? 0 : t.dtype().byteSize(t.shape().size().value());
    }
    double operations =
        2.0 * time.node().operator().macs(shapes(time.inputs()), shapes(time.outputs()));
    return operations == 0 || bytes == 0 || nanos == 0
        ? Optional.empty()
        : Optional.of(
            new RooflinePoint(label(time), operations / nanos, operations / bytes, nanos / 1e6));
  }

  /** The operator, and for what convolves images the kernel: {@code ChannelsLastConv 3×3}. */
  private static String label(NodeTime time) {
    TensorType weights = time.inputs().size() > 1 ? time.inputs().get(1) : null;
    boolean kernel =
        weights != null && weights.shape().rank() == 4 && time.node().opType().contains("Conv");
    return time.node().opType()
        + (kernel ? " " + weights.shape().dim(2) + "×" + weights.shape().dim(3) : "");
  }

  private static List<int[]> shapes(List<TensorType> types) {
    List<int[]> shapes = new ArrayList<>();
    for (TensorType t : types) {
      shapes.add(t == null ? null : t.shape().toArray());
    }
    return shapes;
  }

  static RooflinePoint parse(String text) {
    String[] words = text.split(" ", 4);
    return new RooflinePoint(
        words[3],
        Double.parseDouble(words[0]),
        Double.parseDouble(words[1]),
        Double.parseDouble(words[2]));
  }

  @Override
  public String toString() {
    return gflops + " " + intensity + " " + milliseconds + " " + operator;
  }
}
