package dev.sardonyx.benchmarks;

import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Kernels on one core. The parameter {@code shape} of each says what it works on. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelBenchmarks {
  private static final Kernels KERNELS = Kernels.best();
  private static final Kernels PORTABLE = Kernels.portable();

  static int[] extents(String shape) {
    return Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
  }

  private static float[] random(int n) {
    Random random = new Random(n);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  /** M×K×N. */
  @State(Scope.Thread)
  public static class Gemm {
    @Param({
      "16x384x384",
      "16x1536x384",
      "128x384x1536",
      "384x384x384",
      "512x384x1536",
      "197x768x3072",
      "3136x64x256",
      "784x512x128",
      "196x1024x256"
    })
    public String shape;

    private int[] s;
    private float[] a;
    private PackedMatrix b;
    private float[] c;

    /** Packs B. */
    @Setup
    public void make() {
      s = extents(shape);
      a = random(s[0] * s[1]);
      b = PackedMatrix.pack(random(s[1] * s[2]), 0, s[2], 1, s[1], s[2]);
      c = new float[s[0] * s[2]];
    }
  }

  /** Matrix product with packed weights. */
  @Benchmark
  public float[] gemm(Gemm g) {
    KERNELS.gemm(g.a, 0, g.s[1], g.b, g.c, 0, g.s[2], g.s[0], Epilogue.NONE);
    return g.c;
  }

  /** The same without vector instructions of ours, as where the vector module is not there. */
  @Benchmark
  public float[] portableGemm(Gemm g) {
    PORTABLE.gemm(g.a, 0, g.s[1], g.b, g.c, 0, g.s[2], g.s[0], Epilogue.NONE);
    return g.c;
  }

  /** Channels × height × output channels × kernel, square. */
  @State(Scope.Thread)
  public static class Convolution {
    @Param({
      "64x56x64x3",
      "128x28x128x3",
      "256x14x256x3",
      "512x7x512x3",
      "64x56x256x1",
      "256x14x1024x1"
    })
    public String shape;

    private Session session;
    private Map<String, Value> inputs;
    private Map<String, Tensor> outputs;

    /** Loads a model of that convolution alone. */
    @Setup
    public void make() {
      int[] s = extents(shape);
      session =
          Session.open(
              SingleOperator.innerConv(s[0], s[1], s[2], s[3]), SessionOptions.DEFAULTS.threads(1));
      Tensor x = Tensor.of(random(s[0] * s[1] * s[1]), 1, s[1], s[1], s[0]);
      inputs = Map.of("x", x);
      outputs = Map.of("y", Tensor.zeros(DType.FLOAT, 1, s[1], s[1], s[2]));
    }
  }

  /** Convolution, channels last. */
  @Benchmark
  public Map<String, Value> conv(Convolution c) {
    return c.session.run(c.inputs, c.outputs);
  }

  /** Channels × height × kernel, square. */
  @State(Scope.Thread)
  public static class Depthwise {
    @Param({"144x56x3", "384x14x3", "240x28x5", "96x56x7"})
    public String shape;

    private int[] s;
    private float[] x;
    private float[] weights;
    private float[] y;
    private Window window;

    /** Stride 1, padded to keep the extent. */
    @Setup
    public void make() {
      s = extents(shape);
      x = random(s[0] * s[1] * s[1]);
      y = new float[x.length];
      weights = random(s[0] * s[2] * s[2]);
      int p = s[2] / 2;
      window = new Window(s[1], s[1], s[1], s[1], s[2], s[2], 1, 1, 1, 1, p, p, p, p);
    }
  }

  /** Depthwise convolution, channels last. */
  @Benchmark
  public float[] depthwise(Depthwise d) {
    KERNELS.depthwise(
        d.x, 0, d.weights, d.y, 0, d.s[0], d.window, 0, d.s[1], Epilogue.NONE, null, 0);
    return d.y;
  }

  /** Rows × columns. */
  @State(Scope.Thread)
  public static class Rows {
    @Param({"128x128", "128x384"})
    public String shape;

    private int[] s;
    private float[] x;
    private float[] y;
    private float[] scale;

    /** Normally distributed. */
    @Setup
    public void make() {
      s = extents(shape);
      x = random(s[0] * s[1]);
      y = new float[x.length];
      scale = random(s[1]);
    }
  }

  /** Softmax of every row. */
  @Benchmark
  public float[] softmax(Rows r) {
    KERNELS.softmax(r.x, 0, r.s[1], r.y, 0, r.s[1], r.s[0], r.s[1]);
    return r.y;
  }

  /** Layer normalization of every row. */
  @Benchmark
  public float[] layerNorm(Rows r) {
    KERNELS.layerNorm(
        r.x, 0, r.s[1], r.y, 0, r.s[1], r.s[0], r.s[1], r.scale, 0, r.scale, 0, 1e-5f);
    return r.y;
  }

  /** A function of every element. */
  @State(Scope.Thread)
  public static class Elements {
    @Param({"EXP", "TANH", "SIGMOID", "GELU"})
    public UnaryFunction.Op function;

    @Param("16384")
    public String shape;

    private float[] x;
    private float[] y;
    private UnaryFunction f;

    /** Normally distributed. */
    @Setup
    public void make() {
      x = random(Integer.parseInt(shape));
      y = new float[x.length];
      f = new UnaryFunction(function, 1, 1, 1);
    }
  }

  /** Functions as they are used: activations. */
  @Benchmark
  public float[] unary(Elements e) {
    KERNELS.unary(e.f, e.x, 0, e.y, 0, e.x.length);
    return e.y;
  }
}
