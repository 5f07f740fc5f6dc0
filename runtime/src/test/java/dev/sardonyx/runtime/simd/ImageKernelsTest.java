package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.Providers.assertClose;
import static dev.sardonyx.runtime.simd.Providers.assertSameBits;
import static dev.sardonyx.runtime.simd.Providers.random;
import static dev.sardonyx.runtime.simd.Providers.same;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Depthwise convolution, pooling, im2col and transposition against the definition, tap by tap, over
 * random windows.
 */
final class ImageKernelsTest {
  private static final int ROUNDS = 200;

  @Test
  void depthwiseConvolutionAgreesBitForBitAndWithTheDefinition() {
    Random random = new Random(1);
    for (int round = 0; round < ROUNDS; round++) {
      checkDepthwise(random, window(random));
    }
  }

  @Test
  void depthwiseConvolutionsThatKeepTheSizeOrHalveItAgreeBitForBitAndWithTheDefinition() {
    Random random = new Random(4);
    for (int round = 0; round < ROUNDS; round++) {
      int taps = 3 + 2 * random.nextInt(2);
      int stride = 1 + random.nextInt(2);
      int before = random.nextInt(taps / 2 + 1);
      int after = random.nextInt(taps / 2 + 1);
      int height = taps + random.nextInt(5);
      int width = taps + random.nextInt(14);
      int outHeight = (height + before + after - taps) / stride + 1;
      int outWidth = (width + before + after - taps) / stride + 1;
      checkDepthwise(
          random,
          new Window(
              height, width, outHeight, outWidth, taps, taps, stride, stride, 1, 1, before, before,
              after, after));
    }
  }

  @Test
  void depthwiseConvolutionsOfPaddedImagesWithSevenTapsInARowAgreeBitForBitAndWithTheDefinition() {
    Random random = new Random(5);
    for (int round = 0; round < ROUNDS; round++) {
      int tapRows = 1 + random.nextInt(8);
      int dilation = 1 + random.nextInt(2);
      int top = random.nextInt(tapRows);
      int below = random.nextInt(tapRows);
      int height = (tapRows - 1) * dilation + 1 + random.nextInt(9);
      int width = 7 + random.nextInt(20);
      checkDepthwise(
          random,
          new Window(
              height,
              width,
              height + top + below - (tapRows - 1) * dilation,
              width - 6,
              tapRows,
              7,
              1,
              1,
              dilation,
              1,
              top,
              0,
              below,
              0));
    }
  }

  @Test
  void depthwiseConvolutionsClipWhatIsNotFiniteAsAllElse() {
    Random random = new Random(6);
    for (int round = 0; round < ROUNDS; round++) {
      int taps = 3 + 2 * random.nextInt(2);
      int stride = 1 + random.nextInt(2);
      int size = 8 + random.nextInt(20);
      int out = (size - 1) / stride + 1;
      int pad = taps / 2;
      Window w =
          new Window(size, size, out, out, taps, taps, stride, stride, 1, 1, pad, pad, pad, pad);
      int channels = 16 + random.nextInt(60);
      float[] x = random(random, size * size * channels, 9);
      float[] weights = random(random, w.taps() * channels, 1);
      for (float special : Providers.SPECIAL) {
        x[random.nextInt(x.length)] = special;
      }
      Epilogue epilogue = new Epilogue(null, Providers.clipping(random), null);
      same(
          new float[out * out * channels],
          w.toString(),
          (k, y) -> k.depthwise(x, 0, weights, y, 0, channels, w, 0, out, epilogue, null, 0));
    }
  }

  private static void checkDepthwise(Random random, Window w) {
    // Many channels have a method of their own.
    int channels = 1 + random.nextInt(40) + 60 * random.nextInt(2);
    float[] x = random(random, 1 + w.inHeight() * w.inWidth() * channels, 1);
    float[] weights = random(random, w.taps() * channels, 1);
    float[] bias = random(random, channels, 1);
    float[] residual =
        random.nextBoolean() ? random(random, w.outHeight() * w.outWidth() * channels, 1) : null;
    float[] slopes = random.nextBoolean() ? random(random, channels, 1) : null;
    UnaryFunction activation = slopes == null ? UnaryFunction.RELU : UnaryFunction.IDENTITY;
    Epilogue epilogue = new Epilogue(bias, activation, slopes);
    int split = random.nextInt(w.outHeight() + 1);
    float[] y =
        same(
            new float[2 + w.outHeight() * w.outWidth() * channels],
            w.toString(),
            (k, out) -> {
              k.depthwise(x, 1, weights, out, 2, channels, w, 0, split, epilogue, residual, 0);
              k.depthwise(
                  x, 1, weights, out, 2, channels, w, split, w.outHeight(), epilogue, residual, 0);
            });
    forEachOutput(
        w,
        channels,
        (at, oy, ox, channel) -> {
          double sum = bias[channel] + (residual == null ? 0 : residual[at]);
          for (int tap = 0; tap < w.taps(); tap++) {
            int pixel = pixel(w, oy, ox, tap);
            sum +=
                pixel < 0
                    ? 0
                    : x[1 + pixel * channels + channel]
                        * (double) weights[tap * channels + channel];
          }
          double below = slopes == null ? 0 : slopes[channel];
          assertClose(y[2 + at], sum < 0 ? below * sum : sum, 1e-5, w.toString());
        });
  }

  @Test
  void poolingAgreesBitForBitAndWithTheDefinition() {
    Random random = new Random(2);
    for (int round = 0; round < ROUNDS; round++) {
      Window w = window(random);
      int channels = 1 + random.nextInt(40);
      float[] x = random(random, 1 + w.inHeight() * w.inWidth() * channels, 1);
      float[] blank = new float[2 + w.outHeight() * w.outWidth() * channels];
      float[] max =
          same(blank, w.toString(), (k, y) -> k.maxPool(x, 1, y, 2, channels, w, 0, w.outHeight()));
      float[] mean =
          same(
              blank,
              w.toString(),
              (k, y) -> k.averagePool(x, 1, y, 2, channels, w, 0, w.outHeight(), false));
      float[] padded =
          same(
              blank,
              w.toString(),
              (k, y) -> k.averagePool(x, 1, y, 2, channels, w, 0, w.outHeight(), true));
      forEachOutput(
          w,
          channels,
          (at, oy, ox, channel) -> {
            double largest = Double.NEGATIVE_INFINITY;
            double sum = 0;
            int inside = 0;
            int insidePadding = 0;
            for (int tap = 0; tap < w.taps(); tap++) {
              int pixel = pixel(w, oy, ox, tap);
              if (pixel >= 0) {
                double v = x[1 + pixel * channels + channel];
                largest = Math.max(largest, v);
                sum += v;
                inside++;
              }
              int row = w.top(oy) + tap / w.kernelWidth() * w.dilationHeight();
              int column = w.left(ox) + tap % w.kernelWidth() * w.dilationWidth();
              if (row < w.inHeight() + w.padBottom() && column < w.inWidth() + w.padRight()) {
                insidePadding++;
              }
            }
            assertThat((double) max[2 + at]).isEqualTo(largest);
            if (inside > 0) {
              assertClose(mean[2 + at], sum / inside, 1e-6, w.toString());
            }
            if (insidePadding > 0) {
              assertClose(padded[2 + at], sum / insidePadding, 1e-6, w.toString());
            }
          });
    }
  }

  @Test
  void im2colLaysOutEveryTapOfEveryPixel() {
    Random random = new Random(3);
    for (int round = 0; round < ROUNDS; round++) {
      Window w = window(random);
      int all = 1 + random.nextInt(6);
      int first = random.nextInt(all);
      int channels = 1 + random.nextInt(all - first);
      float[] x = random(random, w.inHeight() * w.inWidth() * all, 1);
      int pixels = w.outHeight() * w.outWidth();
      int from = random.nextInt(pixels + 1);
      int size = w.taps() * channels;
      float[] strip = random(random, 3 + (pixels - from) * size, 1);
      float[] expected = strip.clone();
      for (int pixel = from; pixel < pixels; pixel++) {
        for (int tap = 0; tap < w.taps(); tap++) {
          int in = pixel(w, pixel / w.outWidth(), pixel % w.outWidth(), tap);
          for (int channel = 0; channel < channels; channel++) {
            expected[3 + (pixel - from) * size + tap * channels + channel] =
                in < 0 ? 0 : x[in * all + first + channel];
          }
        }
      }
      Im2Col.pack(x, first, all, channels, w, from, pixels, strip, 3);
      assertSameBits(strip, expected, w.toString());
    }
  }

  @Test
  void transpositionTurnsRowsIntoColumns() {
    Random random = new Random(4);
    for (int round = 0; round < ROUNDS; round++) {
      int rows = random.nextInt(50);
      int columns = random.nextInt(50);
      int xStride = columns + 1;
      int yStride = rows + 2;
      float[] x = random(random, 1 + rows * xStride, 1);
      float[] y = new float[2 + columns * yStride];
      float[] expected = y.clone();
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          expected[2 + column * yStride + row] = x[1 + row * xStride + column];
        }
      }
      Transpose.transpose(x, 1, xStride, rows, columns, y, 2, yStride);
      assertSameBits(y, expected, rows + "x" + columns);
    }
  }

  private static Window window(Random random) {
    int kernelHeight = 1 + random.nextInt(4);
    int kernelWidth = 1 + random.nextInt(5);
    return new Window(
        1 + random.nextInt(9),
        1 + random.nextInt(12),
        1 + random.nextInt(7),
        1 + random.nextInt(12),
        kernelHeight,
        kernelWidth,
        1 + random.nextInt(2),
        1 + random.nextInt(2),
        1 + random.nextInt(2),
        1 + random.nextInt(2),
        random.nextInt(3),
        random.nextInt(3),
        random.nextInt(3),
        random.nextInt(3));
  }

  /** The number of the input pixel that a tap sees, or -1 for padding. */
  private static int pixel(Window w, int oy, int ox, int tap) {
    int row = oy * w.strideHeight() - w.padTop() + tap / w.kernelWidth() * w.dilationHeight();
    int column = ox * w.strideWidth() - w.padLeft() + tap % w.kernelWidth() * w.dilationWidth();
    boolean inside = row >= 0 && row < w.inHeight() && column >= 0 && column < w.inWidth();
    return inside ? row * w.inWidth() + column : -1;
  }

  private interface Output {
    void accept(int at, int oy, int ox, int channel);
  }

  private static void forEachOutput(Window w, int channels, Output output) {
    for (int oy = 0; oy < w.outHeight(); oy++) {
      for (int ox = 0; ox < w.outWidth(); ox++) {
        for (int channel = 0; channel < channels; channel++) {
          output.accept((oy * w.outWidth() + ox) * channels + channel, oy, ox, channel);
        }
      }
    }
  }
}
