package dev.sardonyx.runtime.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class ColumnStripTest {
  @Test
  void theWindowOfEachPixelOfARowIsOnePieceOfTheStripWithZerosInThePadding() {
    Providers.forBoth(ColumnStripTest::theWindowOfEachPixelIsOnePiece);
  }

  private static void theWindowOfEachPixelIsOnePiece(Kernels kernels) {
    Random random = new Random(1);
    for (int round = 0; round < 20_000; round++) {
      int channels = 1 + random.nextInt(4);
      int kh = 1 + random.nextInt(5);
      int kw = 1 + random.nextInt(5);
      int sh = 1 + random.nextInt(3);
      int sw = 1 + random.nextInt(3);
      int h = 1 + random.nextInt(9);
      int w = 1 + random.nextInt(20);
      int top = random.nextInt(4);
      int left = random.nextInt(4);
      int outWidth = 1 + random.nextInt(15);
      int outHeight = 1 + random.nextInt(6);
      Window window = new Window(h, w, outHeight, outWidth, kh, kw, sh, sw, 1, 1, top, left, 0, 0);
      float[] x = Providers.random(random, 2 + h * w * channels + random.nextInt(9), 1);
      int oy = random.nextInt(outHeight);
      float[] strip =
          Providers.random(random, 3 + ColumnStrip.size(channels, window) + random.nextInt(9), 1);
      kernels.columnStrip(x, 2, channels, window, oy, strip, 3);
      for (int ox = 0; ox < outWidth; ox++) {
        int at = 3 + ox * ColumnStrip.pixelStride(channels, window);
        for (int kx = 0; kx < kw; kx++) {
          for (int ky = 0; ky < kh; ky++) {
            for (int c = 0; c < channels; c++) {
              int row = oy * sh - top + ky;
              int column = ox * sw - left + kx;
              boolean inside = row >= 0 && row < h && column >= 0 && column < w;
              float expected = inside ? x[2 + (row * w + column) * channels + c] : 0f;
              assertThat(strip[at++]).as(window + " row " + oy).isEqualTo(expected);
            }
          }
        }
      }
    }
  }
}
