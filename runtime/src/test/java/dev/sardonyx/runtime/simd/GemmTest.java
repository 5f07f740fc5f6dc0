package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.Providers.assertClose;
import static dev.sardonyx.runtime.simd.Providers.assertSameBits;
import static dev.sardonyx.runtime.simd.Providers.random;
import static dev.sardonyx.runtime.simd.Providers.same;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GemmTest {
  private static final float UNTOUCHED = 12345f;

  @Test
  void randomProductsAgreeBitForBitAndWithDoublePrecision() {
    Random random = new Random(20);
    for (int round = 0; round < 120; round++) {
      check(random, 1 + random.nextInt(40), 1 + random.nextInt(150), random.nextInt(80));
    }
  }

  @Test
  void shortSumsAndColumnsOfAnyNumberAgreeBitForBit() {
    Random random = new Random(21);
    for (int n = 1; n <= 140; n++) {
      check(random, 9 + random.nextInt(30), n, random.nextInt(30));
    }
  }

  @Test
  void fewColumnsBesideWholePanelsAgreeBitForBit() {
    Random random = new Random(23);
    for (int rest = 1; rest < 16; rest++) {
      for (int panels = 1; panels <= 2; panels++) {
        for (int round = 0; round < 4; round++) {
          check(random, 14 + random.nextInt(30), 32 * panels + rest, 1 + random.nextInt(90));
        }
        check(random, 289 + random.nextInt(30), 32 * panels + rest, 20);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "1,32,385",
    "1,384,800",
    "1,384,3200",
    "97,33,769",
    "97,33,3073",
    "30,64,3100",
    "200,65,400",
    "193,600,10",
    "3,1100,70",
    "7,40,387",
    "50,33,390",
    "4,64,2",
    "5,7,0"
  })
  void blocksAndEdgesAgreeBitForBitAndWithDoublePrecision(int m, int n, int k) {
    check(new Random(m + n + k), m, n, k);
  }

  @Test
  void whatIsNotFiniteIsClippedAsAllElse() {
    Random random = new Random(22);
    for (int round = 0; round < 200; round++) {
      int m = 1 + random.nextInt(40);
      int n = random.nextBoolean() ? 1 + random.nextInt(150) : 16 * (1 + random.nextInt(9));
      int k = 1 + random.nextInt(40);
      float[] a = random(random, m * k, 9);
      for (float special : Providers.SPECIAL) {
        a[random.nextInt(a.length)] = special;
      }
      PackedMatrix b = PackedMatrix.pack(random(random, k * n, 1), 0, n, 1, k, n);
      float[] residual = random.nextBoolean() ? random(random, m * n, 1) : null;
      if (residual != null) {
        for (float special : Providers.SPECIAL) {
          residual[random.nextInt(residual.length)] = special;
        }
      }
      Epilogue epilogue = Epilogue.of(random(random, n, 1), Providers.clipping(random));
      same(
          new float[m * n],
          m + "x" + n + "x" + k + " and " + epilogue.activation(),
          (kernels, c) ->
              kernels.gemm(a, 0, k, b, c, 0, n, 0, m, 0, b.panels(), epilogue, residual, 0));
    }
  }

  private static void check(Random random, int m, int n, int k) {
    String what = m + "x" + n + "x" + k;
    int lda = k + random.nextInt(3);
    int ldc = n + random.nextInt(3);
    int aOffset = random.nextInt(5);
    int cOffset = random.nextInt(5);
    float[] a = random(random, aOffset + m * lda + 1, 1);
    float[] b = random(random, k * n + 1, 1);
    float[] bias = random.nextBoolean() ? random(random, n, 1) : null;
    float[] residual = random.nextBoolean() ? random(random, m * ldc + 3, 1) : null;
    boolean transposed = random.nextBoolean();
    PackedMatrix near =
        transposed ? PackedMatrix.pack(b, 1, 1, k, k, n) : PackedMatrix.pack(b, 1, n, 1, k, n);
    PackedMatrix packed = random.nextBoolean() ? near : near.far();
    UnaryFunction activation = random.nextBoolean() ? UnaryFunction.RELU : UnaryFunction.IDENTITY;
    float[] slopes = random.nextBoolean() ? random(random, n, 1) : null;
    Epilogue epilogue = new Epilogue(bias, activation, slopes);
    float[] blank = new float[cOffset + m * ldc + 4];
    java.util.Arrays.fill(blank, UNTOUCHED);

    float[] whole =
        same(
            blank,
            what,
            (kernels, c) ->
                kernels.gemm(
                    a,
                    aOffset,
                    lda,
                    packed,
                    c,
                    cOffset,
                    ldc,
                    0,
                    m,
                    0,
                    packed.panels(),
                    epilogue,
                    residual,
                    3));

    float[] expected = blank.clone();
    for (int row = 0; row < m; row++) {
      for (int column = 0; column < n; column++) {
        float chain = bias == null ? 0 : bias[column];
        double exact = chain;
        for (int i = 0; i < k; i++) {
          float x = a[aOffset + row * lda + i];
          float y = b[1 + (transposed ? column * k + i : i * n + column)];
          chain = Math.fma(x, y, chain);
          exact += (double) x * y;
        }
        assertClose(chain, exact, 1e-6 * (k + 1), what);
        chain = residual == null ? chain : chain + residual[3 + row * ldc + column];
        chain = activation.equals(UnaryFunction.RELU) ? Math.max(chain, 0f) : chain;
        expected[cOffset + row * ldc + column] =
            slopes != null && chain < 0 ? chain * slopes[column] : chain;
      }
    }
    assertSameBits(whole, expected, what);

    int rowSplit = random.nextInt(m + 1);
    int panelSplit = random.nextInt(packed.panels() + 1);
    float[] parts =
        same(
            blank,
            what,
            (kernels, c) -> {
              for (int part = 0; part < 4; part++) {
                kernels.gemm(
                    a,
                    aOffset,
                    lda,
                    packed,
                    c,
                    cOffset,
                    ldc,
                    part % 2 == 0 ? 0 : rowSplit,
                    part % 2 == 0 ? rowSplit : m,
                    part < 2 ? 0 : panelSplit,
                    part < 2 ? panelSplit : packed.panels(),
                    epilogue,
                    residual,
                    3);
              }
            });
    assertSameBits(parts, whole, what + " in four parts");

    if (residual == null) {
      return;
    }
    float[] start = blank.clone();
    for (int row = 0; row < m; row++) {
      System.arraycopy(residual, 3 + row * ldc, start, cOffset + row * ldc, n);
    }
    UnaryFunction[] functions = {activation, UnaryFunction.clip(-0.5f, 0.5f), UnaryFunction.SILU};
    for (UnaryFunction function : functions) {
      Epilogue after = new Epilogue(bias, function, slopes);
      float[] apart =
          same(
              blank,
              what,
              (kernels, c) ->
                  kernels.gemm(
                      a,
                      aOffset,
                      lda,
                      packed,
                      c,
                      cOffset,
                      ldc,
                      0,
                      m,
                      0,
                      packed.panels(),
                      after,
                      residual,
                      3));
      float[] over =
          same(
              start,
              what,
              (kernels, c) -> {
                for (int part = 0; part < 4; part++) {
                  int rowFrom = part % 2 == 0 ? 0 : rowSplit;
                  int rowTo = part % 2 == 0 ? rowSplit : m;
                  int panelFrom = part < 2 ? 0 : panelSplit;
                  int panelTo = part < 2 ? panelSplit : packed.panels();
                  kernels.gemm(
                      a, aOffset, lda, packed, c, cOffset, ldc, rowFrom, rowTo, panelFrom, panelTo,
                      after, c, cOffset);
                }
              });
      assertSameBits(over, apart, what + " over its residual, " + function);
    }
  }

  @Test
  void aMatrixPackedIntoScratchMultipliesLikeAFreshOneAndLeavesTheRestAlone() {
    Random random = new Random(3);
    int k = 19;
    int n = 45;
    float[] scratch = random(random, PackedMatrix.size(k, n) + 10, 1);
    float before = scratch[4];
    float after = scratch[5 + PackedMatrix.size(k, n)];
    float[] b = random(random, k * n, 1);
    PackedMatrix packed = PackedMatrix.over(scratch, 5, k, n);
    packed.fill(b, 0, n, 1);
    PackedMatrix fresh = PackedMatrix.pack(b, 0, n, 1, k, n);
    float[] a = random(random, 7 * k, 1);
    Providers.forBoth(
        kernels -> {
          float[] c = new float[7 * n];
          float[] d = new float[7 * n];
          kernels.gemm(a, 0, k, packed, c, 0, n, 7, Epilogue.NONE);
          kernels.gemm(a, 0, k, fresh, d, 0, n, 7, Epilogue.NONE);
          assertSameBits(c, d, kernels.name());
        });
    assertSameBits(
        new float[] {scratch[4], scratch[5 + PackedMatrix.size(k, n)]},
        new float[] {before, after},
        "around");
  }

  @Test
  void scratchThatIsTooSmallIsRefused() {
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> PackedMatrix.over(new float[100], 10, 5, 33))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "packing a 5x33 matrix needs 320 floats from offset 10, but the scratch array holds 100");
  }
}
