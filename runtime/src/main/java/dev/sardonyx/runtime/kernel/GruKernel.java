package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.recurrent.GRU;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Epilogue;
import java.util.Arrays;

/** {@link GRU}: gates stand in the order z, r, h. */
final class GruKernel extends RecurrentKernel {
  private static final int GATES = 3;

  private final boolean linearBeforeReset;

  /** For each direction the bias of R for gate h; those of the others are added to X·Wᵀ. */
  private final Epilogue[] hiddenBias;

  private final float[] gates;
  private final float[] reset;

  private GruKernel(NodeContext node, GRU gru) {
    super(node, gru.recurrence(), GATES, gru.linearBeforeReset() ? 2 : GATES);
    linearBeforeReset = gru.linearBeforeReset();
    hiddenBias = new Epilogue[directions];
    for (int d = 0; d < directions; d++) {
      float[] bias = biases(node, d, true);
      Arrays.fill(bias, 0, 2 * units, 0);
      hiddenBias[d] = Epilogue.of(bias);
    }
    gates = new float[cells().length * GATES];
    reset = new float[cells().length];
  }

  static Kernel create(NodeContext node) {
    GRU gru = (GRU) node.operator();
    return supports(node, gru.recurrence(), GATES) ? new GruKernel(node, gru) : null;
  }

  @Override
  long step(
      int d,
      int rows,
      float[] sums,
      int at,
      float[] now,
      float[] next,
      int from,
      int to,
      long phaseBefore) {
    long phase = phaseBefore;
    if (linearBeforeReset && isPlain(d)) {
      multiplyState(d, now, rows, 0, GATES, Epilogue.NONE, null, 0, gates, from, to);
      int begin = from * BLOCK;
      int n = (to - from) * BLOCK;
      float[] bias = hiddenBias[d].bias();
      int biasAt = 2 * units + begin;
      for (int row = 0; row < rows; row++) {
        int g = row * gateRow + begin;
        int state = row * units + begin;
        simd.gruCell(sums, at + g, gates, g, units, bias, biasAt, now, state, next, state, n);
      }
      return phase;
    }
    if (linearBeforeReset) {
      multiplyState(d, now, rows, 0, 3, hiddenBias[d], null, 0, gates, from, to);
      for (int row = 0; row < rows; row++) {
        int z = row * gateRow;
        int r = z + units;
        int h = r + units;
        combine(BinaryOp.ADD, gates, z, sums, at + z, gates, z, from, to);
        combine(BinaryOp.ADD, gates, r, sums, at + r, gates, r, from, to);
        activate(activation(d, 0), gates, row, 0, 2, from, to);
        combine(BinaryOp.MUL, gates, r, gates, h, gates, h, from, to);
        combine(BinaryOp.ADD, gates, h, sums, at + h, gates, h, from, to);
      }
    } else {
      multiplyState(d, now, rows, 0, 2, Epilogue.NONE, sums, at, gates, from, to);
      for (int row = 0; row < rows; row++) {
        int r = row * gateRow + units;
        activate(activation(d, 0), gates, row, 0, 2, from, to);
        combine(BinaryOp.MUL, gates, r, now, row * units, reset, row * units, from, to);
      }
      phase = awaitAll(phase, from, to);
      multiplyState(d, reset, rows, 2, 3, Epilogue.NONE, sums, at, gates, from, to);
    }
    for (int row = 0; row < rows; row++) {
      int z = row * gateRow;
      int h = z + 2 * units;
      int state = row * units;
      activate(activation(d, 1), gates, row, 2, 3, from, to);
      // (1 − z)∘h + z∘H
      combine(BinaryOp.SUB, now, state, gates, h, next, state, from, to);
      combine(BinaryOp.MUL, gates, z, next, state, next, state, from, to);
      combine(BinaryOp.ADD, gates, h, next, state, next, state, from, to);
    }
    return phase;
  }
}
