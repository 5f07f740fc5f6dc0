package dev.sardonyx.runtime.simd;

/**
 * The matrix product of the vector provider: the blocks and remainders around {@link
 * GemmWideTiles}, where vectors come with 16 registers, and around {@link GemmWholeTiles} and
 * {@link GemmTiles} where they come with 32.
 *
 * <p>Loops from outside in: blocks of rows; blocks of k; panels; tile rows. The block of A stays in
 * the second-level cache while B streams past it. Where tiles do all that follows a sum, it is a
 * group of panels that stays there ({@link #wholeTiles}). Each element is one chain of
 * multiply-adds in ascending k that starts with the bias; it is stored and reloaded between blocks
 * of k, which changes no bit.
 */
final class VectorGemm {
  /** Most rows in a block: their part of A stays in a second-level cache of 1 MB. */
  private static final int ROWS = 288;

  /** Blocks have a multiple of this many rows, of which every tile's rows are a part. */
  private static final int ROW_UNIT = 24;

  private static final int PANEL = PackedMatrix.PANEL;
  private static final int WIDTH = GemmTiles.WIDTH;

  /** Then tiles of {@link GemmWideTiles} are better than those of eight rows. */
  private static final boolean FEW_REGISTERS = GemmTiles.ROWS < 8;

  private static final float[] ZEROS = new float[PANEL];
  private static final float[] MINUS_ZEROS = VectorShortGemm.MINUS_ZEROS;

  /**
   * k in a block: a panel of B takes 48 KB, so that it streams from the second-level cache. Higher
   * tiles read B less often, so that what counts is to store and load C seldom and to read weights
   * from memory in one go: then a panel may take 384 KB.
   */
  static final int DEPTH = FEW_REGISTERS ? 384 : 3072;

  /** Floats of B that are multiplied with all rows of a block before the next. */
  private static final int GROUP = 32 * 1024;

  /** Takes a block of A, interleaved. */
  private static final ThreadLocal<float[]> PACKED =
      ThreadLocal.withInitial(() -> new float[ROWS * DEPTH + GemmWideTiles.STEP]);

  /** Takes the last panel's columns, padding included, before they are copied to C. */
  private static final ThreadLocal<float[]> EDGE =
      ThreadLocal.withInitial(() -> new float[ROWS * PANEL]);

  private static final ThreadLocal<float[]> BIAS = ThreadLocal.withInitial(() -> new float[PANEL]);

  /** See {@link IntegerClip}. */
  private static final ThreadLocal<float[]> CHECK =
      ThreadLocal.withInitial(() -> new float[GemmTiles.LANES]);

  /** Has {@link #fetch} done, though nobody wants what it returns. */
  static int fetched;

  private VectorGemm() {}

  /** Whether sums come in parts that have tiles of their own: {@link GemmWholeTiles} take none. */
  static boolean splits(int k) {
    return !FEW_REGISTERS && k > DEPTH;
  }

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
    int column = Math.min(panelFrom * PANEL, b.n());
    int columns = Math.min(panelTo * PANEL, b.n()) - column;
    if (columns == 0) {
      return;
    }
    boolean over = residual == c && residualOffset == cOffset;
    // Tiles that store a sum once add a residual just before they write to its place.
    boolean isWhole = !FEW_REGISTERS && b.k() <= DEPTH && columns % PANEL == 0;
    int limit =
        over && !isWhole ? Math.max(1, ResidualCopy.FLOATS / ldc / ROW_UNIT) * ROW_UNIT : ROWS;
    // Blocks of equal size: a small rest would have to wait for all of B once more.
    int atMost = Math.min(ROWS, limit);
    int blocks = (rowTo - rowFrom + atMost - 1) / atMost;
    int most = blocks == 0 ? 0 : (rowTo - rowFrom + blocks - 1) / blocks;
    int size = (most + ROW_UNIT - 1) / ROW_UNIT * ROW_UNIT;
    for (int row = rowFrom; row < rowTo; row += size) {
      int rows = Math.min(size, rowTo - row);
      int at = cOffset + row * ldc + column;
      float[] added = residual;
      int addedAt = residualOffset + row * ldc;
      if (over && (!isWhole || rows < GemmTiles.ROWS)) {
        added = ResidualCopy.of(residual, addedAt + column, ldc, rows, columns);
        addedAt = -column;
      }
      int done =
          VectorShortGemm.rows(
              kernels,
              a,
              aOffset + row * lda,
              lda,
              b,
              c,
              cOffset + row * ldc,
              ldc,
              rows,
              panelFrom,
              panelTo,
              epilogue,
              added,
              addedAt);
      if (done < rows) {
        block(
            kernels,
            a,
            aOffset + (row + done) * lda,
            lda,
            b,
            c,
            cOffset + (row + done) * ldc,
            ldc,
            rows - done,
            panelFrom,
            panelTo,
            epilogue,
            added,
            addedAt + done * ldc);
      }
      epilogue.prelu(kernels, c, at, ldc, rows, columns, column);
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
    if (rows == 1) {
      VectorGemv.gemv(kernels, a, a0, b, c, c0, panelFrom, panelTo, epilogue, residual, r0);
      return;
    }
    int k = 0;
    do {
      int depth = Math.min(DEPTH, b.k() - k);
      boolean last = k + depth == b.k();
      int panel = panelFrom;
      float[] packed = ZEROS;
      if (FEW_REGISTERS) {
        packed = PACKED.get();
        interleave(a, a0 + k, lda, rows, depth, packed);
      }
      UnaryFunction f = epilogue.activation();
      boolean whole = k == 0 && last;
      // The large tiles can do all that follows a sum, if it is no more than clipping.
      boolean clips =
          FEW_REGISTERS
              ? f.clips() && last && depth % GemmWideTiles.STEP == 0
              : whole && IntegerClip.knows(f);
      if (whole && !FEW_REGISTERS && rows >= GemmTiles.ROWS) {
        boolean bounds = clipsInWholeTiles(f, residual);
        int end = suitsTwoVectors(b, panelTo, bounds) ? panelTo : panelTo - 1;
        if (clips && panelFrom == 0 && runsOver(b, panelTo, ldc, rows)) {
          runOver(kernels, a, a0, lda, b, c, c0, ldc, rows, epilogue, residual, r0);
          panelTo--;
        }
        wholeTiles(kernels, a, a0, lda, b, c, c0, ldc, rows, panel, end, epilogue, residual, r0);
        UnaryFunction inTiles = bounds && residual == null ? f : UnaryFunction.IDENTITY;
        if (!IntegerClip.isRight(inTiles, CHECK.get())) {
          Epilogue once = new Epilogue(epilogue.bias(), f, null);
          PortableKernels.INSTANCE.gemm(
              a, a0, lda, b, c, c0, ldc, 0, rows, panel, end, once, null, 0);
        }
        panel = end;
        int rest = rows % 8;
        if (rest > 0 && panel * PANEL > b.n()) {
          int done = rows - rest;
          block(
              kernels,
              a,
              a0 + done * lda,
              lda,
              b,
              c,
              c0 + done * ldc,
              ldc,
              rest,
              panel - 1,
              panel,
              epilogue,
              residual,
              r0 + done * ldc);
        }
      }
      for (; panel < panelTo; panel++) {
        int column = panel * PANEL;
        int width = b.width(panel);
        int ci = c0 + column;
        int ri = r0 + column;
        boolean isNarrow = whole && isNarrow(rows, width);
        if (width < PANEL && !isNarrow) {
          edge(a, a0 + k, lda, packed, b, panel, k, depth, rows, epilogue);
          if (last) {
            finish(kernels, f, EDGE.get(), 0, PANEL, c, ci, ldc, rows, width, residual, ri);
          }
          continue;
        }
        float[] start = k > 0 ? c : epilogue.bias() == null ? ZEROS : epilogue.bias();
        int s0 = k > 0 ? ci : epilogue.bias() == null ? 0 : column;
        int lds = k > 0 ? ldc : 0;
        int b0 = b.panelOffset(panel) + k * PANEL;
        boolean adds = clips && residual != null;
        float[] added = adds ? residual : MINUS_ZEROS;
        int added0 = adds ? ri : 0;
        int ldr = adds ? ldc : 0;
        float lowest = clips ? f.lowest() : Float.NEGATIVE_INFINITY;
        float highest = clips ? f.highest() : Float.POSITIVE_INFINITY;
        int done = 0;
        if (FEW_REGISTERS) {
          done =
              wideTiles(
                  a, a0 + k, lda, packed, b.data(), b0, depth, start, s0, lds, added, added0, ldr,
                  lowest, highest, c, ci, ldc, rows);
        } else if (isNarrow) {
          done =
              narrowTiles(
                  a,
                  a0,
                  lda,
                  b.data(),
                  b0,
                  depth,
                  start,
                  s0,
                  added,
                  added0,
                  ldr,
                  clips ? f : UnaryFunction.IDENTITY,
                  c,
                  ci,
                  ldc,
                  rows);
        } else {
          tiles(a, a0 + k, lda, b.data(), b0, depth, start, s0, lds, c, ci, ldc, rows, PANEL);
        }
        if (last && !(clips && done == rows)) {
          int row = clips ? done : 0;
          int at = ci + row * ldc;
          finish(kernels, f, c, at, ldc, c, at, ldc, rows - row, width, residual, ri + row * ldc);
        }
      }
      k += depth;
    } while (k < b.k());
  }

  /** The last panel, if it is narrower than the others, into {@link #EDGE}. */
  private static void edge(
      float[] a,
      int a0,
      int lda,
      float[] packed,
      PackedMatrix b,
      int panel,
      int k,
      int depth,
      int rows,
      Epilogue epilogue) {
    float[] edge = EDGE.get();
    int width = b.width(panel);
    float[] start = k > 0 ? edge : padded(epilogue.bias(), panel * PANEL, width);
    int lds = k > 0 ? PANEL : 0;
    int b0 = b.panelOffset(panel) + k * PANEL;
    if (FEW_REGISTERS && width > WIDTH) {
      wideTiles(
          a,
          a0,
          lda,
          packed,
          b.data(),
          b0,
          depth,
          start,
          0,
          lds,
          MINUS_ZEROS,
          0,
          0,
          Float.NEGATIVE_INFINITY,
          Float.POSITIVE_INFINITY,
          edge,
          0,
          PANEL,
          rows);
    } else {
      tiles(a, a0, lda, b.data(), b0, depth, start, 0, lds, edge, 0, PANEL, rows, width);
    }
  }

  /** Residual and activation; the bias is in the sums. */
  static void finish(
      Kernels kernels,
      UnaryFunction f,
      float[] x,
      int x0,
      int ldx,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int columns,
      float[] residual,
      int r0) {
    if (x == c && residual == null && !VectorEpilogue.isCheap(f)) {
      Epilogue.finish(f, kernels, c, c0, ldc, rows, columns, null, 0, 0);
      return;
    }
    for (int j = 0; j < columns; j += PANEL) {
      int n = Math.min(PANEL, columns - j);
      VectorEpilogue.apply(
          kernels, MINUS_ZEROS, 0, f, x, x0 + j, ldx, c, c0 + j, ldc, rows, n, residual, r0 + j);
    }
  }

  /** The part of a bias, or of zeros, that belongs to one panel, in an array as long as that. */
  static float[] padded(float[] bias, int column, int width) {
    if (bias == null) {
      return ZEROS;
    }
    float[] padded = BIAS.get();
    System.arraycopy(bias, column, padded, 0, width);
    return padded;
  }

  /**
   * Some rows × one block of k × one panel.
   *
   * @param packed the rows as {@link #interleave} leaves them
   * @return how many of them have the residual and are clipped
   */
  private static int wideTiles(
      float[] a,
      int a0,
      int lda,
      float[] packed,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int s0,
      int lds,
      float[] residual,
      int r0,
      int ldr,
      float lowest,
      float highest,
      float[] c,
      int c0,
      int ldc,
      int rows) {
    int whole = depth - depth % GemmWideTiles.STEP;
    int triples = GemmWideTiles.triples(rows);
    int r = 0;
    for (; r < triples; r += 3) {
      GemmWideTiles.tile3(
          packed,
          r * whole,
          b,
          b0,
          whole,
          start,
          s0 + r * lds,
          lds,
          residual,
          r0 + r * ldr,
          ldr,
          lowest,
          highest,
          c,
          c0 + r * ldc,
          ldc);
    }
    for (; r < rows; r += 2) {
      GemmWideTiles.tile2(
          packed, r * whole, b, b0, whole, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
    }
    if (whole < depth) {
      int last = b0 + whole * PANEL;
      for (int i = 0; i < rows; i++) {
        int at = c0 + i * ldc;
        GemmWideTiles.tile1(a, a0 + i * lda + whole, b, last, depth - whole, c, at, c, at);
      }
    }
    return triples;
  }

  /** Packs rows of A for tiles of three and two. */
  private static void interleave(float[] a, int a0, int lda, int rows, int depth, float[] packed) {
    int whole = depth - depth % GemmWideTiles.STEP;
    int triples = GemmWideTiles.triples(rows);
    int r = 0;
    for (; r < triples; r += 3) {
      GemmWideTiles.interleave3(a, a0 + r * lda, lda, whole, packed, r * whole);
    }
    for (; r < rows; r += 2) {
      GemmWideTiles.interleave2(a, a0 + r * lda, lda, whole, packed, r * whole);
    }
  }

  /** Whether {@link GemmWholeTiles#narrowTile} suits a last panel of such a width. */
  private static boolean isNarrow(int rows, int width) {
    return !FEW_REGISTERS && width == GemmTiles.LANES && rows >= GemmTiles.ROWS;
  }

  /**
   * Whether a last panel that does not fill a vector may be computed with the zero columns that pad
   * it: what is superfluous lies where the next row begins, which is written afterwards.
   */
  private static boolean runsOver(PackedMatrix b, int panelTo, int ldc, int rows) {
    return panelTo == b.panels()
        && panelTo > 1
        && ldc == b.n()
        && b.width(panelTo - 1) < GemmTiles.LANES
        && rows >= 2 * GemmTiles.ROWS;
  }

  /** The last panel, if it {@link #runsOver}; the last rows, behind which nothing is, as others. */
  private static void runOver(
      Kernels kernels,
      float[] a,
      int a0,
      int lda,
      PackedMatrix b,
      float[] c,
      int c0,
      int ldc,
      int rows,
      Epilogue epilogue,
      float[] residual,
      int r0) {
    int panel = b.panels() - 1;
    int column = panel * PANEL;
    int last = GemmTiles.ROWS;
    int done = rows - last;
    block(
        kernels,
        a,
        a0 + done * lda,
        lda,
        b,
        c,
        c0 + done * ldc,
        ldc,
        last,
        panel,
        panel + 1,
        epilogue,
        residual,
        r0 + done * ldc);
    narrowTiles(
        a,
        a0,
        lda,
        b.data(),
        b.panelOffset(panel),
        b.k(),
        padded(epilogue.bias(), column, b.width(panel)),
        0,
        residual == null ? MINUS_ZEROS : residual,
        residual == null ? 0 : r0 + column,
        residual == null ? 0 : ldc,
        epilogue.activation(),
        c,
        c0 + column,
        ldc,
        done);
  }

  /**
   * Whether the last panel before {@code panelTo} can be computed in pairs of vectors, the last of
   * which overlap if it is narrower than the others; functions that do not clip would be applied
   * twice.
   */
  private static boolean suitsTwoVectors(PackedMatrix b, int panelTo, boolean clips) {
    int width = b.width(panelTo - 1);
    int rest = width % WIDTH;
    return width == PANEL || clips && (rest == 0 || rest > GemmTiles.LANES);
  }

  /** Whether whole tiles do all that follows a sum, adding a residual unless it is null. */
  private static boolean clipsInWholeTiles(UnaryFunction f, float[] residual) {
    return residual == null ? IntegerClip.knows(f) : IntegerClip.isOpen(f);
  }

  /**
   * At least eight rows × all of k × panels; of a last panel that is narrower than the others, only
   * rows that come to eight. A group of panels stays in the second-level cache while the rows pass,
   * eight at a time, so that what is read and written of C and the residual is in long pieces,
   * which a processor foresees.
   */
  private static void wholeTiles(
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
    int panels = panelTo - panelFrom;
    int most = Math.max(1, GROUP / (PANEL * Math.max(1, b.k())));
    int groups = (panels + most - 1) / most;
    for (int group = 0; group < groups; group++) {
      int from = panelFrom + group * panels / groups;
      int to = panelFrom + (group + 1) * panels / groups;
      if (b.isFar()) {
        fetched = fetch(b.data(), b.panelOffset(from), b.panelOffset(to));
      }
      for (int r = 0; r < rows; r += 8) {
        eightRows(
            kernels,
            a,
            a0 + r * lda,
            lda,
            b,
            c,
            c0 + r * ldc,
            ldc,
            Math.min(8, rows - r),
            from,
            to,
            epilogue,
            residual,
            r0 + r * ldc);
      }
    }
  }

  /**
   * Reads every cache line from {@code from} to before {@code to}. Loads alone overlap as many as
   * the processor can have under way; tiles, with so much else to do for each line, wait for it.
   *
   * @return something made of all of them
   */
  private static int fetch(float[] b, int from, int to) {
    int bits = 0;
    for (int i = from; i < to; i += CacheLine.FLOATS) {
      bits ^= Float.floatToRawIntBits(b[i]);
    }
    return bits;
  }

  /** {@link #wholeTiles} for at most eight rows. */
  private static void eightRows(
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
    float[] bias = epilogue.bias() == null ? ZEROS : epilogue.bias();
    int hasBias = epilogue.bias() == null ? 0 : 1;
    UnaryFunction f = epilogue.activation();
    boolean clips = rows == 8 && clipsInWholeTiles(f, residual);
    UnaryFunction inTiles = clips && residual == null ? f : UnaryFunction.IDENTITY;
    int lowest = IntegerClip.lowest(inTiles);
    int highest = IntegerClip.highest(inTiles);
    int bound = IntegerClip.bound(f);
    float[] check = CHECK.get();
    int first = panelFrom * PANEL;
    int end = Math.min(panelTo * PANEL, clips ? b.n() : b.n() / PANEL * PANEL);
    if (end <= first) {
      return;
    }
    float[] added = residual;
    int added0 = r0;
    if (!clips && residual == c && r0 == c0) {
      added = ResidualCopy.of(residual, r0 + first, ldc, rows, end - first);
      added0 = -first;
    }
    for (int column = first; column < end; column += WIDTH) {
      int b0 = b.panelOffset(column / PANEL) + column % PANEL;
      int bias0 = hasBias * column;
      int right = Math.min(WIDTH, end - column) - GemmTiles.LANES;
      if (rows < 8) {
        rest(a, a0, lda, b.data(), b0, b.k(), bias, bias0, 0, c, c0 + column, ldc, rows);
      } else if (clips && residual != null) {
        GemmWholeTiles.tileWithResidual(
            a,
            a0,
            lda,
            b.data(),
            b0,
            b.k(),
            right,
            bias,
            bias0,
            residual,
            r0 + column,
            ldc,
            bound,
            c,
            c0 + column,
            ldc);
      } else {
        GemmWholeTiles.tile(
            a,
            a0,
            lda,
            b.data(),
            b0,
            b.k(),
            right,
            bias,
            bias0,
            lowest,
            highest,
            c,
            c0 + column,
            ldc,
            check);
      }
    }
    if (!clips) {
      int at = c0 + first;
      finish(kernels, f, c, at, ldc, c, at, ldc, rows, end - first, added, added0 + first);
    }
  }

  /** {@link #wholeTiles} for a panel that {@link #isNarrow}, or {@link #runsOver}. */
  private static int narrowTiles(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] bias,
      int bias0,
      float[] residual,
      int r0,
      int ldr,
      UnaryFunction f,
      float[] c,
      int c0,
      int ldc,
      int rows) {
    for (int first = 0; first < rows; first += 8) {
      // Together with rows that have been done already.
      int r = Math.min(first, rows - 8);
      GemmWholeTiles.narrowTile(
          a,
          a0 + r * lda,
          lda,
          b,
          b0,
          depth,
          bias,
          bias0,
          residual,
          r0 + r * ldr,
          ldr,
          IntegerClip.bound(f),
          IntegerClip.highest(f),
          c,
          c0 + r * ldc,
          ldc);
    }
    return rows;
  }

  /** Some rows × one block of k × the columns up to {@code width}. */
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
      int rows,
      int width) {
    int most = FEW_REGISTERS ? 0 : rows & -8;
    for (int column = 0; column < width; column += WIDTH) {
      int bi = b0 + column;
      int si = s0 + column;
      int ci = c0 + column;
      if (!FEW_REGISTERS && width - column <= GemmTiles.LANES) {
        for (int r = 0; r < most; r += 8) {
          GemmTiles.tile8Narrow(
              a, a0 + r * lda, lda, b, bi, depth, start, si + r * lds, lds, c, ci + r * ldc, ldc);
        }
      } else {
        for (int r = 0; r < most; r += 8) {
          GemmTiles.tile8(
              a, a0 + r * lda, lda, b, bi, depth, start, si + r * lds, lds, c, ci + r * ldc, ldc);
        }
      }
      int at = a0 + most * lda;
      rest(
          a,
          at,
          lda,
          b,
          bi,
          depth,
          start,
          si + most * lds,
          lds,
          c,
          ci + most * ldc,
          ldc,
          rows - most);
    }
  }

  /** Rows by smaller tiles, of columns that such a tile has. */
  private static void rest(
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
    for (; FEW_REGISTERS && r + 6 <= rows; r += 6) {
      GemmTiles.tile6(
          a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
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
}
