package dev.sardonyx.benchmarks;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.io.OnnxWriter;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Models of one operator with constant weights; input {@code x}, output {@code y}. */
final class SingleOperator {
  private SingleOperator() {}

  /** [m, k] · [k, n]. */
  static Graph matMul(int m, int k, int n) {
    return builder(m, k)
        .initializer("w", weights(k, n))
        .node("MatMul", List.of("x", "w"), List.of("y"), Attributes.NONE)
        .output("y", ValueType.tensor(DType.FLOAT, Shape.of(m, n)))
        .build();
  }

  /** A convolution of stride 1 that keeps the extent of a square image. */
  static Graph conv(int channels, int extent, int outChannels, int kernel) {
    return builder(1, channels, extent, extent)
        .initializer("w", weights(outChannels, channels, kernel, kernel))
        .node("Conv", List.of("x", "w"), List.of("y"), samePads(kernel))
        .output("y", ValueType.tensor(DType.FLOAT, Shape.of(1, outChannels, extent, extent)))
        .build();
  }

  /**
   * The same convolution between images whose channels come last: no conversion at the edges, as in
   * the middle of a network.
   */
  static Graph innerConv(int channels, int extent, int outChannels, int kernel) {
    return builder(1, extent, extent, channels)
        .initializer("w", weights(outChannels, channels, kernel, kernel))
        .node("Transpose", List.of("x"), List.of("first"), perm(0, 3, 1, 2))
        .node("Conv", List.of("first", "w"), List.of("sums"), samePads(kernel))
        .node("Transpose", List.of("sums"), List.of("y"), perm(0, 2, 3, 1))
        .output("y", ValueType.tensor(DType.FLOAT, Shape.of(1, extent, extent, outChannels)))
        .build();
  }

  /** The graph as a file. */
  static ModelFiles.Source file(String name, Supplier<Graph> graph) {
    return () -> {
      Path file = Files.createDirectories(ModelFiles.WORK).resolve(name + ".onnx");
      OnnxWriter.write(graph.get(), file);
      return file;
    };
  }

  private static Graph.Builder builder(int... shape) {
    return new Graph.Builder(StandardOperators.set())
        .input("x", ValueType.tensor(DType.FLOAT, shape));
  }

  private static Attributes samePads(int kernel) {
    long p = kernel / 2;
    return Attributes.NONE.with("pads", Attribute.of(p, p, p, p));
  }

  private static Attributes perm(long... axes) {
    return Attributes.NONE.with("perm", Attribute.of(axes));
  }

  private static Tensor weights(int... shape) {
    Random random = new Random(1);
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    double scale = 1 / Math.sqrt((double) t.size() / shape[0]);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, scale * random.nextGaussian());
    }
    return t;
  }
}
