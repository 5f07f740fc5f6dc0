package dev.sardonyx.runtime.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class WarmingKernelsTest {
  private static final Kernels VECTOR = Kernels.vector().orElseThrow();
  private static final Kernels PORTABLE = Kernels.portable();

  /** Calls kernels on x, which they change. */
  private static void callAll(Kernels k, float[] x, PackedMatrix b, float[] c) {
    int n = b.n();
    int m = c.length / n;
    Epilogue gelu = Epilogue.of(x, UnaryFunction.GELU);
    k.gemm(x, 0, b.k(), b, c, 0, n, 0, m, 0, b.panels(), gelu, x, 0);
    k.gemm(x, 0, b.k(), b, c, 0, n, 0, 1, 0, b.panels(), Epilogue.NONE, null, 0);
    for (UnaryFunction.Op op : UnaryFunction.Op.values()) {
      k.unary(new UnaryFunction(op, 0.2f, 0.9f, 1.1f), c, 0, x, 0, c.length);
    }
    for (BinaryOp op : BinaryOp.values()) {
      k.binary(op, x, 0, c, 0, c, 0, c.length);
      k.binaryScalar(op, c, 0, 0.5f, c, 0, c.length);
      k.scalarBinary(op, 0.5f, c, 0, c, 0, c.length);
    }
    for (Reduction r : Reduction.values()) {
      k.reduce(r, c, 0, n, m, n, x, 0);
    }
    k.softmax(c, 0, n, x, 0, n, m, n);
    k.logSoftmax(c, 0, n, x, 0, n, m, n);
    PackedMatrix values = PackedMatrix.pack(c, 0, 11, 1, n, 11);
    float[] scores = new float[m * (b.panels() * PackedMatrix.PANEL + 1)];
    k.attention(x, 0, b.k(), m, b, 0.1f, new float[64], 0, 0, values, scores, c, 0, n);
    k.layerNorm(x, 0, n, c, 0, n, m, n, x, 0, x, 0, 1e-5f);
    k.layerNorm(x, 0, n, c, 0, n, m, n, x, 0, null, 0, 1e-5f);
    k.scaleShift(c, 0, n, x, x, 0, 0f, 1f, c, 0, n, m, n);
    k.rmsNorm(c, 0, n, x, 0, n, m, n, c, 0, 1e-5f);
    Window window = new Window(6, 5, 6, 5, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    k.depthwise(x, 0, c, c, 0, 13, window, 0, 6, Epilogue.of(x, UnaryFunction.RELU), null, 0);
    k.maxPool(c, 0, x, 0, 13, window, 0, 6);
    k.averagePool(x, 0, c, 0, 13, window, 0, 6, true);
  }

  @Test
  void resultsAreTheSameBitsWhileKernelsAreBeingCompiled() throws Exception {
    assertThat(Kernels.vector()).isPresent();
    Kernels warming = new WarmingKernels();
    Random random = new Random(5);
    int k = 50;
    int n = 37;
    int m = 29;
    float[] weights = Providers.random(random, k * n, 1);
    PackedMatrix b = PackedMatrix.pack(weights, 0, n, 1, k, n);
    float[] x = Providers.random(random, m * k, 1);
    float[] expectedC = new float[m * n];
    float[] expectedX = x.clone();
    callAll(Kernels.portable(), expectedX, b, expectedC);
    for (int i = 0; i < 100; i++) {
      float[] actualC = new float[m * n];
      float[] actualX = x.clone();
      callAll(warming, actualX, b, actualC);
      assertThat(Arrays.equals(actualC, expectedC)).isTrue();
      assertThat(Arrays.equals(actualX, expectedX)).isTrue();
      Thread.sleep(5);
    }
  }

  @Test
  void aKernelIsSwitchedOnOnceItLeavesNoGarbage() throws Exception {
    Warmup warmup = new Warmup(VECTOR, PORTABLE);
    Warmup.Switch kernel = new Warmup.Switch();
    AtomicInteger calls = new AtomicInteger();
    float[][] garbage = new float[1][];
    warmup.request(
        kernel,
        kernels -> {
          if (calls.incrementAndGet() < 1100) {
            garbage[0] = new float[8];
          }
        });
    while (!kernel.isOn()) {
      Thread.sleep(1);
    }
    assertThat(calls.get()).isGreaterThanOrEqualTo(1100);
  }

  @Test
  void aKernelThatLeavesGarbageIsOnIfItIsFasterAllTheSame() throws Exception {
    Warmup warmup = new Warmup(VECTOR, PORTABLE);
    Warmup.Switch kernel = new Warmup.Switch();
    AtomicReference<float[]> garbage = new AtomicReference<>();
    warmup.request(kernel, kernels -> garbage.set(new float[kernels == VECTOR ? 8 : 1 << 16]));
    while (!kernel.isOn()) {
      Thread.sleep(1);
    }
    assertThat(garbage.get()).isNotNull();
  }

  @Test
  void aKernelThatNeverStopsLeavingGarbageStaysOff() throws Exception {
    Warmup warmup = new Warmup(VECTOR, PORTABLE, 100_000_000);
    Warmup.Switch kernel = new Warmup.Switch();
    AtomicInteger calls = new AtomicInteger();
    float[][] garbage = new float[1][];
    warmup.request(
        kernel,
        kernels -> {
          calls.incrementAndGet();
          garbage[0] = new float[8];
        });
    long start = System.nanoTime();
    while (calls.get() < 1500 || System.nanoTime() - start < 500_000_000) {
      Thread.sleep(1);
      assertThat(kernel.isOn()).isFalse();
    }
  }
}
