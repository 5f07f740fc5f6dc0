package dev.sardonyx.runtime.lowering;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A graph in the making, and what it is fed. */
final class Model {
  private final Graph.Builder builder = new Graph.Builder(StandardOperators.set());
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final Random random;
  private int names;

  Model(Random random) {
    this.random = random;
  }

  String input(int... shape) {
    return input(random(shape));
  }

  String constant(int... shape) {
    String name = "c" + names++;
    builder.initializer(name, random(shape));
    return name;
  }

  String constant(Tensor t) {
    String name = "c" + names++;
    builder.initializer(name, t);
    return name;
  }

  private Tensor random(int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }

  String input(Tensor t) {
    String name = "x" + names++;
    inputs.put(name, t);
    builder.input(name, ValueType.tensor(t.dtype(), t.shape()));
    return name;
  }

  String scalar(float value) {
    String name = "c" + names++;
    builder.initializer(name, Tensor.scalar(value));
    return name;
  }

  String node(String opType, String... in) {
    return node(opType, Attributes.NONE, in);
  }

  String node(String opType, Attributes attributes, String... in) {
    String name = "v" + names++;
    builder.node(opType, List.of(in), List.of(name), attributes);
    return name;
  }

  /** Depthwise convolution of an image. */
  String depthwise(Attributes attributes, String x, int channels, int kernel) {
    Attributes groups = attributes.with("group", Attribute.of((long) channels));
    return node("Conv", groups, x, constant(channels, 1, kernel, kernel), constant(channels));
  }

  /** PRelu of an image, with a slope for each channel. */
  String prelu(int channels, String x) {
    return node("PRelu", x, constant(channels, 1, 1));
  }

  String transpose(String x, long... perm) {
    return node("Transpose", Attributes.NONE.with("perm", Attribute.of(perm)), x);
  }

  /** Lowers to {@code expected} nodes, and agrees with the reference, whoever computes it. */
  void check(String output, String... expected) {
    Graph graph = builder.output(output, ValueType.UNKNOWN).build();
    Graph lowered = Lowering.lower(graph);
    assertThat(lowered.nodes()).extracting(n -> n.opType()).containsExactly(expected);
    Tensor reference = (Tensor) ReferenceEvaluator.run(graph, inputs).get(output);
    Tensor evaluated = (Tensor) ReferenceEvaluator.run(lowered, inputs).get(output);
    assertClose(evaluated, reference);
    List<Tensor> results = new ArrayList<>();
    for (Kernels kernels : List.of(Kernels.portable(), Kernels.vector().orElseThrow())) {
      for (int threads = 1; threads <= 3; threads++) {
        results.add(run(lowered, kernels, threads));
      }
    }
    assertClose(results.get(0), reference);
    for (Tensor result : results) {
      assertThat(result.toDoubles()).isEqualTo(results.get(0).toDoubles());
    }
  }

  /** The first of some outputs, as it is computed here. */
  Tensor first(String... outputs) {
    for (String output : outputs) {
      builder.output(output, ValueType.UNKNOWN);
    }
    return run(Lowering.lower(builder.build()), Kernels.vector().orElseThrow(), 1);
  }

  private Tensor run(Graph graph, Kernels kernels, int threads) {
    try (Workers workers = new Workers(threads)) {
      Value[] in = inputs.values().toArray(new Value[0]);
      Program program = new Program(graph, kernels, workers, Accuracy.NORMAL);
      boolean[] wanted = new boolean[graph.outputs().size()];
      wanted[0] = true;
      return (Tensor) program.run(in, wanted, null)[0];
    }
  }

  /** Sums cancel, so that what rounding leaves depends on the largest of the results, too. */
  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double largest = 0;
    for (int i = 0; i < expected.size(); i++) {
      largest = Math.max(largest, Math.abs(expected.getDouble(i)));
    }
    for (int i = 0; i < expected.size(); i++) {
      double e = expected.getDouble(i);
      double a = actual.getDouble(i);
      assertThat(Math.abs(a - e) <= 1e-6 * largest + 1e-5 * Math.abs(e))
          .as("element %d: %s for %s", i, a, e)
          .isTrue();
    }
  }
}
