package dev.sardonyx.runtime.simd;

/**
 * The matrix product of the vector provider: the blocks and remainders around {@link GemmTiles} and
 * {@link GemmWideTiles}.
 *
 * <p>Loops from outside in: blocks of rows; blocks of k; groups of panels, whose part of B stays in
 * the second-level cache; bands of rows, so that C and the residual are read and written in long
 * pieces; panels of the group; tile rows. Blocks of k are taken in ascending order and C is stored
 * and reloaded between them, which changes no bit.
 */
final class VectorGemm {
  /** k in a block: a panel of B takes 48 KB, so that it streams from the second-level cache. */
  private static final int DEPTH = 384;

  /** Most rows in a block: their part of A takes half of a second-level cache of 1 MB. */
  private static final int ROWS = 288;

  /** Blocks have a multiple of this many rows, of which every tile's rows are a part. */
  private static final int ROW_UNIT = 24;

  /** Rows whose results are still in the first-level cache when the epilogue comes. */
  private static final int BAND = 24;

  /** Fewer rows than these are not worth a band of their own: one row takes as long as two. */
  private static final int SMALL_BAND = 4;

  /** Floats of B that all bands are multiplied with in turn: half of a second-level cache. */
  private static final int GROUP = 128 * 1024;

  private static final int PANEL = PackedMatrix.PANEL;
  private static final int WIDTH = GemmTiles.WIDTH;

  /** 256-bit vectors come with 16 registers, the others with 32. */
  private static final boolean FEW_REGISTERS = GemmTiles.LANES == 8;

  private static final float[] ZEROS = new float[PANEL];

  /** Takes the last panel's columns, padding included, before they are copied to C. */
  private static final ThreadLocal<float[]> EDGE =
      ThreadLocal.withInitial(() -> new float[ROWS * PANEL]);

  private VectorGemm() {}

  static void gemm(
      Kernels kernels,
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
      int residualOffset) {
    // Blocks of equal size: a small rest would have to wait for all of B once more.
    int blocks = (rowTo - rowFrom + ROWS - 1) / ROWS;
    int most = blocks == 0 ? 0 : (rowTo - rowFrom + blocks - 1) / blocks;
    int size = (most + ROW_UNIT - 1) / ROW_UNIT * ROW_UNIT;
    for (int row = rowFrom; row < rowTo; row += size) {
      int end = Math.min(size + row, rowTo);
      int done =
          row
              + VectorShortGemm.rows(
                  kernels,
                  a,
                  aOffset + row * lda,
                  lda,
                  b,
                  c,
                  cOffset + row * ldc,
                  ldc,
                  end - row,
                  panelFrom,
                  panelTo,
                  epilogue,
                  residual,
                  residualOffset + row * ldc);
      if (done == end) {
        continue;
      }
      block(
          kernels,
          a,
          aOffset + done * lda,
          lda,
          b,
          c,
          cOffset + done * ldc,
          ldc,
          end - done,
          panelFrom,
          panelTo,
          epilogue,
          residual,
          residualOffset + done * ldc);
    }
  }

  private static void block(
      Kernels kernels,
      float[] a,
      int a0,
      int lda,
      PackedMatrix b,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int panelFrom,
      int panelTo,
      Epilogue epilogue,
      float[] residual,
      int r0) {
    int k = 0;
    do {
      int depth = Math.min(DEPTH, b.k() - k);
      boolean last = k + depth == b.k();
      // Where the chains of this block of k start, for column 0 of C.
      boolean inC = k > 0;
      float[] start = inC ? c : ZEROS;
      int s0 = inC ? c0 : 0;
      int lds = inC ? ldc : 0;
      int step = inC ? 1 : 0;
      int panel = panelFrom;
      if (rows == 1) {
        panel = wholePanels(b, panelFrom, panelTo);
        int column = panelFrom * PANEL;
        int columns = panel * PANEL - column;
        singleRow(a, a0 + k, b, k, depth, start, s0, step, c, c0, panelFrom, panel);
        if (last) {
          int at = c0 + column;
          int ri = r0 + column;
          VectorEpilogue.apply(
              kernels, epilogue, c, at, ldc, c, at, ldc, 1, columns, column, residual, ri);
        }
      }
      int group = Math.max(1, GROUP / Math.max(1, depth * PANEL));
      for (; panel < panelTo; panel += group) {
        int groupTo = Math.min(panelTo, panel + group);
        int band;
        for (int r = 0; r < rows; r += band) {
          band = rows - r < BAND + SMALL_BAND ? rows - r : BAND;
          for (int p = panel; p < groupTo; p++) {
            band(
                kernels,
                a,
                a0 + k + r * lda,
                lda,
                b,
                p,
                k,
                depth,
                last,
                start,
                s0 + r * lds,
                lds,
                step,
                c,
                c0 + r * ldc,
                ldc,
                r,
                band,
                epilogue,
                residual,
                r0 + r * ldc);
          }
        }
      }
      k += depth;
    } while (k < b.k());
  }

  /** One band of rows times one panel. */
  private static void band(
      Kernels kernels,
      float[] a,
      int ai,
      int lda,
      PackedMatrix b,
      int panel,
      int k,
      int depth,
      boolean last,
      float[] start,
      int s0,
      int lds,
      int step,
      float[] c,
      int c0,
      int ldc,
      int row,
      int rows,
      Epilogue epilogue,
      float[] residual,
      int r0) {
    int column = panel * PANEL;
    int width = b.width(panel);
    // The columns from there on do not fill a tile and make a detour.
    int direct = width == PANEL ? width : width & -WIDTH;
    int ci = c0 + column;
    if (direct > 0) {
      int s = s0 + column * step;
      panel(a, ai, lda, b, panel, k, depth, start, s, lds, c, ci, ldc, rows, 0, direct);
    }
    if (direct < width) {
      edge(a, ai, lda, b, panel, k, depth, row, rows, direct, width);
    }
    if (last && direct > 0) {
      int ri = r0 + column;
      VectorEpilogue.apply(
          kernels, epilogue, c, ci, ldc, c, ci, ldc, rows, direct, column, residual, ri);
    }
    if (last && direct < width) {
      int edge = column + direct;
      VectorEpilogue.apply(
          kernels,
          epilogue,
          EDGE.get(),
          row * PANEL + direct,
          PANEL,
          c,
          ci + direct,
          ldc,
          rows,
          width - direct,
          edge,
          residual,
          r0 + edge);
    }
  }

  /** The columns from {@code direct} to {@code width} of a panel, into {@link #EDGE}. */
  private static void edge(
      float[] a,
      int a0,
      int lda,
      PackedMatrix b,
      int panel,
      int k,
      int depth,
      int row,
      int rows,
      int direct,
      int width) {
    float[] edge = EDGE.get();
    float[] start = k == 0 ? ZEROS : edge;
    int at = row * PANEL;
    int s0 = k == 0 ? 0 : at;
    int lds = k == 0 ? 0 : PANEL;
    panel(a, a0, lda, b, panel, k, depth, start, s0, lds, edge, at, PANEL, rows, direct, width);
  }

  /**
   * Some rows × one block of k × the tiles of one panel that have columns between {@code from} and
   * {@code to}.
   */
  private static void panel(
      float[] a,
      int a0,
      int lda,
      PackedMatrix b,
      int panel,
      int k,
      int depth,
      float[] start,
      int s0,
      int lds,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int from,
      int to) {
    int b0 = b.panelOffset(panel) + k * PANEL;
    int column = from;
    if (FEW_REGISTERS) {
      for (; column + WIDTH < to; column += GemmWideTiles.WIDTH) {
        wideTiles(
            a,
            a0,
            lda,
            b.data(),
            b0 + column,
            depth,
            start,
            s0 + column,
            lds,
            c,
            c0 + column,
            ldc,
            rows);
      }
    }
    for (; column < to; column += WIDTH) {
      tiles(
          a,
          a0,
          lda,
          b.data(),
          b0 + column,
          depth,
          start,
          s0 + column,
          lds,
          c,
          c0 + column,
          ldc,
          rows);
    }
  }

  private static void wideTiles(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int s0,
      int lds,
      float[] c,
      int c0,
      int ldc,
      int rows) {
    int even = depth - depth % 2;
    int r = 0;
    // Four rows that are left are two pairs: a single row would leave the units waiting for sums.
    int pairs = rows % 3 == 1 && rows > 1 ? 4 : rows % 3;
    for (; r < rows - pairs; r += 3) {
      GemmWideTiles.tile3(
          a, a0 + r * lda, lda, b, b0, even, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
    }
    if (even < depth) {
      int last = b0 + even * PANEL;
      for (int i = 0; i < r; i++) {
        int at = c0 + i * ldc;
        GemmWideTiles.tile1(a, a0 + i * lda + even, lda, b, last, 1, c, at, ldc, c, at, ldc);
      }
    }
    for (; r + 2 <= rows; r += 2) {
      GemmWideTiles.tile2(
          a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
    }
    if (r < rows) {
      GemmWideTiles.tile1(
          a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
    }
  }

  private static void tiles(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int s0,
      int lds,
      float[] c,
      int c0,
      int ldc,
      int rows) {
    int r = 0;
    if (FEW_REGISTERS) {
      for (; r + 6 <= rows; r += 6) {
        GemmTiles.tile6(
            a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
      }
    } else {
      for (; r + 8 <= rows; r += 8) {
        GemmTiles.tile8(
            a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
      }
    }
    if (r + 4 <= rows) {
      GemmTiles.tile4(
          a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
      r += 4;
    }
    if (r + 2 <= rows) {
      GemmTiles.tile2(
          a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
      r += 2;
    }
    if (r < rows) {
      GemmTiles.tile1(
          a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
    }
  }

  /** The end of as many whole panels as come in groups of eight vectors. */
  private static int wholePanels(PackedMatrix b, int panelFrom, int panelTo) {
    int step = Math.max(1, 4 * WIDTH / PANEL);
    int whole = panelTo > panelFrom && b.width(panelTo - 1) < PANEL ? panelTo - 1 : panelTo;
    return panelFrom + (whole - panelFrom) / step * step;
  }

  /** A single row times whole panels. */
  private static void singleRow(
      float[] a,
      int a0,
      PackedMatrix b,
      int k,
      int depth,
      float[] start,
      int s0,
      int step,
      float[] c,
      int c0,
      int panelFrom,
      int panelTo) {
    int row = k * PANEL;
    for (int column = panelFrom * PANEL; column < panelTo * PANEL; column += 4 * WIDTH) {
      int n1 = column + WIDTH;
      int n2 = n1 + WIDTH;
      int n3 = n2 + WIDTH;
      GemmTiles.tile1Wide(
          a,
          a0,
          b.data(),
          row + place(b, column),
          row + place(b, n1),
          row + place(b, n2),
          row + place(b, n3),
          depth,
          start,
          s0 + column * step,
          s0 + n1 * step,
          s0 + n2 * step,
          s0 + n3 * step,
          c,
          c0 + column,
          c0 + n1,
          c0 + n2,
          c0 + n3);
    }
  }

  private static int place(PackedMatrix b, int column) {
    return b.panelOffset(column / PANEL) + column % PANEL;
  }
}
