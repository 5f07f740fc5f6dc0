package dev.sardonyx.runtime.simd;

/**
 * {@link Kernels#indirectGemm} of the vector provider: {@link IndirectTiles} and what is around
 * them.
 *
 * <p>Where pixels do not fill a tile, it overlaps the one before. Columns that do not fill a vector
 * are computed first, with the zero columns of their panel: the superfluous results lie where
 * others come afterwards, but those of the last pixels, which take a detour.
 */
final class VectorIndirectGemm {
  private static final int LANES = GemmTiles.LANES;
  private static final int WIDTH = GemmTiles.WIDTH;

  /** Pixels of the large tile with two vectors and with one, and of the small ones. */
  private static final int MANY = GemmTiles.ROWS;

  private static final int MOST = 8;

  static final int FEW = 4;

  private static final float[] ZEROS = new float[PackedMatrix.PANEL];

  /** Takes results of the last pixels, superfluous ones included. */
  private static final ThreadLocal<float[]> EDGE =
      ThreadLocal.withInitial(() -> new float[MOST * WIDTH]);

  /** See {@link IntegerClip}. */
  private static final ThreadLocal<float[]> CHECK = ThreadLocal.withInitial(() -> new float[LANES]);

  private VectorIndirectGemm() {}

  /** {@link Kernels#indirectGemm} for at least {@link #FEW} pixels. */
  static void gemm(
      Kernels kernels,
      float[] x,
      int x0,
      int[] taps,
      PackedMatrix b,
      float[] c,
      int c0,
      int pixels,
      Epilogue epilogue,
      float[] residual,
      int residualOffset) {
    int n = b.n();
    float[] added = residual;
    int added0 = residualOffset;
    if (residual == c && residualOffset == c0) {
      added = ResidualCopy.of(residual, residualOffset, n, pixels, n);
      added0 = 0;
    }
    UnaryFunction f = epilogue.activation();
    UnaryFunction inTiles = residual == null && IntegerClip.knows(f) ? f : UnaryFunction.IDENTITY;
    float[] check = CHECK.get();
    int whole = n / WIDTH * WIDTH;
    if (whole < n) {
      columns(x, x0, taps, b, whole, epilogue.bias(), inTiles, c, c0, pixels, check);
    }
    for (int column = 0; column < whole; column += WIDTH) {
      columns(x, x0, taps, b, column, epilogue.bias(), inTiles, c, c0, pixels, check);
    }
    if (!IntegerClip.isRight(inTiles, check)) {
      Epilogue once = new Epilogue(epilogue.bias(), inTiles, null);
      PortableKernels.INSTANCE.indirectGemm(x, x0, taps, b, c, c0, pixels, once, null, 0);
    }
    if (!inTiles.equals(f) || added != null) {
      VectorGemm.finish(kernels, f, c, c0, n, c, c0, n, pixels, n, added, added0);
    }
    epilogue.prelu(kernels, c, c0, n, pixels, n, 0);
  }

  /** Two vectors of columns, or what is left of them. */
  private static void columns(
      float[] x,
      int x0,
      int[] taps,
      PackedMatrix b,
      int column,
      float[] bias,
      UnaryFunction f,
      float[] c,
      int c0,
      int pixels,
      float[] check) {
    int width = Math.min(WIDTH, b.n() - column);
    float[] start = bias == null ? ZEROS : bias;
    int s0 = bias == null ? 0 : column;
    if (bias != null && width % LANES != 0) {
      start = VectorGemm.padded(bias, column, width);
      s0 = 0;
    }
    int most = width > LANES ? MANY : MOST;
    int p = 0;
    for (; pixels - p >= most; p += most) {
      tile(most, x, x0, taps, b, column, width, start, s0, f, c, c0, p, pixels, check);
    }
    int left = pixels - p;
    if (left > FEW && p > 0) {
      tile(most, x, x0, taps, b, column, width, start, s0, f, c, c0, pixels - most, pixels, check);
      return;
    }
    if (left > FEW) {
      tile(FEW, x, x0, taps, b, column, width, start, s0, f, c, c0, p, pixels, check);
    }
    if (left > 0) {
      tile(FEW, x, x0, taps, b, column, width, start, s0, f, c, c0, pixels - FEW, pixels, check);
    }
  }

  /** {@code size} pixels from {@code p} on. */
  private static void tile(
      int size,
      float[] x,
      int x0,
      int[] taps,
      PackedMatrix b,
      int column,
      int width,
      float[] bias,
      int bias0,
      UnaryFunction f,
      float[] c,
      int c0,
      int p,
      int pixels,
      float[] check) {
    int n = b.n();
    int xp = x0 + p;
    int b0 = b.panelOffset(column / PackedMatrix.PANEL) + column % PackedMatrix.PANEL;
    int lowest = IntegerClip.lowest(f);
    int highest = IntegerClip.highest(f);
    int at = c0 + p * n + column;
    int written = width > LANES ? WIDTH : LANES;
    boolean isLast = (p + size - 1) * n + column + written > pixels * n;
    float[] to = isLast ? EDGE.get() : c;
    int to0 = isLast ? 0 : at;
    int ldc = isLast ? WIDTH : n;
    float[] d = b.data();
    if (width > LANES && size == MOST) {
      IndirectTiles.eightByTwo(
          x, xp, taps, d, b0, bias, bias0, lowest, highest, to, to0, ldc, check);
    } else if (width > LANES && size == MANY) {
      IndirectTiles.sixByTwo(x, xp, taps, d, b0, bias, bias0, lowest, highest, to, to0, ldc, check);
    } else if (width > LANES) {
      IndirectTiles.fourByTwo(
          x, xp, taps, d, b0, bias, bias0, lowest, highest, to, to0, ldc, check);
    } else if (size == MOST) {
      IndirectTiles.eightByOne(
          x, xp, taps, d, b0, bias, bias0, lowest, highest, to, to0, ldc, check);
    } else {
      IndirectTiles.fourByOne(
          x, xp, taps, d, b0, bias, bias0, lowest, highest, to, to0, ldc, check);
    }
    for (int i = 0; isLast && i < size; i++) {
      System.arraycopy(to, i * WIDTH, c, at + i * n, width);
    }
  }
}
