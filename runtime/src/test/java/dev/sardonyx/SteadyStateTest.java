package dev.sardonyx;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Once its kernels are compiled, a session allocates nothing but its outputs. */
@Tag("steady-state")
class SteadyStateTest {
  /** What a run may leave besides: the tensors around the outputs, and the map of them. */
  private static final long BESIDES = 4096;

  private static final int RUNS = 50;

  /** Kernels are compiled in the background, after some seconds; a busy machine takes longer. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Random random = new Random(7);
  private final Graph.Builder graph = new Graph.Builder(StandardOperators.set());
  private int names;

  @Test
  void holdsForLstm() {
    recurrent("LSTM", 4, Attributes.NONE);
  }

  @Test
  void holdsForGru() {
    recurrent("GRU", 3, Attributes.NONE.with("linear_before_reset", Attribute.of(1L)));
  }

  /** Two layers of 64 units. */
  private void recurrent(String opType, int gates, Attributes attributes) {
    Attributes all = attributes.with("hidden_size", Attribute.of(64L));
    graph.initializer("axis", Tensor.vector(1));
    String x = "x";
    for (int layer = 0; layer < 2; layer++) {
      String y =
          node(
              opType,
              all,
              x,
              constant(1, gates * 64, 64),
              constant(1, gates * 64, 64),
              constant(1, 2 * gates * 64));
      x = node("Squeeze", Attributes.NONE, y, "axis");
    }
    check(x, 20, 1, 64);
  }

  @Test
  void holdsForConvolutions() {
    Attributes pads = Attributes.NONE.with("pads", Attribute.of(1L, 1L, 1L, 1L));
    Attributes depthwise = pads.with("group", Attribute.of(32L));
    String x = node("Relu", node("Conv", pads, "x", constant(32, 3, 3, 3), constant(32)));
    String y = node("Conv", depthwise, x, constant(32, 1, 3, 3), constant(32));
    y = node("Mul", y, node("Sigmoid", y));
    y = node("Conv", Attributes.NONE, y, constant(32, 32, 1, 1), constant(32));
    y = node("HardSwish", node("Conv", pads, node("Add", x, y), constant(32, 32, 3, 3)));
    y = node("Flatten", node("GlobalAveragePool", y));
    y = node("Gemm", y, constant(32, 10), constant(10));
    check(node("Softmax", y), 1, 3, 24, 24);
  }

  @Test
  void holdsForSlopesByChannel() {
    Attributes pads = Attributes.NONE.with("pads", Attribute.of(1L, 1L, 1L, 1L));
    Attributes strides = Attributes.NONE.with("strides", Attribute.of(2L, 2L));
    String x = prelu(node("Conv", strides, "x", constant(32, 3, 3, 3), constant(32)));
    String y = node("Conv", pads, x, constant(32, 32, 3, 3), constant(32));
    y = prelu(node("Add", x, y));
    y = prelu(node("Conv", pads.with("group", Attribute.of(32L)), y, constant(32, 1, 3, 3)));
    y = prelu(node("ConvTranspose", strides, y, constant(32, 32, 2, 2)));
    y = node("Flatten", node("GlobalAveragePool", y));
    y = node("PRelu", node("Gemm", y, constant(32, 10), constant(10)), constant(10));
    check(y, 1, 3, 25, 25);
  }

  @Test
  void holdsForSqueezeAndExcite() {
    String x = node("Conv", Attributes.NONE, "x", constant(32, 3, 1, 1), constant(32));
    for (int i = 0; i < 6; i++) {
      String scale =
          node("Conv", Attributes.NONE, node("GlobalAveragePool", x), constant(8, 32, 1, 1));
      scale =
          node(
              "Sigmoid", node("Conv", Attributes.NONE, node("Relu", scale), constant(32, 8, 1, 1)));
      x = node("Conv", Attributes.NONE, node("Mul", x, scale), constant(32, 32, 1, 1));
    }
    check(node("Flatten", node("GlobalAveragePool", x)), 1, 3, 16, 16);
  }

  @Test
  void holdsForFloat64() {
    Attributes transposed =
        Attributes.NONE.with("transB", Attribute.of(1L)).with("alpha", Attribute.of(0.5f));
    Attributes both = transposed.with("transA", Attribute.of(1L));
    String y = node("Gemm", "a", doubles(32, 40), doubles(40));
    y = node("Div", node("Gemm", transposed, y, "b", doubles(12, 1)), doubles());
    y = node("Gemm", both, node("Sub", y, "c"), "d", doubles(9));
    check(
        y,
        Map.of(
            "a", random(12, 32).convert(DType.DOUBLE),
            "b", random(24, 40).convert(DType.DOUBLE),
            "c", random(12, 24).convert(DType.DOUBLE),
            "d", random(9, 12).convert(DType.DOUBLE)));
  }

  /** One slope for each of 32 channels. */
  private String prelu(String x) {
    return node("PRelu", x, constant(32, 1, 1));
  }

  @Test
  void holdsForATransformer() {
    graph.initializer("heads", Tensor.vector(1, 12, 4, 16));
    graph.initializer("rows", Tensor.vector(1, 12, 64));
    Attributes heads = perm(0, 2, 1, 3);
    String q = node("Transpose", heads, projected("x", "heads"));
    String k = node("Transpose", perm(0, 2, 3, 1), projected("x", "heads"));
    String v = node("Transpose", heads, projected("x", "heads"));
    String joined = node("MatMul", node("Softmax", node("MatMul", q, k)), v);
    String y = projected(node("Transpose", heads, joined), "rows");
    y = node("LayerNormalization", node("Add", "x", y), constant(64), constant(64));
    String inner = node("Gelu", node("MatMul", y, constant(64, 256)));
    y = node("Add", y, node("MatMul", inner, constant(256, 64)));
    check(node("Tanh", node("Sin", y)), 1, 12, 64);
  }

  @Test
  void holdsForMasksAndBlocks() {
    String masked = node("Less", "x", constant(1, 16, 1, 1));
    masked = node("Or", node("Not", masked), node("GreaterOrEqual", "x", constant(12)));
    String y = node("Where", masked, node("Neg", "x"), constant(1));
    Attributes block = Attributes.NONE.with("blocksize", Attribute.of(2L));
    y = node("SpaceToDepth", block, node("DepthToSpace", block, y));
    Attributes equation = Attributes.NONE.with("equation", Attribute.of("nchw,nkhw->nck"));
    check(node("Einsum", equation, y, y), 1, 16, 12, 12);
  }

  /** Each as the epilogue of a product, and in a chain. */
  @Test
  void holdsForElementwiseFunctions() {
    String x = "x";
    for (String op : List.of("Elu", "Mish", "Selu", "Softplus", "Softsign", "ThresholdedRelu")) {
      x = node("Abs", node(op, node(op, node("MatMul", x, constant(64, 64)))));
    }
    Attributes tanh = Attributes.NONE.with("approximate", Attribute.of("tanh"));
    Attributes alpha = Attributes.NONE.with("alpha", Attribute.of(1.702f));
    x = node("Gelu", tanh, node("MatMul", x, constant(64, 64)));
    x = node("Swish", alpha, node("MatMul", x, constant(64, 64)));
    check(node("Sign", node("Round", x)), 12, 64);
  }

  private static Attributes perm(long... axes) {
    return Attributes.NONE.with("perm", Attribute.of(axes));
  }

  /** 64 features of 12 tokens to 64 others, in another shape. */
  private String projected(String x, String shape) {
    String rows = x.equals("x") ? x : node("Reshape", x, "rows");
    String y = node("Add", node("MatMul", rows, constant(64, 64)), constant(64));
    return node("Reshape", y, shape);
  }

  // ---- graphs ----

  private String constant(int... shape) {
    String name = "c" + names++;
    graph.initializer(name, random(shape));
    return name;
  }

  private String doubles(int... shape) {
    String name = "c" + names++;
    graph.initializer(name, random(shape).convert(DType.DOUBLE));
    return name;
  }

  private String node(String opType, String... in) {
    return node(opType, Attributes.NONE, in);
  }

  private String node(String opType, Attributes attributes, String... in) {
    String name = "v" + names++;
    graph.node(opType, List.of(in), List.of(name), attributes);
    return name;
  }

  private Tensor random(int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian() / 8);
    }
    return t;
  }

  // ---- measuring ----

  private void check(String output, int... inputShape) {
    check(output, Map.of("x", random(inputShape)));
  }

  private void check(String output, Map<String, Tensor> inputs) {
    inputs.forEach((name, t) -> graph.input(name, ValueType.tensor(t.dtype(), t.shape())));
    Graph model = graph.output(output, ValueType.UNKNOWN).build();
    // On one thread, so that what the calling thread allocates is all.
    try (Session session = Session.open(model, SessionOptions.DEFAULTS.threads(1))) {
      Tensor result = (Tensor) session.run(inputs).get(output);
      long limit = (long) result.toLittleEndian().length + BESIDES;
      Instant end = Instant.now().plus(PATIENCE);
      long perRun = allocatedPerRun(session, inputs);
      while ((perRun > limit || isWarmingUp()) && Instant.now().isBefore(end)) {
        perRun = allocatedPerRun(session, inputs);
      }
      assertThat(perRun).as("bytes a run").isLessThanOrEqualTo(limit);
    }
  }

  private static long allocatedPerRun(Session session, Map<String, Tensor> inputs) {
    long before = allocated();
    for (int i = 0; i < RUNS; i++) {
      session.run(inputs);
    }
    return (allocated() - before) / RUNS;
  }

  /** Whether vector kernels are still being compiled, for which portable ones stand in. */
  private static boolean isWarmingUp() {
    // Asked often, so not by traces of stacks, for which all threads stop.
    Thread[] threads = new Thread[Thread.activeCount() + 16];
    int n = Thread.enumerate(threads);
    return Arrays.stream(threads, 0, n).anyMatch(t -> t.getName().equals("sardonyx-warmup"));
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
