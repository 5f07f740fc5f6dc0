package dev.sardonyx.runtime.kernel;

import dev.sardonyx.Accuracy;
import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.runtime.simd.WinogradTransform;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * 3×3 convolution with stride 1 by Winograd's F(m×m, 3×3), m = 4 or 2: an output tile of m×m pixels
 * needs (m+2)² multiplications per pair of channels in place of 9·m².
 *
 * <p>Tiles are taken in blocks. Each of the (m+2)² positions of the transformed tiles is a matrix
 * product of its own: rows are the tiles of the block, columns the output channels. Threads share
 * blocks or, where reading the weights would take longer than transforming the tiles, output
 * channels: then each transforms all tiles for itself. Nothing goes from one thread to the other.
 */
final class WinogradConvKernel implements Kernel, Workers.RangeTask {
  /**
   * Channels that are transformed at a time, unless all are no more than twice as many: several
   * neighbouring tiles between their passes stay in L1.
   */
  private static final int CHANNELS = 64;

  /** Floats of the neighbouring tiles that are transformed at a time, between their passes. */
  private static final int BETWEEN = 6 * 1024;

  /** Floats of the transformed tiles of a block, unless the weights are far more than these. */
  private static final int BLOCK = 256 * 1024;

  /** Loading a transformed weight costs as much as multiplying it with so many rows. */
  private static final int LOAD = 8;

  /** Rows that a micro-kernel takes at once. */
  private static final int ROWS = 12;

  /** Transforming a number of a tile takes about twice as long as reading a weight. */
  private static final int TRANSFORM = 2;

  /** Fewer panels of output channels are not worth preparing the tiles for their products anew. */
  private static final int CHUNK_PANELS = 2;

  /** Keeps the planes of transformed tiles from competing for the same sets of the caches. */
  private static final int SKEW = 16;

  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;
  private final Window window;
  private final Epilogue epilogue;
  private final int m;
  private final int t;
  private final int inputs;
  private final int outputs;
  private final int first;
  private final int all;
  private final int tilesAcross;
  private final int tilesInImage;
  private final int tiles;

  /** Whether threads share output channels, of the only block, and not blocks. */
  private final boolean byOutputs;

  private final int blocks;

  /** Most tiles of a block. */
  private final int block;

  private final int inPlane;
  private final int outPlane;
  private final WinogradTransform toInput;
  private final WinogradTransform toOutput;

  /** For each of the t² positions: input channels × output channels. */
  private final PackedMatrix[] weights;

  private Tensor x;
  private Tensor y;
  private Tensor residual;
  private float[][] memory;

  /** How many runs there were, and in which of them each thread has transformed the tiles last. */
  private int runs;

  private final int[] transformed;

  /**
   * @param first the channel of the output that is the first of these results
   * @param all channels of the output
   */
  WinogradConvKernel(
      NodeContext node, Tensor w, int m, Window window, Epilogue epilogue, int first, int all) {
    this.first = first;
    this.all = all;
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    this.window = window;
    this.epilogue = epilogue;
    this.m = m;
    t = m + 2;
    toInput = m == 4 ? WinogradTransform.INPUT_4 : WinogradTransform.INPUT_2;
    toOutput = m == 4 ? WinogradTransform.OUTPUT_4 : WinogradTransform.OUTPUT_2;
    inputs = w.dim(1);
    outputs = w.dim(0);
    tilesAcross = across(window.outWidth(), m);
    tilesInImage = tilesAcross * across(window.outHeight(), m);
    tiles = node.shape(0)[0] * tilesInImage;
    int panels = (outputs + PackedMatrix.PANEL - 1) / PackedMatrix.PANEL;
    byOutputs =
        workers.threads() > 1
            && outputs > TRANSFORM * tiles
            && panels >= CHUNK_PANELS * workers.threads();
    blocks = byOutputs ? 1 : blocks();
    transformed = new int[workers.threads()];
    block = (tiles + blocks - 1) / blocks;
    inPlane = block * inputs + SKEW;
    outPlane = block * outputs + SKEW;
    weights = packed(node, w, m);
    scratch.reserve(2 * workers.threads(), t * t * Math.max(inPlane, outPlane) + BETWEEN);
  }

  /** Whether a convolution is of the kind that this computes. */
  static boolean fits(Conv conv, Tensor w) {
    return conv.group() == 1
        && w.rank() == 4
        && w.dim(2) == 3
        && w.dim(3) == 3
        && conv.window().strides().stream().allMatch(s -> s == 1)
        && conv.window().dilations().stream().allMatch(d -> d == 1)
        && Math.min(w.dim(0), w.dim(1)) >= 16;
  }

  /** The m of the better of both variants, or 0 where im2col is the better way. */
  static int outputTile(NodeContext node, Conv conv, Window window) {
    if (!fits(conv, node.constant(1))) {
      return 0;
    }
    int images = node.shape(0)[0];
    int pixels = images * window.outHeight() * window.outWidth();
    long direct = 9L * (rows(pixels) + LOAD);
    long four =
        node.accuracy() == Accuracy.STRICT
            ? Long.MAX_VALUE
            : 36L * (rows(images * tiles(window, 4)) + LOAD);
    long two = 16L * (rows(images * tiles(window, 2)) + LOAD);
    return Math.min(four, two) >= direct ? 0 : four <= two ? 4 : 2;
  }

  private static int tiles(Window window, int m) {
    return across(window.outHeight(), m) * across(window.outWidth(), m);
  }

  private static int across(int pixels, int m) {
    return (pixels + m - 1) / m;
  }

  private static int rows(int n) {
    return (n + ROWS / 2 - 1) / (ROWS / 2) * (ROWS / 2);
  }

  /**
   * How many blocks: of about as many tiles as fit the second-level cache, but not so few that the
   * weights, which are read once for each block, come to more than the tiles. All blocks have the
   * same size: a small rest would have to wait for all the weights once more. All threads have as
   * many blocks to do.
   */
  private int blocks() {
    int fitting = BLOCK / (t * t * (inputs + outputs));
    int worthWeights = (int) (2L * inputs * outputs / (inputs + outputs));
    int most = Math.max(ROWS, Math.max(fitting, worthWeights));
    int count = Math.max(1, (tiles + most / 2) / most);
    int threads = workers.threads();
    return Math.max(1, Math.min(tiles, (count + threads - 1) / threads * threads));
  }

  /** The transformed weights, by position. */
  static PackedMatrix[] packed(NodeContext node, Tensor w, int m) {
    return node.packed()
        .get(
            w,
            "winograd/" + m,
            PackedMatrix[].class,
            () -> transformed(node.packed().reader(), w, m));
  }

  /**
   * G·g·Gᵀ of every filter g, for the output channels of a panel at a time: the columns of its
   * rows.
   */
  private static PackedMatrix[] transformed(WeightReader reader, Tensor w, int m) {
    int t = m + 2;
    int k = w.dim(1);
    PackedMatrix[] packed = new PackedMatrix[t * t];
    Arrays.setAll(packed, i -> reader.zeros(k, w.dim(0)));
    double[][] g = WinogradTransform.filter(m);
    double[] taps = new double[9 * PackedMatrix.PANEL];
    double[] between = new double[3 * t * PackedMatrix.PANEL];
    float[] row = new float[PackedMatrix.PANEL];
    for (int panel = 0; panel < packed[0].panels(); panel++) {
      int n = packed[0].width(panel);
      reader.read(w, panel * PackedMatrix.PANEL * k * 9, n * k * 9);
      for (int i = 0; i < k; i++) {
        for (int tap = 0; tap < 9; tap++) {
          for (int o = 0; o < n; o++) {
            taps[tap * PackedMatrix.PANEL + o] =
                reader.array()[reader.offset() + (o * k + i) * 9 + tap];
          }
        }
        for (int at = 0; at < 3 * t; at++) {
          combine(g[at / 3], taps, at % 3, 3, between, at);
        }
        for (int at = 0; at < t * t; at++) {
          combine(g[at % t], between, at / t * 3, 1, row);
          packed[at].fill(panel, i, i + 1, row, 0, 0, 1);
        }
      }
    }
    return packed;
  }

  /** Line {@code to} of the result: lines from, from + step and from + 2·step, weighted. */
  private static void combine(
      double[] factors, double[] lines, int from, int step, double[] result, int to) {
    int a = from * PackedMatrix.PANEL;
    int b = (from + step) * PackedMatrix.PANEL;
    int c = (from + 2 * step) * PackedMatrix.PANEL;
    double fa = factors[0];
    double fb = factors[1];
    double fc = factors[2];
    int at = to * PackedMatrix.PANEL;
    for (int o = 0; o < PackedMatrix.PANEL; o++) {
      result[at + o] = fa * lines[a + o] + fb * lines[b + o] + fc * lines[c + o];
    }
  }

  private static void combine(
      double[] factors, double[] lines, int from, int step, float[] result) {
    int a = from * PackedMatrix.PANEL;
    int b = (from + step) * PackedMatrix.PANEL;
    int c = (from + 2 * step) * PackedMatrix.PANEL;
    double fa = factors[0];
    double fb = factors[1];
    double fc = factors[2];
    for (int o = 0; o < PackedMatrix.PANEL; o++) {
      result[o] = (float) (fa * lines[a + o] + fb * lines[b + o] + fc * lines[c + o]);
    }
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    residual = in.length > 3 ? in[3] : null;
    y = out[0];
    memory = scratch.arrays();
    runs++;
    if (byOutputs) {
      int panels = weights[0].panels();
      workers.runInChunks(this, panels, Math.max(CHUNK_PANELS, panels / (2 * workers.threads())));
    } else {
      workers.runInChunks(this, blocks, 1);
    }
  }

  /** Some blocks; or some panels of output channels of the only block. */
  @Override
  public void run(int from, int to) {
    int thread = Workers.thread();
    if (byOutputs) {
      if (transformed[thread] != runs) {
        input(thread, 0, tiles);
        transformed[thread] = runs;
      }
      products(thread, tiles, from, to);
      output(thread, 0, tiles, from, to);
      return;
    }
    int panels = weights[0].panels();
    for (int i = from; i < to; i++) {
      int first = (int) ((long) tiles * i / blocks);
      int end = (int) ((long) tiles * (i + 1) / blocks);
      input(thread, first, end);
      products(thread, end - first, 0, panels);
      output(thread, first, end, 0, panels);
    }
  }

  /** Products of the first rows of the planes, for some panels of output channels. */
  private void products(int thread, int rows, int panelFrom, int panelTo) {
    for (int position = 0; position < t * t; position++) {
      simd.gemm(
          memory[2 * thread],
          position * inPlane,
          inputs,
          weights[position],
          memory[2 * thread + 1],
          position * outPlane,
          outputs,
          0,
          rows,
          panelFrom,
          panelTo,
          Epilogue.NONE,
          null,
          0);
    }
  }

  private static int atATime(int channels) {
    return channels <= 2 * CHANNELS ? channels : CHANNELS;
  }

  /**
   * Transforms input tiles, as many neighbours at a time as may be, into the planes from row 0 on.
   *
   * @param thread whose working memory is used
   */
  private void input(int thread, int from, int to) {
    int most = atATime(inputs);
    int neighbours = Math.max(1, (BETWEEN / (t * most) - 2) / m);
    int count;
    for (int tile = from; tile < to; tile += count) {
      count = Math.min(Math.min(neighbours, to - tile), tilesAcross - tile % tilesAcross);
      for (int c = 0; c < inputs; c += most) {
        int n = Math.min(most, inputs - c);
        int pixels = count * m + 2;
        float[] between = memory[2 * thread + 1];
        int betweenAt = t * t * outPlane;
        transformColumns(thread, tile, c, n, pixels);
        for (int row = 0; row < t; row++) {
          simd.winograd(
              toInput,
              between,
              betweenAt + row * pixels * n,
              m * n,
              n,
              memory[2 * thread],
              (tile - from) * inputs + c + row * t * inPlane,
              inputs,
              inPlane,
              count,
              n);
        }
      }
    }
  }

  /**
   * The first pass over some pixels in t rows, of which those beyond the image are zero: lays out
   * [t, pixels, n].
   */
  private void transformColumns(int thread, int tile, int c, int n, int pixels) {
    float[] between = memory[2 * thread + 1];
    int betweenAt = t * t * outPlane;
    int top = tile % tilesInImage / tilesAcross * m - window.padTop();
    int left = tile % tilesAcross * m - window.padLeft();
    int from = Math.min(pixels, Math.max(0, -left));
    int to = Math.max(from, Math.min(pixels, window.inWidth() - left));
    int width = window.inWidth() * inputs;
    int imageAt = x.arrayOffset() + tile / tilesInImage * window.inHeight() * width + c;
    float[] rows = x.floatArray();
    int at = imageAt + top * width + (left + from) * inputs;
    int pixel = inputs;
    int step = width;
    if (top < 0 || top + t > window.inHeight()) {
      rows = memory[2 * thread];
      at = t * t * inPlane;
      pixel = n;
      step = pixels * n;
      pad(imageAt + (left + from) * inputs, top, to - from, n, rows, at, step);
    }
    for (int row = 0; row < t; row++) {
      int rowAt = betweenAt + row * pixels * n;
      Arrays.fill(between, rowAt, rowAt + from * n, 0);
      Arrays.fill(between, rowAt + to * n, rowAt + pixels * n, 0);
    }
    int betweenFrom = betweenAt + from * n;
    simd.winograd(
        toInput, rows, at, pixel, step, between, betweenFrom, n, pixels * n, to - from, n);
  }

  /** Copies n channels of some pixels in t rows, of which those beyond the image are zero. */
  private void pad(int from, int top, int pixels, int n, float[] rows, int rowsAt, int step) {
    for (int row = 0; row < t; row++) {
      int to = rowsAt + row * step;
      if (top + row < 0 || top + row >= window.inHeight()) {
        Arrays.fill(rows, to, to + pixels * n, 0);
        continue;
      }
      int rowFrom = from + (top + row) * window.inWidth() * inputs;
      if (n == inputs) {
        System.arraycopy(x.floatArray(), rowFrom, rows, to, pixels * n);
        continue;
      }
      for (int pixel = 0; pixel < pixels; pixel++) {
        System.arraycopy(x.floatArray(), rowFrom + pixel * inputs, rows, to + pixel * n, n);
      }
    }
  }

  /** Transforms products to some panels of output tiles, as {@link #input} does. */
  private void output(int thread, int from, int to, int panelFrom, int panelTo) {
    int channelTo = Math.min(outputs, panelTo * PackedMatrix.PANEL);
    int most = atATime(outputs);
    int neighbours = Math.max(1, BETWEEN / (t * t * most));
    int whole = window.outWidth() / m;
    int count;
    for (int tile = from; tile < to; tile += count) {
      int column = tile % tilesAcross;
      // A tile that is cut at the edge of the image goes alone.
      count = column < whole ? Math.min(Math.min(neighbours, to - tile), whole - column) : 1;
      for (int c = panelFrom * PackedMatrix.PANEL; c < channelTo; c += most) {
        outputTiles(thread, tile - from, tile, count, c, Math.min(most, channelTo - c));
      }
    }
  }

  /**
   * Some neighbouring tiles and n of their channels from c on, from row {@code row} of the planes
   * on.
   */
  private void outputTiles(int thread, int row, int tile, int count, int c, int n) {
    float[] between = memory[2 * thread];
    int betweenAt = t * t * inPlane;
    for (int i = 0; i < count; i++) {
      simd.winograd(
          toOutput,
          memory[2 * thread + 1],
          (row + i) * outputs + c,
          outPlane,
          t * outPlane,
          between,
          betweenAt + i * m * t * n,
          n,
          t * n,
          t,
          n);
    }
    int top = tile % tilesInImage / tilesAcross * m;
    int left = tile % tilesAcross * m;
    int rows = Math.min(m, window.outHeight() - top);
    int columns = Math.min(count * m, window.outWidth() - left);
    int line = window.outWidth() * all;
    int at = (tile / tilesInImage * window.outHeight() + top) * line + left * all + first + c;
    float[] added = residual == null ? null : residual.floatArray();
    int addedAt = residual == null ? 0 : residual.arrayOffset() + at;
    if (columns == count * m) {
      for (int y0 = 0; y0 < rows; y0++) {
        simd.winogradOutput(
            toOutput,
            between,
            betweenAt + y0 * t * n,
            m * t * n,
            n,
            y.floatArray(),
            y.arrayOffset() + at + y0 * line,
            all,
            count,
            n,
            epilogue,
            c,
            added,
            addedAt + y0 * line);
      }
      return;
    }
    float[] cut = memory[2 * thread + 1];
    int cutAt = t * t * outPlane;
    simd.winograd(toOutput, between, betweenAt, t * n, n, cut, cutAt, m * n, n, rows, n);
    for (int y0 = 0; y0 < rows; y0++) {
      int from = cutAt + y0 * m * n;
      int addedFrom = addedAt + y0 * line;
      epilogue.apply(simd, cut, from, n, columns, n, c, added, addedFrom, all);
      int rowAt = y.arrayOffset() + at + y0 * line;
      for (int pixel = 0; pixel < columns; pixel++) {
        System.arraycopy(cut, from + pixel * n, y.floatArray(), rowAt + pixel * all, n);
      }
    }
  }
}
