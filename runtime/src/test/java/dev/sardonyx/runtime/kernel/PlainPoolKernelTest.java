package dev.sardonyx.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.Accuracy;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.plan.Program;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Pools over volumes. */
class PlainPoolKernelTest {
  private static final List<String> PADDINGS =
      List.of("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER");

  /** Of means of up to 27 numbers below 100: sums, quotient and result are rounded to 24 bits. */
  private static final double TOLERANCE = 30 * 100 * 0x1p-24;

  @Property(tries = 40)
  void poolsAsTheReferenceDoesWithTheSameBitsForAnyNumberOfThreads(@ForAll Random random) {
    int[] shape = new int[5];
    long[] kernel = new long[3];
    long[] strides = new long[3];
    long[] dilations = new long[3];
    long[] pads = new long[6];
    shape[0] = 1 + random.nextInt(2);
    shape[1] = 1 + random.nextInt(4);
    for (int d = 0; d < 3; d++) {
      kernel[d] = 1L + random.nextInt(3);
      strides[d] = 1L + random.nextInt(3);
      dilations[d] = 1L + random.nextInt(2);
      pads[d] = random.nextInt((int) kernel[d]);
      pads[3 + d] = random.nextInt((int) kernel[d]);
      shape[2 + d] = 5 + random.nextInt(d < 2 ? 6 : 40);
    }
    String padding = PADDINGS.get(random.nextInt(4));
    Attributes window =
        Attributes.NONE
            .with("kernel_shape", Attribute.of(kernel))
            .with("strides", Attribute.of(strides))
            .with("dilations", Attribute.of(dilations))
            .with("auto_pad", Attribute.of(padding))
            .with("ceil_mode", Attribute.of((long) random.nextInt(2)));
    if (padding.equals("NOTSET")) {
      window = window.with("pads", Attribute.of(pads));
    }
    Tensor x = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < x.size(); i++) {
      x.setDouble(i, random.nextDouble() * 200 - 100);
    }
    check("AveragePool", window, x);
    check("AveragePool", window.with("count_include_pad", Attribute.of(1L)), x);
    double[] odd = {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0, -0.0};
    for (int i = 0; i < x.size(); i++) {
      x.setDouble(i, random.nextInt(20) == 0 ? odd[random.nextInt(5)] : x.getDouble(i));
    }
    check("MaxPool", window, x);
  }

  private static void check(String opType, Attributes attributes, Tensor x) {
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, x.shape()))
            .node(opType, List.of("x"), List.of("y"), attributes)
            .output("y", ValueType.UNKNOWN)
            .build();
    Tensor expected = (Tensor) ReferenceEvaluator.run(graph, Map.of("x", x)).get("y");
    float[] first = null;
    for (Kernels kernels : List.of(Kernels.portable(), Kernels.vector().orElseThrow())) {
      for (int threads = 1; threads <= 3; threads++) {
        float[] actual = run(graph, kernels, threads, x).toFloats();
        first = first == null ? actual : first;
        assertThat(actual).as("%s, %d threads", kernels.name(), threads).isEqualTo(first);
      }
    }
    assertThat(first).hasSize(expected.size());
    for (int i = 0; i < first.length; i++) {
      double e = expected.getDouble(i);
      // The larger of zeros of both signs may be either.
      boolean close = Double.compare(first[i], e) == 0 || Math.abs(first[i] - e) <= TOLERANCE;
      assertThat(close).as("%s element %d: %s for %s", opType, i, first[i], e).isTrue();
    }
  }

  private static Tensor run(Graph graph, Kernels kernels, int threads, Tensor x) {
    try (Workers workers = new Workers(threads)) {
      Program program = new Program(graph, kernels, workers, Accuracy.NORMAL);
      return (Tensor) program.run(new Value[] {x}, new boolean[] {true}, null)[0];
    }
  }
}
