package dev.sardonyx.runtime.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Attention in both providers, against its formula in double precision. */
class AttentionTest {
  private static final int PANEL = PackedMatrix.PANEL;
  private static final int Q = 3;
  private static final int M = 2;
  private static final int Y = 1;

  private final Random random = new Random(8);

  @Test
  void valuesAreWeighedByTheSoftmaxOfScaledAndMaskedScores() {
    for (int n = 1; n < 75; n++) {
      for (int rows : new int[] {1, 2, 3, 4, 6, 11}) {
        check(rows, n, 1 + random.nextInt(40), 1 + random.nextInt(70), random.nextBoolean());
      }
    }
    check(13, 300, 64, 64, true);
    check(24, 520, 32, 32, false);
  }

  private void check(int rows, int n, int size, int width, boolean maskRows) {
    int ldq = size + 5;
    int ldy = width + 2;
    int filled = (n + PANEL - 1) / PANEL * PANEL;
    float[] q = Providers.random(random, Q + rows * ldq, 3);
    float[] k = Providers.random(random, size * n, 1);
    float[] v = Providers.random(random, n * width, 1);
    PackedMatrix keys = PackedMatrix.pack(k, 0, n, 1, size, n);
    PackedMatrix values = PackedMatrix.pack(v, 0, width, 1, n, width);
    float[] mask = Providers.random(random, M + (maskRows ? rows : 1) * filled, 2);
    for (int at = M; at < mask.length; at += filled) {
      Arrays.fill(mask, at + n, at + filled, Float.NEGATIVE_INFINITY);
    }
    int ldm = maskRows ? filled : 0;
    String what = rows + " queries, " + n + " keys, " + size + ", " + width;
    float[] both =
        Providers.same(
            new float[Y + rows * ldy],
            what,
            (kernels, y) -> {
              // What is left from a run before must not matter.
              float[] scores = new float[rows * (filled + 1)];
              Arrays.fill(scores, Float.NaN);
              kernels.attention(
                  q, Q, ldq, rows, keys, 0.3f, mask, M, ldm, values, scores, y, Y, ldy);
            });
    for (int row = 0; row < rows; row++) {
      double[] weights = new double[n];
      double sum = 0;
      for (int l = 0; l < n; l++) {
        double score = 0;
        for (int d = 0; d < size; d++) {
          score += (double) q[Q + row * ldq + d] * k[d * n + l];
        }
        weights[l] = Math.exp(0.3f * score + mask[M + row * ldm + l]);
        sum += weights[l];
      }
      for (int e = 0; e < width; e++) {
        double expected = 0;
        for (int l = 0; l < n; l++) {
          expected += weights[l] / sum * v[l * width + e];
        }
        Providers.assertClose(both[Y + row * ldy + e], expected, 1e-5, what);
      }
      assertThat(both[Y + row * ldy + width]).as("between rows").isEqualTo(0f);
    }
  }

  @Test
  void aKeyBehindMinusInfinityTakesNoPart() {
    PackedMatrix keys = PackedMatrix.pack(new float[] {1, 2, 1}, 0, 3, 1, 1, 3);
    PackedMatrix values = PackedMatrix.pack(new float[] {1, 5, 3}, 0, 1, 1, 3, 1);
    float[] mask = new float[PANEL];
    Arrays.fill(mask, 3, PANEL, Float.NEGATIVE_INFINITY);
    mask[1] = Float.NEGATIVE_INFINITY;
    float[] y =
        Providers.same(
            new float[1],
            "masked",
            (kernels, out) ->
                kernels.attention(
                    new float[] {4},
                    0,
                    1,
                    1,
                    keys,
                    1,
                    mask,
                    0,
                    0,
                    values,
                    new float[PANEL + 1],
                    out,
                    0,
                    1));
    assertThat(y).containsExactly(2f);
  }

  /** Of five queries, by what is in the third one's scores; the others' must stay numbers. */
  @Test
  void whatIsNotFiniteIsTheSameInBothProviders() {
    float inf = Float.POSITIVE_INFINITY;
    float negativeNaN = Float.intBitsToFloat(0xffc00000);
    for (float odd : new float[] {Float.NaN, negativeNaN, inf, -inf}) {
      for (int n : new int[] {1, 16, 33, 70, 128}) {
        for (int key : new int[] {0, n / 2, n - 1}) {
          float[] y = withOneScore(odd, n, key);
          for (int row = 0; row < 5; row++) {
            boolean isNaN = row == 2 && (odd != -inf || n == 1);
            assertThat(Float.isNaN(y[row])).as(odd + ", key " + key + " of " + n).isEqualTo(isNaN);
          }
        }
      }
    }
  }

  private float[] withOneScore(float odd, int n, int key) {
    int filled = (n + PANEL - 1) / PANEL * PANEL;
    float[] q = Providers.random(random, 5 * 8, 1);
    PackedMatrix keys = PackedMatrix.pack(Providers.random(random, 8 * n, 1), 0, n, 1, 8, n);
    PackedMatrix values = PackedMatrix.pack(Providers.random(random, n, 1), 0, 1, 1, n, 1);
    float[] mask = new float[5 * filled];
    for (int row = 0; row < 5; row++) {
      Arrays.fill(mask, row * filled + n, (row + 1) * filled, Float.NEGATIVE_INFINITY);
    }
    mask[2 * filled + key] = odd;
    return Providers.same(
        new float[5],
        odd + " for key " + key + " of " + n,
        (kernels, y) ->
            kernels.attention(
                q,
                0,
                8,
                5,
                keys,
                1,
                mask,
                0,
                filled,
                values,
                new float[5 * (filled + 1)],
                y,
                0,
                1));
  }

  /** The lowest number twice, as exporters write for minus infinity, adds up to minus infinity. */
  @Test
  void sumsOfMasksThatOverflowDoNotMatter() {
    PackedMatrix keys = PackedMatrix.pack(new float[64], 0, 64, 1, 1, 64);
    float[] v = new float[64];
    v[5] = 7;
    PackedMatrix values = PackedMatrix.pack(v, 0, 1, 1, 64, 1);
    float[] mask = new float[64];
    Arrays.fill(mask, -Float.MAX_VALUE);
    mask[5] = 0;
    float[] y =
        Providers.same(
            new float[1],
            "lowest",
            (kernels, out) ->
                kernels.attention(
                    new float[] {1},
                    0,
                    1,
                    1,
                    keys,
                    1,
                    mask,
                    0,
                    0,
                    values,
                    new float[65],
                    out,
                    0,
                    1));
    assertThat(y).containsExactly(7f);
  }
}
