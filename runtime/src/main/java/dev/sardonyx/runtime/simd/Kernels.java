package dev.sardonyx.runtime.simd;

import java.util.Optional;

/**
 * The primitive float32 kernels: everything that costs time is one of these.
 *
 * <p>They work on arrays and offsets and know nothing of tensors or threads. {@code xStride} is the
 * distance between two rows of x in floats. A caller splits work by passing ranges of outputs.
 * Arguments are not checked beyond what the arrays do themselves.
 *
 * <p><b>Same bits:</b> a result depends on neither the provider, nor the vector length, nor the
 * split. An element of a matrix product is one chain of fused multiply-adds in ascending k starting
 * from zero, to which the epilogue is applied; a row is reduced as {@link Partials} says; functions
 * are evaluated as {@link ScalarMath} says. Any NaN counts as the same.
 *
 * <p>The innermost loop of the matrix product is in {@link GemmTiles}.
 */
public sealed interface Kernels permits VectorKernels, PortableKernels, WarmingKernels {
  /**
   * The fastest provider here, chosen once and logged once: the vector provider where {@code
   * jdk.incubator.vector} can be had and is compiled to vector instructions, else the portable one.
   * Each vector kernel is stood in for by its portable twin until it is compiled, in the
   * background, where this is logged too. The system property {@code sardonyx.kernels}, {@code
   * vector} (at once) or {@code portable}, decides instead.
   *
   * @throws IllegalStateException if the property asks for what is not available, or for something
   *     else
   */
  static Kernels best() {
    return KernelsChoice.best();
  }

  /** The provider that runs everywhere. */
  static Kernels portable() {
    return PortableKernels.INSTANCE;
  }

  /** The provider that uses vector instructions, if it is available here. */
  static Optional<Kernels> vector() {
    return KernelsChoice.vector();
  }

  /** For people: {@code vector 512-bit} or {@code portable}. */
  String name();

  /**
   * C = activation(A·B + bias + residual) for the rows {@code [rowFrom, rowTo)} and the columns of
   * the panels {@code [panelFrom, panelTo)}. Each element is a chain of fused multiply-adds in
   * ascending k that starts with the bias.
   *
   * @param a element (r, k) is {@code a[aOffset + r * lda + k]}
   * @param b K×N, packed
   * @param c element (r, n) is {@code c[cOffset + r * ldc + n]}; must not overlap a
   * @param epilogue bias and slopes by column of B, and activation
   * @param residual laid out as c with the same {@code ldc} from {@code residualOffset} on, or null
   *     for none; it may be c itself, at the same place, but must not overlap c otherwise
   */
  void gemm(
      float[] a,
      int aOffset,
      int lda,
      PackedMatrix b,
      float[] c,
      int cOffset,
      int ldc,
      int rowFrom,
      int rowTo,
      int panelFrom,
      int panelTo,
      Epilogue epilogue,
      float[] residual,
      int residualOffset);

  /** All columns of the first {@code rows} rows, without residual. */
  default void gemm(
      float[] a,
      int aOffset,
      int lda,
      PackedMatrix b,
      float[] c,
      int cOffset,
      int ldc,
      int rows,
      Epilogue epilogue) {
    gemm(a, aOffset, lda, b, c, cOffset, ldc, 0, rows, 0, b.panels(), epilogue, null, 0);
  }

  /**
   * C = Aᵀ·B + bias, both operands packed, such as the weights of a convolution and an image with
   * channels first. Each element is a chain of fused multiply-adds in ascending k, to which the
   * bias is added.
   *
   * @param bias by row of C, which is a column of A, or null for none
   * @param c element (r, n) is {@code c[cOffset + r * ldc + n]}
   */
  void gemmOfColumns(PackedMatrix a, PackedMatrix b, float[] bias, float[] c, int cOffset, int ldc);

  /**
   * The product whose left operand is not laid out: {@code c[r][p][n] = Σ x[r][p +
   * taps[k]]·b[k][n]}, in ascending k. With the places of the taps of a window, it convolves rows
   * of pixels.
   *
   * @param x is read from {@code xOffset + r * xStride + p + taps[k]}
   * @param b of as many rows as there are taps, which are at least one
   * @param c element (r, p, n) is {@code c[cOffset + (r * pixels + p) * b.n() + n]}; likewise the
   *     residual, which may be c itself, at the same place
   */
  void indirectGemm(
      float[] x,
      int xOffset,
      int xStride,
      int[] taps,
      PackedMatrix b,
      float[] c,
      int cOffset,
      int rows,
      int pixels,
      Epilogue epilogue,
      float[] residual,
      int residualOffset);

  /**
   * C = A·B in float64, for the rows {@code [rowFrom, rowTo)}; each element is a chain as in
   * float32.
   *
   * @param a element (r, k) is {@code a[aOffset + r * lda + k]}
   * @param c element (r, n) is {@code c[cOffset + r * ldc + n]}; must not overlap a
   */
  void gemm(
      double[] a,
      int aOffset,
      int lda,
      PackedDoubles b,
      double[] c,
      int cOffset,
      int ldc,
      int rowFrom,
      int rowTo);

  /** y = f(x) for a block of rows; y may be x. */
  void unary(
      UnaryFunction f,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n);

  /** y = f(x) for n elements; y may be x. */
  default void unary(UnaryFunction f, float[] x, int xOffset, float[] y, int yOffset, int n) {
    unary(f, x, xOffset, n, y, yOffset, n, 1, n);
  }

  /**
   * z = x op y for a block of rows. A stride of 0 takes the same row again and again. z may be x or
   * y.
   */
  void binary(
      BinaryOp op,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      float[] z,
      int zOffset,
      int zStride,
      int rows,
      int n);

  /** z = x op y for n elements; z may be x or y. */
  default void binary(
      BinaryOp op, float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int n) {
    binary(op, x, xOffset, n, y, yOffset, n, z, zOffset, n, 1, n);
  }

  /** z = x op scalar; z may be x. */
  void binaryScalar(
      BinaryOp op, float[] x, int xOffset, float scalar, float[] z, int zOffset, int n);

  /** z = scalar op y; z may be y. */
  void scalarBinary(
      BinaryOp op, float scalar, float[] y, int yOffset, float[] z, int zOffset, int n);

  /**
   * {@code y[r][j] = min(max(x[r][j] · scale[j] + shift[j], lowest), highest)} for a block of rows,
   * product and sum rounded once; infinite bounds leave a side open. y may be x.
   *
   * @param scaleOffset of the first scale and of the first shift
   */
  void scaleShift(
      float[] x,
      int xOffset,
      int xStride,
      float[] scale,
      float[] shift,
      int scaleOffset,
      float lowest,
      float highest,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n);

  /** y[row] = the reduction of row; no elements give 0 (MEAN: NaN, MAX: −∞, MIN: +∞). */
  void reduce(
      Reduction reduction,
      float[] x,
      int xOffset,
      int xStride,
      int rows,
      int n,
      float[] y,
      int yOffset);

  /** {@code y[j] = x[0][j] + x[1][j] + …}: the sum of all rows, one after the other, from 0. */
  void sumRows(float[] x, int xOffset, int xStride, int rows, int n, float[] y, int yOffset);

  /**
   * ONNX Softmax of each row: exp(x − max) divided by its sum, by way of the reciprocal of the sum;
   * y may be x.
   */
  void softmax(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n);

  /**
   * Scaled dot-product attention for a block of queries: {@code y = softmax(scale·q·keys +
   * mask)·values}. Values are summed up with exp(score − max) as weights, and then divided by the
   * sum of these, by way of its reciprocal.
   *
   * @param keys a column for each key
   * @param scale above zero
   * @param mask rows {@code maskStride} apart, or one for all if that is 0, each filled up with −∞
   *     to whole panels of keys
   * @param values a row for each key
   * @param scores room for {@code rows} times whole panels of keys and one more number
   */
  void attention(
      float[] q,
      int qOffset,
      int qStride,
      int rows,
      PackedMatrix keys,
      float scale,
      float[] mask,
      int maskOffset,
      int maskStride,
      PackedMatrix values,
      float[] scores,
      float[] y,
      int yOffset,
      int yStride);

  /** ONNX LogSoftmax of each row: (x − max) − log(Σ exp(x − max)); y may be x. */
  void logSoftmax(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n);

  /**
   * ONNX LayerNormalization of each row: (x − mean) / √(variance + epsilon) · scale + bias; y may
   * be x.
   *
   * @param bias may be null
   */
  void layerNorm(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float[] scale,
      int scaleOffset,
      float[] bias,
      int biasOffset,
      float epsilon);

  /** ONNX RMSNormalization of each row: x / √(mean of squares + epsilon) · scale; y may be x. */
  void rmsNorm(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float[] scale,
      int scaleOffset,
      float epsilon);

  /**
   * Depthwise convolution of one image, channels last, for the output rows {@code [rowFrom,
   * rowTo)}: every channel has its own kernel. Taps that lie outside the image count as zeros, or
   * are left out, which is the same as long as weights are finite. A sum is never −0.
   *
   * @param weights tap by tap: {@code weights[(ky * kernelWidth + kx) * channels + channel]}
   * @param epilogue bias and slopes by channel, and activation
   * @param residual laid out as y, or null for none
   */
  void depthwise(
      float[] x,
      int xOffset,
      float[] weights,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int rowFrom,
      int rowTo,
      Epilogue epilogue,
      float[] residual,
      int residualOffset);

  /**
   * The largest value of each window, channels last, for the output rows {@code [rowFrom, rowTo)};
   * padding is ignored.
   */
  void maxPool(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int rowFrom,
      int rowTo);

  /**
   * The mean of each window, channels last, for the output rows {@code [rowFrom, rowTo)}.
   *
   * @param countIncludePad whether padding counts as zeros or not at all
   */
  void averagePool(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int rowFrom,
      int rowTo,
      boolean countIncludePad);

  /**
   * One of Winograd's transforms of {@code lines} lines, each over n channels: {@code y[yOffset + l
   * * yLine + j * yStep + c]} is output j of the transform whose input i is {@code x[xOffset + l *
   * xLine + i * xStep + c]}. y must not overlap x.
   */
  void winograd(
      WinogradTransform transform,
      float[] x,
      int xOffset,
      int xLine,
      int xStep,
      float[] y,
      int yOffset,
      int yLine,
      int yStep,
      int lines,
      int n);

  /**
   * {@link #winograd} for an output transform, and what follows it: the outputs of all lines are
   * rows of y that follow one another.
   *
   * @param yStep from a row of y, and of the residual, to the next
   * @param firstColumn the index of the first column in bias and slopes
   * @param residual laid out as y, or null for none; it may be y itself, at the same place
   */
  void winogradOutput(
      WinogradTransform transform,
      float[] x,
      int xOffset,
      int xLine,
      int xStep,
      float[] y,
      int yOffset,
      int yStep,
      int lines,
      int n,
      Epilogue epilogue,
      int firstColumn,
      float[] residual,
      int residualOffset);

  /**
   * One step of LSTM with sigmoid and tanh for n units: c = f∘c + i∘g and h = o∘tanh(c), where i, o
   * and f are the sigmoids and g is the tanh of sums + gates. What {@code gates} holds afterwards
   * is undefined.
   *
   * @param sums what the gates i, o, f and g get from X, each {@code apart} floats after the one
   *     before it
   * @param gates what they get from the hidden state, laid out likewise
   */
  void lstmCell(
      float[] sums,
      int sumsOffset,
      float[] gates,
      int gatesOffset,
      int apart,
      float[] c,
      int cOffset,
      float[] h,
      int hOffset,
      int n);

  /**
   * One step of GRU with sigmoid and tanh for n units, linear before reset: z and r are the
   * sigmoids of sums + gates, g = tanh(r∘(gates + bias) + sums), and h = (1 − z)∘g + z∘before. What
   * {@code gates} holds afterwards is undefined.
   *
   * @param sums what the gates z, r and g get from X, each {@code apart} floats after the one
   *     before it
   * @param gates what they get from the hidden state, laid out likewise
   * @param bias of gate g alone
   * @param before the hidden state before the step; must not overlap h
   */
  void gruCell(
      float[] sums,
      int sumsOffset,
      float[] gates,
      int gatesOffset,
      int apart,
      float[] bias,
      int biasOffset,
      float[] before,
      int beforeOffset,
      float[] h,
      int hOffset,
      int n);

  /**
   * Replaces all values of a right operand that changes with every run.
   *
   * @param x element (k, n) is {@code x[xOffset + k * xStride + n]}
   */
  default void pack(float[] x, int xOffset, int xStride, PackedMatrix packed) {
    // Some rows at a time, so that x is read as it lies in memory.
    for (int row = 0; row < packed.k(); row += PackedMatrix.ROWS) {
      int rows = Math.min(PackedMatrix.ROWS, packed.k() - row);
      for (int panel = 0; panel < packed.panels(); panel++) {
        int from = xOffset + row * xStride + panel * PackedMatrix.PANEL;
        if (packed.width(panel) == PackedMatrix.PANEL) {
          int to = packed.panelOffset(panel) + row * PackedMatrix.PANEL;
          copyRows(
              x, from, xStride, packed.data(), to, PackedMatrix.PANEL, rows, PackedMatrix.PANEL);
        } else {
          packed.fill(panel, row, row + rows, x, from, xStride, 1);
        }
      }
    }
  }

  /** y = x for blocks of rows. */
  void copyRows(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n);

  /** {@code y[i] = x[2·i]} for n elements of each row of a block. */
  void everySecond(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n);

  /**
   * {@code ends[at]} and {@code ends[at + 1]} = the smallest and the largest of n elements and 0;
   * what is not a number takes no part.
   */
  void range(float[] x, int xOffset, int n, float[] ends, int at);

  /**
   * y = x / scale rounded to an integer, ties to even, and between −zero and 255 − zero: what
   * DynamicQuantizeLinear gives, less its zero point. NaN stays.
   */
  void quantize(float[] x, int xOffset, float scale, float zero, float[] y, int yOffset, int n);

  /**
   * {@code y = y·scale + bias + residual} for a block of rows, each step rounded: what makes a
   * product of integers real again.
   *
   * @param scale by column, the block's first being {@code column}; likewise bias
   * @param residual rows that lie as y's do, or null for none
   */
  void rescale(
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float[] scale,
      float[] bias,
      int column,
      float[] residual,
      int residualOffset);

  /** y = x for n signed bytes. */
  void widen(byte[] x, int xOffset, float[] y, int yOffset, int n);
}
