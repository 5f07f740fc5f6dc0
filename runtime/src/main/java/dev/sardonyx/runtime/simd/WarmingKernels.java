package dev.sardonyx.runtime.simd;

import dev.sardonyx.runtime.simd.UnaryFunction.Op;
import dev.sardonyx.runtime.simd.Warmup.Switch;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The vector kernels, for each of which its portable twin stands in until C2 has compiled it: see
 * {@link Warmup}. Since both give the same bits, nobody can tell.
 */
final class WarmingKernels implements Kernels {
  private static final Kernels PORTABLE = PortableKernels.INSTANCE;
  private static final Kernels VECTOR = VectorKernels.INSTANCE;

  /** Rows and columns of dummy blocks; the columns fill vectors of any length and leave a rest. */
  private static final int ROWS = 2;

  private static final int COLUMNS = 67;

  /**
   * Rows for kernels that call a method for each: C2 compiles what is called more than 5000 times.
   */
  private static final int LINES = 8;

  /** Rows of a product of long sums: two of the highest tiles where the last one is special. */
  private static final int LONG_ROWS = GemmTiles.ROWS == 8 ? 16 : GemmTiles.ROWS;

  /** Pixels for {@link #indirectGemm}: 9 take one tile that runs over, or two, and 36 take more. */
  private static final int FEW_PIXELS = 9;

  private static final int DUMMY_PIXELS = 4 * FEW_PIXELS;

  /** Leaves to this what it has no code for, so that it is stood in for as well. */
  private final Kernels vector = new VectorKernels(this);

  private final Warmup warmup = new Warmup(VECTOR, PORTABLE);

  /** By {@link #gemmSwitch}'s variant, then by activation; there is none before it is asked for. */
  private final List<Map<Op, Switch>> gemm =
      Stream.<Map<Op, Switch>>generate(() -> new EnumMap<>(Op.class)).limit(128).toList();

  private final Switch gemmOfColumns = new Switch();
  private final Map<Op, Switch> indirectGemm = Warmup.switches(Op.class);
  private final Map<Op, Switch> indirectGemmWithResidual = Warmup.switches(Op.class);
  private final Switch doubleGemm = new Switch();
  private final Map<Op, Switch> unary = Warmup.switches(Op.class);
  private final Map<BinaryOp, Switch> binary = Warmup.switches(BinaryOp.class);
  private final Map<BinaryOp, Switch> binaryScalar = Warmup.switches(BinaryOp.class);
  private final Map<BinaryOp, Switch> scalarBinary = Warmup.switches(BinaryOp.class);
  private final Map<Reduction, Switch> reduce = Warmup.switches(Reduction.class);
  private final Switch scaleShift = new Switch();
  private final Switch sumRows = new Switch();
  private final Switch softmax = new Switch();
  private final Switch attention = new Switch();
  private final Switch logSoftmax = new Switch();
  private final Switch layerNorm = new Switch();
  private final Switch layerNormWithBias = new Switch();
  private final Switch rmsNorm = new Switch();

  /** By the method that {@link #depthwiseVariant} says; then by activation. */
  private final List<Map<Op, Switch>> depthwise =
      Stream.generate(() -> Warmup.switches(Op.class)).limit(8).toList();

  /** By {@link VectorPool#variant}. */
  private final List<Switch> maxPool = Stream.generate(Switch::new).limit(3).toList();

  private final Switch averagePool = new Switch();
  private final Switch copyRows = new Switch();
  private final Switch everySecond = new Switch();
  private final Switch range = new Switch();
  private final Switch quantize = new Switch();
  private final Switch rescale = new Switch();
  private final Switch rescaleWithResidual = new Switch();
  private final Switch widen = new Switch();
  private final Switch lstmCell = new Switch();
  private final Switch gruCell = new Switch();
  private final Map<WinogradTransform, Switch> winograd = Warmup.switches(WinogradTransform.class);
  private final Map<WinogradTransform, Switch> winogradOutput =
      Warmup.switches(WinogradTransform.class);

  /** The kernels to call for what a switch belongs to. */
  private Kernels now(Switch s) {
    return s.isOn() ? vector : PORTABLE;
  }

  @Override
  public String name() {
    return vector.name();
  }

  @Override
  public void gemm(
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
    Switch s = gemmSwitch(b, rowTo - rowFrom, epilogue, residual != null);
    if (!s.isAsked()) {
      requestGemm(s, rowTo - rowFrom, b, epilogue, residual != null);
    }
    now(s)
        .gemm(
            a,
            aOffset,
            lda,
            b,
            c,
            cOffset,
            ldc,
            rowFrom,
            rowTo,
            panelFrom,
            panelTo,
            epilogue,
            residual,
            residualOffset);
  }

  @Override
  public void gemmOfColumns(
      PackedMatrix a, PackedMatrix b, float[] bias, float[] c, int cOffset, int ldc) {
    if (!gemmOfColumns.isAsked()) {
      // Rows and columns that fill tiles, and all that are left over.
      int rows = PackedMatrix.PANEL + 3;
      int columns = PackedMatrix.PANEL + 13;
      PackedMatrix d = PackedMatrix.pack(dummy(16 * rows), 0, rows, 1, 16, rows);
      PackedMatrix e = PackedMatrix.pack(dummy(16 * columns), 0, columns, 1, 16, columns);
      float[] results = dummy(rows * columns);
      warmup.request(
          gemmOfColumns,
          kernels -> {
            kernels.gemmOfColumns(d, e, results, results, 0, columns);
            kernels.gemmOfColumns(d, e, null, results, 0, columns);
          });
    }
    now(gemmOfColumns).gemmOfColumns(a, b, bias, c, cOffset, ldc);
  }

  @Override
  public void indirectGemm(
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
      int residualOffset) {
    Op op = epilogue.activation().op();
    Switch s = (residual == null ? indirectGemm : indirectGemmWithResidual).get(op);
    if (!s.isAsked()) {
      requestIndirectGemm(s, epilogue.activation(), residual != null);
    }
    now(s)
        .indirectGemm(
            x,
            xOffset,
            xStride,
            taps,
            b,
            c,
            cOffset,
            rows,
            pixels,
            epilogue,
            residual,
            residualOffset);
  }

  /** Columns and pixels for all tiles, and for all that may be left of them. */
  private void requestIndirectGemm(Switch s, UnaryFunction f, boolean hasResidual) {
    int wide = 2 * PackedMatrix.PANEL - 1;
    int oneVector = GemmTiles.WIDTH + GemmTiles.LANES - 1;
    int[] taps = new int[16];
    Arrays.setAll(taps, k -> k);
    float[] x = dummy(2 * DUMMY_PIXELS + taps.length);
    float[] c = dummy(2 * DUMMY_PIXELS * wide);
    float[] r = hasResidual ? c.clone() : null;
    Epilogue withBias = Epilogue.of(dummy(wide), f);
    Epilogue without = Epilogue.of(null, f);
    List<PackedMatrix> weights =
        Stream.of(wide, oneVector)
            .map(n -> PackedMatrix.pack(dummy(taps.length * n), 0, n, 1, taps.length, n))
            .toList();
    warmup.request(
        s,
        kernels -> {
          for (PackedMatrix b : weights) {
            for (int pixels = FEW_PIXELS; pixels <= DUMMY_PIXELS; pixels += FEW_PIXELS) {
              kernels.indirectGemm(x, 0, pixels, taps, b, c, 0, 2, pixels, withBias, r, 0);
            }
            kernels.indirectGemm(x, 0, 0, taps, b, c, 0, 1, FEW_PIXELS, without, r, 0);
          }
        });
  }

  private Switch gemmSwitch(PackedMatrix b, int rows, Epilogue epilogue, boolean hasResidual) {
    // Which tiles the columns take that do not fill a panel: just a vector, up to half of it, more.
    int columns = b.n() % PackedMatrix.PANEL;
    int part =
        columns == 0
            ? 0
            : columns == GemmTiles.LANES ? 3 : columns <= PackedMatrix.PANEL / 2 ? 1 : 2;
    int kind =
        rows == 1
            ? 0
            : VectorShortGemm.takes(b, rows) ? 1 + b.k() % 2 : VectorGemm.splits(b.k()) ? 4 : 3;
    int variant = (epilogue.bias() != null ? 64 : 0) + (hasResidual ? 32 : 0) + kind * 4 + part;
    Map<Op, Switch> switches = gemm.get(variant);
    Switch s = switches.get(epilogue.activation().op());
    if (s == null) {
      synchronized (switches) {
        s = switches.computeIfAbsent(epilogue.activation().op(), op -> new Switch());
      }
    }
    return s;
  }

  /**
   * Products with the same tiles, but small: a whole panel and what is left of the columns, a depth
   * as even or odd, and more than a block of k if there is. Fewer than eight rows take the tiles of
   * long sums whatever the depth is.
   */
  private void requestGemm(
      Switch s, int allRows, PackedMatrix all, Epilogue epilogue, boolean hasResidual) {
    boolean isShort = VectorShortGemm.takes(all, allRows);
    int least = isShort ? 12 : allRows == 1 ? 1 : LONG_ROWS;
    int rest = rest(allRows, least);
    int depth =
        (allRows > 1 && VectorGemm.splits(all.k()) ? VectorGemm.DEPTH : 0)
            + 16
            + all.k() % (isShort ? 2 : 4);
    // A single row is multiplied with some panels at a time, then with those that are left.
    int panels = allRows == 1 ? VectorGemv.COLUMNS / PackedMatrix.PANEL + 1 : 1;
    int columns = panels * PackedMatrix.PANEL + all.n() % PackedMatrix.PANEL;
    Epilogue e =
        Epilogue.of(epilogue.bias() == null ? null : dummy(columns), epilogue.activation());
    warmup.request(
        s,
        new Consumer<>() {
          private final float[] a = dummy((least + 1) * depth);
          private final float[] c = dummy((least + 1) * columns);
          private final float[] r = hasResidual ? c.clone() : null;
          private final PackedMatrix near =
              PackedMatrix.pack(dummy(depth * columns), 0, columns, 1, depth, columns);
          private final PackedMatrix far = near.far().descending();
          private boolean isFar;

          @Override
          public void accept(Kernels kernels) {
            isFar = !isFar;
            PackedMatrix b = isFar ? far : near;
            kernels.gemm(a, 0, depth, b, c, 0, columns, 0, least, 0, b.panels(), e, r, 0);
            if (rest > 0) {
              kernels.gemm(a, 0, depth, b, c, 0, columns, 0, rest, 0, b.panels(), e, r, 0);
            }
          }
        });
  }

  /** Rows of a product that leaves rows to the same tiles. */
  private static int rest(int rows, int least) {
    if (least == 16) {
      // All the smaller tiles there are.
      return 7;
    }
    // One row too many is taken together with those before it.
    return rows % least == 1 ? least + 1 : rows % least;
  }

  @Override
  public void gemm(
      double[] a,
      int aOffset,
      int lda,
      PackedDoubles b,
      double[] c,
      int cOffset,
      int ldc,
      int rowFrom,
      int rowTo) {
    if (!doubleGemm.isAsked()) {
      double[] d = new double[5 * COLUMNS];
      double[] e = new double[5 * COLUMNS];
      PackedDoubles matrix = new PackedDoubles(8, COLUMNS);
      warmup.request(
          doubleGemm, kernels -> kernels.gemm(d, 0, COLUMNS, matrix, e, 0, COLUMNS, 0, 5));
    }
    now(doubleGemm).gemm(a, aOffset, lda, b, c, cOffset, ldc, rowFrom, rowTo);
  }

  @Override
  public void unary(
      UnaryFunction f,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n) {
    Switch s = unary.get(f.op());
    if (!s.isAsked()) {
      // Besides what fills some vectors at a time, one that is left; rows side by side and apart.
      int width = COLUMNS + 20;
      float[] d = dummy(ROWS * (width + 1));
      warmup.request(
          s,
          kernels -> {
            kernels.unary(f, d, 0, width, d, 0, width, ROWS, width);
            kernels.unary(f, d, 0, width + 1, d, 0, width + 1, ROWS, width);
          });
    }
    now(s).unary(f, x, xOffset, xStride, y, yOffset, yStride, rows, n);
  }

  @Override
  public void binary(
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
      int n) {
    Switch s = binary.get(op);
    if (!s.isAsked()) {
      int columns = columns(op);
      // PRelu takes four rows together, and then those that are left.
      int some = op == BinaryOp.PRELU ? LINES + 2 : ROWS;
      float[] d = dummy(some * columns);
      warmup.request(
          s, kernels -> kernels.binary(op, d, 0, columns, d, 0, 0, d, 0, columns, some, columns));
    }
    now(s).binary(op, x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
  }

  @Override
  public void binaryScalar(
      BinaryOp op, float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    Switch s = binaryScalar.get(op);
    if (!s.isAsked()) {
      float[] d = dummy(columns(op));
      warmup.request(s, kernels -> kernels.binaryScalar(op, d, 0, 1f, d, 0, d.length));
    }
    now(s).binaryScalar(op, x, xOffset, scalar, z, zOffset, n);
  }

  @Override
  public void scalarBinary(
      BinaryOp op, float scalar, float[] y, int yOffset, float[] z, int zOffset, int n) {
    Switch s = scalarBinary.get(op);
    if (!s.isAsked()) {
      float[] d = dummy(columns(op));
      warmup.request(s, kernels -> kernels.scalarBinary(op, 1f, d, 0, d, 0, d.length));
    }
    now(s).scalarBinary(op, scalar, y, yOffset, z, zOffset, n);
  }

  @Override
  public void reduce(
      Reduction reduction,
      float[] x,
      int xOffset,
      int xStride,
      int rows,
      int n,
      float[] y,
      int yOffset) {
    Switch s = reduce.get(reduction);
    if (!s.isAsked()) {
      float[] d = dummy(LINES * COLUMNS);
      warmup.request(s, kernels -> kernels.reduce(reduction, d, 0, COLUMNS, LINES, COLUMNS, d, 0));
    }
    now(s).reduce(reduction, x, xOffset, xStride, rows, n, y, yOffset);
  }

  @Override
  public void scaleShift(
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
      int n) {
    if (!scaleShift.isAsked()) {
      float[] d = dummy(ROWS * COLUMNS);
      warmup.request(
          scaleShift,
          kernels ->
              kernels.scaleShift(d, 0, COLUMNS, d, d, 0, 0f, 1f, d, 0, COLUMNS, ROWS, COLUMNS));
    }
    now(scaleShift)
        .scaleShift(
            x,
            xOffset,
            xStride,
            scale,
            shift,
            scaleOffset,
            lowest,
            highest,
            y,
            yOffset,
            yStride,
            rows,
            n);
  }

  @Override
  public void sumRows(
      float[] x, int xOffset, int xStride, int rows, int n, float[] y, int yOffset) {
    if (!sumRows.isAsked()) {
      float[] d = dummy(LINES * COLUMNS);
      warmup.request(sumRows, kernels -> kernels.sumRows(d, 0, COLUMNS, LINES - 1, COLUMNS, d, 0));
    }
    now(sumRows).sumRows(x, xOffset, xStride, rows, n, y, yOffset);
  }

  @Override
  public void softmax(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    if (!softmax.isAsked()) {
      float[] d = dummy(LINES * COLUMNS);
      warmup.request(
          softmax, kernels -> kernels.softmax(d, 0, COLUMNS, d, 0, COLUMNS, LINES, COLUMNS));
    }
    now(softmax).softmax(x, xOffset, xStride, y, yOffset, yStride, rows, n);
  }

  @Override
  public void attention(
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
      int yStride) {
    if (!attention.isAsked()) {
      requestAttention(rows, keys.k(), keys.n(), values.n());
    }
    now(attention)
        .attention(
            q,
            qOffset,
            qStride,
            rows,
            keys,
            scale,
            mask,
            maskOffset,
            maskStride,
            values,
            scores,
            y,
            yOffset,
            yStride);
  }

  /** A block for as many keys modulo the sizes of tiles, but few, unless sums are longer then. */
  private void requestAttention(int allRows, int depth, int allKeys, int width) {
    int rows = Math.min(allRows, 27);
    int keys = allKeys <= 256 ? Math.min(allKeys, 32 + allKeys % 32) : 288 + allKeys % 32;
    warmup.request(attention, new DummyAttention(rows, depth, keys, width));
  }

  /** No lambda: one of so many values takes the VM as long to make as a run. */
  private static final class DummyAttention implements Consumer<Kernels> {
    private final int rows;
    private final PackedMatrix k;
    private final PackedMatrix v;
    private final float[] q;
    private final float[] scores;
    private final float[] mask;
    private final float[] y;

    DummyAttention(int rows, int depth, int keys, int width) {
      this.rows = rows;
      k = PackedMatrix.pack(dummy(depth * keys), 0, keys, 1, depth, keys);
      v = PackedMatrix.pack(dummy(keys * width), 0, width, 1, keys, width);
      q = dummy(rows * depth);
      scores = dummy(rows * (k.panels() * PackedMatrix.PANEL + 1));
      mask = new float[k.panels() * PackedMatrix.PANEL];
      y = dummy(rows * width);
    }

    @Override
    public void accept(Kernels kernels) {
      kernels.attention(q, 0, k.k(), rows, k, 1, mask, 0, 0, v, scores, y, 0, v.n());
    }
  }

  @Override
  public void logSoftmax(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    if (!logSoftmax.isAsked()) {
      float[] d = dummy(LINES * COLUMNS);
      warmup.request(
          logSoftmax, kernels -> kernels.logSoftmax(d, 0, COLUMNS, d, 0, COLUMNS, LINES, COLUMNS));
    }
    now(logSoftmax).logSoftmax(x, xOffset, xStride, y, yOffset, yStride, rows, n);
  }

  @Override
  public void layerNorm(
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
      float epsilon) {
    Switch s = bias == null ? layerNorm : layerNormWithBias;
    if (!s.isAsked()) {
      float[] d = dummy(LINES * COLUMNS);
      float[] b = bias == null ? null : d;
      warmup.request(
          s,
          kernels ->
              kernels.layerNorm(d, 0, COLUMNS, d, 0, COLUMNS, LINES, COLUMNS, d, 0, b, 0, 1e-5f));
    }
    now(s)
        .layerNorm(
            x,
            xOffset,
            xStride,
            y,
            yOffset,
            yStride,
            rows,
            n,
            scale,
            scaleOffset,
            bias,
            biasOffset,
            epsilon);
  }

  @Override
  public void rmsNorm(
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
      float epsilon) {
    if (!rmsNorm.isAsked()) {
      float[] d = dummy(LINES * COLUMNS);
      warmup.request(
          rmsNorm,
          kernels -> kernels.rmsNorm(d, 0, COLUMNS, d, 0, COLUMNS, LINES, COLUMNS, d, 0, epsilon));
    }
    now(rmsNorm)
        .rmsNorm(x, xOffset, xStride, y, yOffset, yStride, rows, n, scale, scaleOffset, epsilon);
  }

  @Override
  public void depthwise(
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
      int residualOffset) {
    Switch s = depthwise.get(depthwiseVariant(window, channels)).get(epilogue.activation().op());
    if (!s.isAsked()) {
      requestDepthwise(s, channels, window, epilogue);
    }
    now(s)
        .depthwise(
            x,
            xOffset,
            weights,
            y,
            yOffset,
            channels,
            window,
            rowFrom,
            rowTo,
            epilogue,
            residual,
            residualOffset);
  }

  /** By the method for the window. */
  private static int depthwiseVariant(Window window, int channels) {
    boolean dense = window.strideWidth() == 1;
    if (VectorDepthwiseRows.knows(window, channels)) {
      return window.kernelWidth() == 3 ? 0 : dense ? 1 : 2;
    }
    if (VectorDepthwise3.knows(window, channels)) {
      return dense ? 3 : 4;
    }
    if (VectorDepthwise7.knows(window, channels)) {
      return 5;
    }
    return VectorDepthwise.sharesThreeTaps(window) ? 6 : 7;
  }

  private void requestDepthwise(Switch s, int allChannels, Window window, Epilogue epilogue) {
    int most = VectorDepthwiseRows.MANY_CHANNELS;
    int channels = allChannels < most ? allChannels : most + allChannels % 16;
    Window w = small(window);
    float[] d = dummy(Math.max(w.inHeight() * w.inWidth(), w.taps()) * channels);
    float[] y = dummy(w.outHeight() * w.outWidth() * channels);
    warmup.request(
        s,
        kernels ->
            kernels.depthwise(d, 0, d, y, 0, channels, w, 0, w.outHeight(), epilogue, null, 0));
  }

  @Override
  public void maxPool(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int rowFrom,
      int rowTo) {
    Switch s = maxPool.get(VectorPool.variant(window));
    if (!s.isAsked()) {
      int c = few(channels);
      Window w = small(window);
      float[] d = dummy(w.inHeight() * w.inWidth() * c);
      float[] e = dummy(w.outHeight() * w.outWidth() * c);
      warmup.request(s, kernels -> kernels.maxPool(d, 0, e, 0, c, w, 0, w.outHeight()));
    }
    now(s).maxPool(x, xOffset, y, yOffset, channels, window, rowFrom, rowTo);
  }

  @Override
  public void averagePool(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int rowFrom,
      int rowTo,
      boolean countIncludePad) {
    if (!averagePool.isAsked()) {
      int c = few(channels);
      Window w = small(window);
      float[] d = dummy(w.inHeight() * w.inWidth() * c);
      float[] e = dummy(w.outHeight() * w.outWidth() * c);
      warmup.request(
          averagePool,
          kernels -> kernels.averagePool(d, 0, e, 0, c, w, 0, w.outHeight(), countIncludePad));
    }
    now(averagePool)
        .averagePool(x, xOffset, y, yOffset, channels, window, rowFrom, rowTo, countIncludePad);
  }

  @Override
  public void winograd(
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
      int n) {
    Switch s = winograd.get(transform);
    if (!s.isAsked()) {
      float[] d = dummy(transform.inputs() * COLUMNS);
      float[] e = dummy(transform.outputs() * COLUMNS);
      warmup.request(
          s,
          kernels ->
              kernels.winograd(transform, d, 0, 0, COLUMNS, e, 0, 0, COLUMNS, ROWS, COLUMNS));
    }
    now(s).winograd(transform, x, xOffset, xLine, xStep, y, yOffset, yLine, yStep, lines, n);
  }

  @Override
  public void winogradOutput(
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
      int residualOffset) {
    Switch s = winogradOutput.get(transform);
    if (!s.isAsked()) {
      int rows = ROWS * transform.outputs();
      float[] d = dummy(transform.inputs() * COLUMNS);
      float[] e = dummy(rows * COLUMNS);
      warmup.request(
          s,
          kernels ->
              kernels.winogradOutput(
                  transform,
                  d,
                  0,
                  0,
                  COLUMNS,
                  e,
                  0,
                  COLUMNS,
                  ROWS,
                  COLUMNS,
                  Epilogue.NONE,
                  0,
                  null,
                  0));
    }
    now(s)
        .winogradOutput(
            transform,
            x,
            xOffset,
            xLine,
            xStep,
            y,
            yOffset,
            yStep,
            lines,
            n,
            epilogue,
            firstColumn,
            residual,
            residualOffset);
  }

  @Override
  public void lstmCell(
      float[] sums,
      int sumsOffset,
      float[] gates,
      int gatesOffset,
      int apart,
      float[] c,
      int cOffset,
      float[] h,
      int hOffset,
      int n) {
    if (!lstmCell.isAsked()) {
      float[] d = dummy(4 * COLUMNS);
      float[] e = dummy(4 * COLUMNS);
      warmup.request(
          lstmCell, kernels -> kernels.lstmCell(d, 0, e, 0, COLUMNS, d, 0, e, 0, COLUMNS));
    }
    now(lstmCell).lstmCell(sums, sumsOffset, gates, gatesOffset, apart, c, cOffset, h, hOffset, n);
  }

  @Override
  public void gruCell(
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
      int n) {
    if (!gruCell.isAsked()) {
      float[] d = dummy(4 * COLUMNS);
      float[] e = dummy(4 * COLUMNS);
      warmup.request(
          gruCell, kernels -> kernels.gruCell(d, 0, e, 0, COLUMNS, d, 0, d, 0, e, 0, COLUMNS));
    }
    now(gruCell)
        .gruCell(
            sums,
            sumsOffset,
            gates,
            gatesOffset,
            apart,
            bias,
            biasOffset,
            before,
            beforeOffset,
            h,
            hOffset,
            n);
  }

  @Override
  public void copyRows(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    if (!copyRows.isAsked()) {
      float[] d = dummy(ROWS * COLUMNS);
      float[] e = dummy(ROWS * COLUMNS);
      warmup.request(
          copyRows,
          kernels -> {
            kernels.copyRows(d, 0, COLUMNS, e, 0, COLUMNS, ROWS, COLUMNS);
            kernels.copyRows(d, 0, COLUMNS, e, 0, COLUMNS, ROWS, 3 * GemmTiles.LANES);
            kernels.copyRows(d, 0, COLUMNS, e, 0, COLUMNS, ROWS, GemmTiles.LANES);
          });
    }
    now(copyRows).copyRows(x, xOffset, xStride, y, yOffset, yStride, rows, n);
  }

  @Override
  public void everySecond(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    if (!everySecond.isAsked()) {
      float[] d = dummy(2 * LINES * COLUMNS);
      float[] e = dummy(LINES * COLUMNS);
      warmup.request(
          everySecond,
          kernels -> kernels.everySecond(d, 0, 2 * COLUMNS, e, 0, COLUMNS, LINES, COLUMNS));
    }
    now(everySecond).everySecond(x, xOffset, xStride, y, yOffset, yStride, rows, n);
  }

  @Override
  public void range(float[] x, int xOffset, int n, float[] ends, int at) {
    if (!range.isAsked()) {
      float[] d = dummy(COLUMNS);
      float[] e = dummy(2);
      warmup.request(range, kernels -> kernels.range(d, 0, COLUMNS, e, 0));
    }
    now(range).range(x, xOffset, n, ends, at);
  }

  @Override
  public void quantize(
      float[] x, int xOffset, float scale, float zero, float[] y, int yOffset, int n) {
    if (!quantize.isAsked()) {
      float[] d = dummy(COLUMNS);
      warmup.request(quantize, kernels -> kernels.quantize(d, 0, 1, 128, d, 0, COLUMNS));
    }
    now(quantize).quantize(x, xOffset, scale, zero, y, yOffset, n);
  }

  @Override
  public void rescale(
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float[] scale,
      float[] bias,
      int column,
      float[] residual,
      int residualOffset) {
    Switch s = residual == null ? rescale : rescaleWithResidual;
    if (!s.isAsked()) {
      float[] d = dummy(LINES * COLUMNS);
      float[] e = dummy(COLUMNS);
      float[] r = residual == null ? null : dummy(LINES * COLUMNS);
      warmup.request(s, kernels -> kernels.rescale(d, 0, COLUMNS, LINES, COLUMNS, e, e, 0, r, 0));
    }
    now(s).rescale(y, yOffset, yStride, rows, n, scale, bias, column, residual, residualOffset);
  }

  @Override
  public void widen(byte[] x, int xOffset, float[] y, int yOffset, int n) {
    if (!widen.isAsked()) {
      byte[] bytes = new byte[COLUMNS];
      float[] d = dummy(COLUMNS);
      warmup.request(widen, kernels -> kernels.widen(bytes, 0, d, 0, COLUMNS));
    }
    now(widen).widen(x, xOffset, y, yOffset, n);
  }

  // ---- dummy data ----

  /** More where a vector takes much code and leaves much garbage: C2 counts turns of loops. */
  private static int columns(BinaryOp op) {
    return op == BinaryOp.POW ? 8 * COLUMNS : COLUMNS;
  }

  private static float[] dummy(int n) {
    float[] a = new float[n];
    Arrays.fill(a, 0.5f);
    return a;
  }

  private static int few(int channels) {
    return channels < 48 ? channels : 32 + channels % 16;
  }

  /** The same kernel over few pixels. */
  private static Window small(Window w) {
    int height = Math.min(w.outHeight(), 4);
    int width = Math.min(w.outWidth(), 12);
    return new Window(
        Math.min(
            w.inHeight(), (height - 1) * w.strideHeight() + w.kernelHeight() * w.dilationHeight()),
        Math.min(w.inWidth(), (width - 1) * w.strideWidth() + w.kernelWidth() * w.dilationWidth()),
        height,
        width,
        w.kernelHeight(),
        w.kernelWidth(),
        w.strideHeight(),
        w.strideWidth(),
        w.dilationHeight(),
        w.dilationWidth(),
        w.padTop(),
        w.padLeft(),
        w.padBottom(),
        w.padRight());
  }
}
