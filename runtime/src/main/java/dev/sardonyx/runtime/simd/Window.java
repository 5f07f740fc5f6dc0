package dev.sardonyx.runtime.simd;

/**
 * How a convolution or pooling window moves over an image of height × width pixels, channels last.
 * A one-dimensional signal is an image of height one.
 *
 * <p>Output pixel (oy, ox) sees, for tap (ky, kx), the input pixel (oy·strideHeight − padTop +
 * ky·dilationHeight, ox·strideWidth − padLeft + kx·dilationWidth); one that lies outside the image
 * is padding. Padding below and to the right counts only for {@link Kernels#averagePool}.
 */
public record Window(
    int inHeight,
    int inWidth,
    int outHeight,
    int outWidth,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight) {
  public Window {
    if (Math.min(Math.min(inHeight, inWidth), Math.min(outHeight, outWidth)) < 0) {
      throw new IllegalArgumentException(
          "image sizes must not be negative, but the window goes from "
              + inHeight
              + "x"
              + inWidth
              + " to "
              + outHeight
              + "x"
              + outWidth);
    }
    if (Math.min(kernelHeight, kernelWidth) < 1
        || Math.min(strideHeight, strideWidth) < 1
        || Math.min(dilationHeight, dilationWidth) < 1) {
      throw new IllegalArgumentException(
          "kernel, strides and dilations must be at least 1, but are kernel "
              + kernelHeight
              + "x"
              + kernelWidth
              + ", strides "
              + strideHeight
              + "x"
              + strideWidth
              + ", dilations "
              + dilationHeight
              + "x"
              + dilationWidth);
    }
  }

  /** The number of taps of the kernel. */
  public int taps() {
    return kernelHeight * kernelWidth;
  }

  /** Input row of tap 0 for an output row; may be negative. */
  int top(int outRow) {
    return outRow * strideHeight - padTop;
  }

  /** Input column of tap 0 for an output column; may be negative. */
  int left(int outColumn) {
    return outColumn * strideWidth - padLeft;
  }

  /** First tap row that lies inside the image when tap row 0 lies at {@code top}. */
  int firstTapRow(int top) {
    return first(top, dilationHeight, kernelHeight);
  }

  /** One past the last tap row that lies inside the image, or the first if none does. */
  int endTapRow(int top) {
    return Math.max(firstTapRow(top), end(top, dilationHeight, kernelHeight, inHeight));
  }

  /** First tap column that lies inside the image when tap column 0 lies at {@code left}. */
  int firstTapColumn(int left) {
    return first(left, dilationWidth, kernelWidth);
  }

  /** One past the last tap column that lies inside the image, or the first if none does. */
  int endTapColumn(int left) {
    return Math.max(firstTapColumn(left), end(left, dilationWidth, kernelWidth, inWidth));
  }

  /**
   * Taps that lie inside the image or its padding; a window that was rounded up to fit may reach
   * beyond both.
   */
  int tapsInsidePadding(int top, int left) {
    return end(top, dilationHeight, kernelHeight, inHeight + padBottom)
        * end(left, dilationWidth, kernelWidth, inWidth + padRight);
  }

  private static int first(int start, int dilation, int taps) {
    return start >= 0 ? 0 : Math.min(taps, (-start + dilation - 1) / dilation);
  }

  private static int end(int start, int dilation, int taps, int size) {
    return start >= size ? 0 : Math.min(taps, (size - start + dilation - 1) / dilation);
  }
}
