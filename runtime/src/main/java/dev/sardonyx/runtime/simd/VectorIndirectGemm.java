package dev.sardonyx.runtime.simd;

/**
 * {@link Kernels#indirectGemm} of the vector provider: {@link IndirectTiles} and what is around
 * them.
 *
 * <p>Where pixels do not fill a tile, it overlaps the one before, or runs over into the next row.
 * Columns that do not fill a vector are computed first, with the zero columns of their panel. In
 * both cases the superfluous results lie where others come afterwards, but those of the last
 * pixels, which take a detour.
 */
final class VectorIndirectGemm {
  private static final int LANES = GemmTiles.LANES;
  private static final int WIDTH = GemmTiles.WIDTH;

  /** Pixels of the large tile with one vector. */
  private static final int MOST = 12;

  /** The same of the one in the middle. */
  private static final int MEDIUM = 8;

  /** The same of the large tile with two vectors. */
  private static final int MANY = GemmTiles.ROWS;

  /** The same of the small ones. */
  static final int FEW = 4;

  private static final float[] ZEROS = new float[PackedMatrix.PANEL];

  /** Takes results of the last pixels, superfluous ones included. */
  private static final ThreadLocal<float[]> EDGE =
      ThreadLocal.withInitial(() -> new float[MOST * WIDTH]);

  /** See {@link IntegerClip}. */
  private static final ThreadLocal<float[]> CHECK = ThreadLocal.withInitial(() -> new float[LANES]);

  private VectorIndirectGemm() {}

  /** {@link Kernels#indirectGemm} for rows of at least {@link #FEW} pixels. */
  static void gemm(
      Kernels kernels,
      float[] x,
      int x0,
      int xStride,
      int[] taps,
      PackedMatrix b,
      float[] c,
      int c0,
      int rows,
      int pixels,
      Epilogue epilogue,
      float[] residual,
      int residualOffset) {
    int n = b.n();
    int all = rows * pixels;
    float[] added = residual;
    int added0 = residualOffset;
    if (residual == c && residualOffset == c0) {
      added = ResidualCopy.of(residual, residualOffset, n, all, n);
      added0 = 0;
    }
    UnaryFunction f = epilogue.activation();
    UnaryFunction inTiles = residual == null && IntegerClip.knows(f) ? f : UnaryFunction.IDENTITY;
    float[] bias = epilogue.bias();
    float[] check = CHECK.get();
    int whole = n / WIDTH * WIDTH;
    for (int r = 0; r < rows; r++) {
      int xr = x0 + r * xStride;
      int cr = c0 + r * pixels * n;
      // How many more pixels can be read and written, since there is another row.
      int more = r + 1 < rows ? Math.min(xStride, pixels) : 0;
      if (whole < n) {
        columns(x, xr, taps, b, whole, bias, inTiles, c, cr, pixels, more, check);
      }
      for (int column = 0; column < whole; column += WIDTH) {
        columns(x, xr, taps, b, column, bias, inTiles, c, cr, pixels, more, check);
      }
      if (!inTiles.equals(f) || added != null) {
        int at = added0 + r * pixels * n;
        VectorGemm.finish(kernels, f, c, cr, n, c, cr, n, pixels, n, added, at);
      }
    }
    if (!IntegerClip.isRight(inTiles, check)) {
      Epilogue once = new Epilogue(bias, inTiles, null);
      PortableKernels.INSTANCE.indirectGemm(
          x, x0, xStride, taps, b, c, c0, rows, pixels, once, null, 0);
    }
    epilogue.prelu(kernels, c, c0, n, all, n, 0);
  }

  /** Two vectors of columns, or what is left of them, of a row of pixels and {@code more}. */
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
      int more,
      float[] check) {
    int width = Math.min(WIDTH, b.n() - column);
    float[] start = bias == null ? ZEROS : bias;
    int s0 = bias == null ? 0 : column;
    if (bias != null && width % LANES != 0) {
      start = VectorGemm.padded(bias, column, width);
      s0 = 0;
    }
    int all = pixels + more;
    int p = 0;
    while (p < pixels) {
      int size = width > LANES ? size(pixels - p) : sizeOfOneVector(pixels - p);
      while (size > FEW && p == 0 && size > all) {
        size = size == MOST ? MEDIUM : FEW;
      }
      int from = p == 0 ? 0 : Math.min(p, pixels - size);
      tile(size, x, x0, taps, b, column, width, start, s0, f, c, c0, from, all, check);
      p = from + size;
    }
  }

  /** Pixels of the next tile where so many are left. */
  private static int size(int left) {
    return left > FEW ? MANY : FEW;
  }

  /** The same for one vector of columns: rather two tiles in the middle than the smallest. */
  private static int sizeOfOneVector(int left) {
    if (left > MEDIUM) {
      return left > MOST && left <= 2 * MEDIUM ? MEDIUM : MOST;
    }
    return left > FEW ? MEDIUM : FEW;
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
    if (width > LANES && size == MEDIUM) {
      IndirectTiles.eightByTwo(
          x, xp, taps, d, b0, bias, bias0, lowest, highest, to, to0, ldc, check);
    } else if (width > LANES && size == MANY) {
      IndirectTiles.sixByTwo(x, xp, taps, d, b0, bias, bias0, lowest, highest, to, to0, ldc, check);
    } else if (width > LANES) {
      IndirectTiles.fourByTwo(
          x, xp, taps, d, b0, bias, bias0, lowest, highest, to, to0, ldc, check);
    } else if (size == MOST) {
      IndirectTiles.twelveByOne(
          x, xp, taps, d, b0, bias, bias0, lowest, highest, to, to0, ldc, check);
    } else if (size == MEDIUM) {
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
