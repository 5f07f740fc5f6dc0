package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.any;
import static dev.sardonyx.optimizer.Pattern.constant;
import static dev.sardonyx.optimizer.Pattern.maybe;
import static dev.sardonyx.optimizer.Pattern.node;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Node;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Patch;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * A node {@code y = W·x + b} with constant W and b: Conv, ConvTranspose, Gemm or MatMul. A factor
 * and a summand per output channel that follow it fold into W and b:
 *
 * <pre>
 *   s·(W·x + b) + t = (s·W)·x + (s·b + t)
 * </pre>
 */
final class LinearNode {
  private final Match match;
  private final Node node;
  private final Tensor weights;
  private final int channels;

  private LinearNode(Match match) {
    this.match = match;
    node = match.node("linear");
    weights = match.constant("weights");
    channels =
        switch (node.opType()) {
          case "Conv" -> weights.dim(0);
          case "ConvTranspose" -> weights.dim(1) * group();
          case "Gemm" -> weights.dim(isTransposed() ? 0 : 1);
          default -> weights.dim(-1);
        };
  }

  /** What a pattern that wants such a node has in this place. */
  static NodePattern pattern() {
    return node(
            List.of("Conv", "ConvTranspose", "Gemm", "MatMul"),
            any("x"),
            constant("weights", w -> w.dtype().isFloating() && w.rank() >= 2),
            maybe(constant("bias")))
        .as("linear");
  }

  /** The node that {@link #pattern} matched. */
  static LinearNode of(Match match) {
    return new LinearNode(match);
  }

  boolean isMatMul() {
    return node.is("MatMul");
  }

  private int group() {
    return node.attributes().getInt("group", 1);
  }

  private boolean isTransposed() {
    return node.attributes().getFlag("transB", false);
  }

  /** The dimension of the output that counts channels, from the right, 0 for the last. */
  private int channelFromRight() {
    return node.is("Conv") || node.is("ConvTranspose") ? weights.rank() - 2 : 0;
  }

  private int outputRank() {
    return isMatMul() && match.shape("linear").hasRank()
        ? match.shape("linear").rank()
        : weights.rank();
  }

  /** One number per channel from a tensor that broadcasts so against the output; else null. */
  double[] perChannel(Tensor t) {
    for (int d = 0; d < t.rank(); d++) {
      boolean isChannel = t.rank() - 1 - d == channelFromRight();
      if (t.dim(d) != 1 && !(isChannel && t.dim(d) == channels)) {
        return null;
      }
    }
    if (t.rank() > outputRank()) {
      return null;
    }
    double[] out = new double[channels];
    for (int c = 0; c < channels; c++) {
      out[c] = t.getDouble(t.size() == 1 ? 0 : c);
    }
    return out;
  }

  /** The rewrite of {@code scale·y + shift} as one node; the arrays have an element per channel. */
  Outcome scaledAndShifted(double[] scale, double[] shift) {
    if (isMatMul() && weights.rank() != 2) {
      return Outcome.declined("the weights of MatMul are no matrix");
    }
    double[] bias = new double[channels];
    if (match.has("bias")) {
      double[] given = perChannel(flatForConv(match.constant("bias")));
      if (given == null) {
        return Outcome.declined("the bias of " + node.describe() + " differs between rows");
      }
      float beta = node.is("Gemm") ? node.attributes().getFloat("beta", 1) : 1;
      Arrays.setAll(bias, c -> beta * given[c]);
    }
    Arrays.setAll(bias, c -> scale[c] * bias[c] + shift[c]);
    boolean hasBias = match.has("bias") || Arrays.stream(bias).anyMatch(v -> v != 0);
    if (isMatMul() && hasBias && outputRank() != 2) {
      return Outcome.declined("MatMul has no bias, and Gemm no rank " + outputRank());
    }
    return match.rewrite(p -> replacement(p, scale, hasBias ? bias : null));
  }

  /** A convolution's bias has shape [channels]; the same aligned with channels for broadcasting. */
  private Tensor flatForConv(Tensor bias) {
    if (channelFromRight() == 0) {
      return bias;
    }
    int[] shape = new int[channelFromRight() + 1];
    Arrays.fill(shape, 1);
    shape[0] = bias.size();
    return bias.reshape(shape);
  }

  private String replacement(Patch.Builder p, double[] scale, double[] bias) {
    boolean unscaled = Arrays.stream(scale).allMatch(s -> s == 1);
    String w = unscaled ? match.value("weights") : p.constant(scaled(scale));
    if (bias == null) {
      return p.like(node, match.value("x"), w);
    }
    Tensor b = Tensor.zeros(weights.dtype(), channels);
    for (int c = 0; c < channels; c++) {
      b.setDouble(c, bias[c]);
    }
    if (isMatMul()) {
      return p.node("Gemm", Attributes.NONE, match.value("x"), w, p.constant(b));
    }
    Attributes a = node.attributes();
    a = a.has("beta") ? a.with("beta", Attribute.of(1f)) : a;
    return p.like(node, a, match.value("x"), w, p.constant(b));
  }

  /** The scaled weights; where these are not in memory, neither is their product. */
  private Tensor scaled(double[] scale) {
    if (!weights.isLoaded()) {
      return Tensor.deferred(
          weights.dtype(), (from, into) -> scaled(scale, from, into), weights.shape());
    }
    Tensor w = Tensor.zeros(weights.dtype(), weights.shape());
    scaled(scale, 0, w);
    return w;
  }

  private void scaled(double[] scale, int from, Tensor into) {
    weights.read(from, into);
    int together = weightsTogether();
    int i = 0;
    while (i < into.size()) {
      int end = Math.min(into.size(), i + together - (from + i) % together);
      multiply(into, i, end, scale[channelOfWeight(from + i)]);
      i = end;
    }
  }

  private static void multiply(Tensor t, int from, int to, double factor) {
    if (t.dtype() == DType.FLOAT) {
      // A large part of what loading a network takes.
      float[] a = t.floatArray();
      int offset = t.arrayOffset();
      for (int i = from; i < to; i++) {
        a[offset + i] = (float) (a[offset + i] * factor);
      }
    } else {
      for (int i = from; i < to; i++) {
        t.setDouble(i, t.getDouble(i) * factor);
      }
    }
  }

  /** Weights of one channel that stand one after another, from every multiple of their number. */
  private int weightsTogether() {
    return switch (node.opType()) {
      case "Conv" -> weights.size() / channels;
      case "ConvTranspose" -> weights.size() / weights.dim(0) / weights.dim(1);
      case "Gemm" -> isTransposed() ? weights.dim(1) : 1;
      default -> 1;
    };
  }

  private int channelOfWeight(int i) {
    return switch (node.opType()) {
      case "Conv" -> i / (weights.size() / channels);
      case "ConvTranspose" -> {
        // [Cin, channels/group, kernel…]: the input channel says the group.
        int perGroup = weights.dim(1);
        int row = weights.size() / weights.dim(0);
        int group = i / row / (weights.dim(0) / group());
        yield group * perGroup + i % row / (row / perGroup);
      }
      case "Gemm" -> isTransposed() ? i / weights.dim(1) : i % channels;
      default -> i % channels;
    };
  }
}
