package dev.sardonyx.runtime.kernel;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.recurrent.Activation;
import dev.sardonyx.op.recurrent.Recurrence;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the kernels of RNN, GRU and LSTM share: the walk over directions and time.
 *
 * <p>X·Wᵀ is one product for many steps; then each step multiplies the hidden state by Rᵀ, whose
 * packed form stays in the cache. Units are taken in blocks of {@link PackedMatrix#PANEL}, H being
 * filled up to a multiple of it with units that nobody reads. A thread computes all gates of its
 * blocks through all steps, so that it reads only its part of R; after each step the threads wait
 * for one another, spinning, because the next one needs the whole hidden state.
 */
abstract class RecurrentKernel implements Kernel, Workers.RangeTask {
  static final int BLOCK = PackedMatrix.PANEL;

  /** Rows of X that are multiplied at a time. */
  private static final int ROWS = 256;

  /** Multiplications of a run that are worth a thread of their own. */
  private static final int GRAIN = 100_000;

  /**
   * Multiplications of a step that are: what is left after that many takes longer than waiting for
   * one another.
   */
  private static final int STEP_GRAIN = 90_000;

  /** Iterations of waiting after which a thread offers its processor to others. */
  private static final int SPINS = 200;

  final Kernels simd;
  final Recurrence op;
  final int directions;
  final int hidden;

  /** Units with those that fill up the last block. */
  final int units;

  /** The distance between two rows of gate sums; gate g of unit j is at g · units + j. */
  final int gateRow;

  private final Workers workers;
  private final int gateCount;
  private final int time;
  private final int batch;
  private final int features;
  private final int blocks;
  private final int grain;
  private final PackedMatrix[] w;
  private final PackedMatrix[] r;
  private final PackedMatrix[] descendingR;
  private final Epilogue[] bias;
  private final float[] fromX;
  private final float[] evenH;
  private final float[] oddH;
  private final float[] c;
  private final UnaryFunction clip;

  /** By direction, then in the operator's order. */
  private final UnaryFunction[][] activations;

  /** By direction: whether it is sigmoid, then tanh, and nothing is clipped. */
  private final boolean[] plain;

  private final AtomicLong arrived = new AtomicLong();
  private Tensor x;
  private Tensor lengths;
  private Tensor initialH;
  private Tensor initialC;
  private Tensor y;
  private Tensor lastH;
  private Tensor lastC;

  /**
   * @param recurrentGates how many gates, from the first on, have their bias of R added to that of
   *     W
   */
  RecurrentKernel(NodeContext node, Recurrence op, int gateCount, int recurrentGates) {
    this.op = op;
    this.gateCount = gateCount;
    simd = node.simd();
    workers = node.workers();
    int[] shape = node.shape(0);
    time = shape[op.batchFirst() ? 1 : 0];
    batch = shape[op.batchFirst() ? 0 : 1];
    features = shape[2];
    directions = op.direction().count();
    hidden = node.shape(2)[2];
    blocks = (hidden + BLOCK - 1) / BLOCK;
    units = blocks * BLOCK;
    gateRow = gateCount * units;
    w = new PackedMatrix[directions];
    r = new PackedMatrix[directions];
    descendingR = new PackedMatrix[directions];
    bias = new Epilogue[directions];
    clip = op.clip() > 0 ? UnaryFunction.clip(-op.clip(), op.clip()) : null;
    activations = new UnaryFunction[directions][op.activations().size() / directions];
    plain = new boolean[directions];
    for (int d = 0; d < directions; d++) {
      w[d] = packed(node, 1, d, features);
      r[d] = packed(node, 2, d, hidden);
      descendingR[d] = r[d].descending();
      float[] sum = biases(node, d, false);
      float[] ofR = biases(node, d, true);
      for (int i = 0; i < recurrentGates * units; i++) {
        sum[i] += ofR[i];
      }
      bias[d] = Epilogue.of(sum);
      for (int i = 0; i < activations[d].length; i++) {
        activations[d][i] = function(op.activation(d, i));
      }
      plain[d] =
          clip == null
              && activations[d][0].equals(UnaryFunction.SIGMOID)
              && Arrays.stream(activations[d]).skip(1).allMatch(UnaryFunction.TANH::equals);
    }
    int rows = Math.max(batch, Math.min(ROWS, time * batch));
    fromX = new float[rows * gateRow];
    evenH = new float[batch * units];
    oddH = new float[batch * units];
    c = new float[batch * units];
    long stepMacs = (long) gateCount * BLOCK * hidden * batch;
    long runMacs = (stepMacs + (long) gateCount * BLOCK * features * batch) * time * directions;
    grain = (int) Math.max(1, Math.max(STEP_GRAIN / stepMacs, GRAIN / runMacs));
  }

  /** Whether the shapes are those of the operator, and what never changes is constant. */
  static boolean supports(NodeContext node, Recurrence op, int gateCount) {
    boolean given = node.hasInput(0) && node.constant(1) != null && node.constant(2) != null;
    if (!given || node.shape(0).length != 3 || node.shape(2).length != 3) {
      return false;
    }
    int[] shape = node.shape(0);
    int batch = shape[op.batchFirst() ? 0 : 1];
    int directions = op.direction().count();
    int hidden = node.shape(2)[2];
    int rows = gateCount * hidden;
    int[] state = {
      op.batchFirst() ? batch : directions, op.batchFirst() ? directions : batch, hidden
    };
    boolean fits =
        Tensor.sizeOf(shape) > 0
            && hidden > 0
            && (op.hiddenSize() == 0 || op.hiddenSize() == hidden)
            && has(node, 1, DType.FLOAT, directions, rows, shape[2])
            && has(node, 2, DType.FLOAT, directions, rows, hidden)
            && (!node.hasInput(3) || node.constant(3) != null)
            && has(node, 3, DType.FLOAT, directions, 2 * rows)
            && has(node, 4, DType.INT32, batch)
            && has(node, 5, DType.FLOAT, state)
            && has(node, 6, DType.FLOAT, state)
            && (!node.hasInput(7) || node.constant(7) != null)
            && has(node, 7, DType.FLOAT, directions, 3 * hidden);
    return fits
        && node.dtype(0) == DType.FLOAT
        && op.activations().stream().allMatch(a -> function(a) != null);
  }

  private static boolean has(NodeContext node, int i, DType dtype, int... shape) {
    return !node.hasInput(i) || node.dtype(i) == dtype && Arrays.equals(node.shape(i), shape);
  }

  /** An activation as a function of the SIMD kernels, or null. */
  private static UnaryFunction function(Activation a) {
    return switch (a.function()) {
      case RELU -> UnaryFunction.RELU;
      case TANH -> UnaryFunction.TANH;
      case SIGMOID -> UnaryFunction.SIGMOID;
      case LEAKYRELU -> UnaryFunction.leakyRelu((float) a.alpha());
      case HARDSIGMOID -> UnaryFunction.hardSigmoid((float) a.alpha(), (float) a.beta());
      case SOFTSIGN -> UnaryFunction.SOFTSIGN;
      case SOFTPLUS -> UnaryFunction.SOFTPLUS;
      case THRESHOLDEDRELU -> UnaryFunction.thresholdedRelu((float) a.alpha());
      case ELU -> UnaryFunction.elu((float) a.alpha());
      case AFFINE, SCALEDTANH -> null;
    };
  }

  // ---- weights ----

  private PackedMatrix packed(NodeContext node, int input, int d, int k) {
    Tensor weights = node.constant(input);
    return node.packed()
        .get(
            weights,
            "recurrent " + d,
            PackedMatrix.class,
            () -> {
              float[] rows = filledUp(weights, d * gateCount * hidden * k, gateCount, k);
              return PackedMatrix.pack(rows, 0, 1, k, k, gateRow);
            });
  }

  /** The biases of W or of R; zeros if there are none. */
  final float[] biases(NodeContext node, int d, boolean ofR) {
    Tensor b = node.constant(3);
    return b == null
        ? new float[gateRow]
        : filledUp(b, (2 * d + (ofR ? 1 : 0)) * gateCount * hidden, gateCount, 1);
  }

  /** For each of some gates, H rows of {@code k} numbers, and zeros for the units that fill up. */
  final float[] filledUp(Tensor t, int from, int gates, int k) {
    float[] rows = new float[gates * units * k];
    for (int g = 0; g < gates; g++) {
      System.arraycopy(
          t.floatArray(), t.arrayOffset() + from + g * hidden * k, rows, g * units * k, hidden * k);
    }
    return rows;
  }

  // ---- a run ----

  @Override
  public final void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    lengths = given(in, 4);
    initialH = given(in, 5);
    initialC = given(in, 6);
    y = given(out, 0);
    lastH = given(out, 1);
    lastC = given(out, 2);
    for (int n = 0; n < batch; n++) {
      if (length(n) < 0 || length(n) > time) {
        throw new ModelException(
            "sequence_lens: expected lengths from 0 to " + time + ", got " + length(n));
      }
    }
    arrived.set(0);
    workers.run(this, blocks, grain);
  }

  private static Tensor given(Tensor[] tensors, int i) {
    return i < tensors.length ? tensors[i] : null;
  }

  private int length(int n) {
    return lengths == null ? time : lengths.getInt(n);
  }

  @Override
  public final void run(int from, int to) {
    try {
      boolean together = !op.batchFirst();
      for (int n = 1; n < batch; n++) {
        together &= length(n) == length(0);
      }
      long phase = 0;
      for (int d = 0; d < directions; d++) {
        int rows = together ? batch : 1;
        for (int n = 0; n < batch; n += rows) {
          phase = walk(d, n, rows, from, to, phase);
        }
      }
    } catch (RuntimeException | Error e) {
      // Nobody is to wait for this thread.
      arrived.set(Long.MAX_VALUE / 2);
      throw e;
    }
  }

  /** All steps of {@code rows} sequences of one length for the blocks [from, to). */
  private long walk(int d, int n, int rows, int from, int to, long phasesBefore) {
    boolean backward = d == 1 || op.direction() == Recurrence.Direction.REVERSE;
    int length = length(n);
    int chunk = Math.max(1, ROWS / rows);
    float[] now = evenH;
    float[] next = oddH;
    for (int i = 0; i < rows; i++) {
      load(initialH, d, n + i, now, i, from, to);
      load(initialC, d, n + i, c, i, from, to);
    }
    long phase = awaitAll(phasesBefore, from, to);
    for (int s = 0; s < length; s++) {
      int start = s - s % chunk;
      int steps = Math.min(chunk, length - start);
      int first = backward ? length - start - steps : start;
      if (s == start) {
        multiplyX(d, n, rows, first, steps, from, to);
      }
      int t = backward ? length - 1 - s : s;
      phase = step(d, rows, fromX, (t - first) * rows * gateRow, now, next, from, to, phase);
      for (int i = 0; i < rows && y != null; i++) {
        int at =
            op.batchFirst()
                ? ((n + i) * time + t) * directions + d
                : (t * directions + d) * batch + n + i;
        store(next, i, y, at, from, to);
      }
      phase = awaitAll(phase, from, to);
      float[] free = now;
      now = next;
      next = free;
    }
    for (int i = 0; i < rows; i++) {
      finish(d, n + i, length, now, i, from, to);
    }
    return phase;
  }

  /** The last states of a sequence, and zeros in Y after its end. */
  private void finish(int d, int n, int length, float[] h, int row, int from, int to) {
    int at = op.batchFirst() ? n * directions + d : d * batch + n;
    if (lastH != null) {
      store(h, row, lastH, at, from, to);
    }
    if (lastC != null) {
      store(c, row, lastC, at, from, to);
    }
    for (int t = length; t < time && y != null; t++) {
      int begin =
          (op.batchFirst() ? (n * time + t) * directions + d : (t * directions + d) * batch + n)
                  * hidden
              + y.arrayOffset();
      Arrays.fill(y.floatArray(), begin + from * BLOCK, begin + Math.min(to * BLOCK, hidden), 0);
    }
  }

  private void load(Tensor initial, int d, int n, float[] state, int row, int from, int to) {
    int at = row * units + from * BLOCK;
    int width = Math.min(to * BLOCK, hidden) - from * BLOCK;
    Arrays.fill(state, at, row * units + to * BLOCK, 0);
    if (initial != null) {
      int begin = (op.batchFirst() ? n * directions + d : d * batch + n) * hidden;
      System.arraycopy(
          initial.floatArray(), initial.arrayOffset() + begin + from * BLOCK, state, at, width);
    }
  }

  private void store(float[] state, int row, Tensor to, int index, int fromBlock, int toBlock) {
    int begin = fromBlock * BLOCK;
    System.arraycopy(
        state,
        row * units + begin,
        to.floatArray(),
        to.arrayOffset() + index * hidden + begin,
        Math.min(toBlock * BLOCK, hidden) - begin);
  }

  private void multiplyX(int d, int n, int rows, int t, int steps, int from, int to) {
    int row = op.batchFirst() ? n * time + t : t * batch + n;
    int apart = rows == batch || op.batchFirst() ? features : batch * features;
    for (int g = 0; g < gateCount; g++) {
      simd.gemm(
          x.floatArray(),
          x.arrayOffset() + row * features,
          apart,
          w[d],
          fromX,
          0,
          gateRow,
          0,
          steps * rows,
          g * blocks + from,
          g * blocks + to,
          bias[d],
          null,
          0);
    }
  }

  // ---- for the operators ----

  /**
   * One step of some sequences for the blocks [from, to).
   *
   * @param sums X·Wᵀ plus biases, a row of all gates for each sequence from {@code at} on; may be
   *     written to
   * @param now the hidden states before the step
   * @param next receives those after it
   * @return the phase, later by the number of times that {@link #awaitAll} was called
   */
  abstract long step(
      int d,
      int rows,
      float[] sums,
      int at,
      float[] now,
      float[] next,
      int from,
      int to,
      long phase);

  final UnaryFunction activation(int d, int i) {
    return activations[d][i];
  }

  /** Whether a direction's activations are those that the cells of {@link Kernels} have. */
  final boolean isPlain(int d) {
    return plain[d];
  }

  /** The cell states, of LSTM. */
  final float[] cells() {
    return c;
  }

  /**
   * result = state·Rᵀ + bias + residual for the gates [gateFrom, gateTo). Every second time they
   * are taken in descending order: what the step before has read last is in the cache still, where
   * the whole of R may be larger than that.
   */
  final void multiplyState(
      int d,
      float[] state,
      int rows,
      int gateFrom,
      int gateTo,
      Epilogue epilogue,
      float[] residual,
      int residualAt,
      float[] result,
      int from,
      int to) {
    boolean isDescending = state == oddH;
    // Blocks of one gate and those of the next lie side by side if they are all.
    boolean isWhole = rows == 1 && to - from == blocks;
    int gates = isWhole ? gateTo - gateFrom : 1;
    for (int i = gateFrom; i < gateTo; i += gates) {
      int g = isDescending ? gateFrom + gateTo - gates - i : i;
      simd.gemm(
          state,
          0,
          units,
          isDescending ? descendingR[d] : r[d],
          result,
          0,
          gateRow,
          0,
          rows,
          g * blocks + from,
          (g + gates - 1) * blocks + to,
          epilogue,
          residual,
          residualAt);
    }
  }

  /** Gates [gateFrom, gateTo) of one sequence become f of themselves, clipped. */
  final void activate(
      UnaryFunction f, float[] gates, int row, int gateFrom, int gateTo, int from, int to) {
    int at = row * gateRow + gateFrom * units + from * BLOCK;
    int width = (to - from) * BLOCK;
    int count = gateTo - gateFrom;
    if (clip != null) {
      simd.unary(clip, gates, at, units, gates, at, units, count, width);
    }
    simd.unary(f, gates, at, units, gates, at, units, count, width);
  }

  /** z = a op b for the units of the blocks [from, to), each array from its offset on. */
  final void combine(
      BinaryOp operation,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      float[] z,
      int zAt,
      int from,
      int to) {
    int begin = from * BLOCK;
    simd.binary(operation, a, aAt + begin, b, bAt + begin, z, zAt + begin, (to - from) * BLOCK);
  }

  /**
   * Waits until all threads have come here as often as this one.
   *
   * @return the next phase
   */
  @SuppressWarnings("ThreadPriorityCheck") // Yielding is for speed alone.
  final long awaitAll(long phase, int from, int to) {
    if (to - from == blocks) {
      return phase;
    }
    long expected = (phase + 1) * blocks;
    arrived.addAndGet(to - from);
    for (int spins = 0; arrived.get() < expected; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    return phase + 1;
  }
}
