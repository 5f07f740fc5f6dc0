package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;

/**
 * A convolution with few output channels, which would leave most of a vector empty, as one with
 * more: neighbouring pixels of a row become channels of one pixel, which lie in memory just so. Its
 * window sees what all of theirs see, and has weights of zero where one of them sees nothing: two
 * pixels of a 5×5 window with six channels are one of a 5×6 window with twelve, and take six
 * multiplications of a vector where they took ten.
 *
 * <p>The sums are the same, in the same order, as long as what is multiplied by the zeros is
 * finite.
 */
record PixelsAsChannels(Window window, PackedMatrix weights, Epilogue epilogue) {
  /** Channels that fill a vector, of any length. */
  private static final int VECTOR = 16;

  /** So many pixels of a row are left at least, to fill tiles. */
  private static final int LEAST_PIXELS = 12;

  /**
   * @param w the weight that is packed as {@code weights}, rows in the order (kernel position,
   *     channel)
   * @return null if pixels are better left as they are
   */
  static PixelsAsChannels of(
      NodeContext node, Tensor w, Window window, PackedMatrix weights, Epilogue epilogue) {
    int pixels = pixels(window, weights.n());
    if (pixels == 1) {
      return null;
    }
    Window wide = together(window, pixels);
    PackedMatrix all =
        node.packed()
            .get(
                w,
                "pixels/" + pixels + "/" + window.strideWidth(),
                PackedMatrix.class,
                () -> together(weights, window, wide, pixels));
    Epilogue each =
        new Epilogue(
            repeated(epilogue.bias(), pixels),
            epilogue.activation(),
            repeated(epilogue.slopes(), pixels));
    return new PixelsAsChannels(wide, all, each);
  }

  /** How many pixels together take the fewest multiplications for each. */
  private static int pixels(Window window, int channels) {
    int best = 1;
    if (window.dilationWidth() > 1) {
      return best;
    }
    for (int p = 2; p * channels <= VECTOR && p * LEAST_PIXELS <= window.outWidth(); p++) {
      boolean divides = window.outWidth() % p == 0;
      if (divides && columns(window, p) * best < columns(window, best) * p) {
        best = p;
      }
    }
    return best;
  }

  /** Columns that so many neighbouring windows see. */
  private static int columns(Window window, int pixels) {
    return window.kernelWidth() + (pixels - 1) * window.strideWidth();
  }

  private static Window together(Window w, int pixels) {
    return new Window(
        w.inHeight(),
        w.inWidth(),
        w.outHeight(),
        w.outWidth() / pixels,
        w.kernelHeight(),
        columns(w, pixels),
        w.strideHeight(),
        w.strideWidth() * pixels,
        w.dilationHeight(),
        w.dilationWidth(),
        w.padTop(),
        w.padLeft(),
        w.padBottom(),
        w.padRight());
  }

  private static PackedMatrix together(
      PackedMatrix weights, Window window, Window wide, int pixels) {
    int n = weights.n();
    int columns = n * pixels;
    int channels = weights.k() / window.taps();
    int inRow = window.kernelWidth() * channels;
    int k = wide.taps() * channels;
    float[] all = new float[k * columns];
    for (int pixel = 0; pixel < pixels; pixel++) {
      int first = pixel * window.strideWidth() * channels;
      for (int row = 0; row < weights.k(); row++) {
        int to = row / inRow * wide.kernelWidth() * channels + first + row % inRow;
        for (int column = 0; column < n; column++) {
          all[to * columns + pixel * n + column] = weights.get(row, column);
        }
      }
    }
    return PackedMatrix.pack(all, 0, columns, 1, k, columns);
  }

  private static float[] repeated(float[] byChannel, int times) {
    if (byChannel == null) {
      return null;
    }
    float[] all = new float[byChannel.length * times];
    for (int i = 0; i < all.length; i++) {
      all[i] = byChannel[i % byChannel.length];
    }
    return all;
  }
}
