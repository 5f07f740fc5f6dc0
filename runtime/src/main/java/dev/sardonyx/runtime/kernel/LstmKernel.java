package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.recurrent.LSTM;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.tensor.Tensor;

/** {@link LSTM}: gates stand in the order i, o, f, c. */
final class LstmKernel extends RecurrentKernel {
  private static final int GATES = 4;

  private final boolean coupled;

  /** For each direction the peepholes of i, o and f; null if there are none. */
  private final float[][] peepholes;

  private final float[] gates;
  private final float[] scratch;

  private LstmKernel(NodeContext node, LSTM lstm) {
    super(node, lstm.recurrence(), GATES, GATES);
    coupled = lstm.coupled();
    Tensor p = node.constant(7);
    peepholes = new float[directions][];
    for (int d = 0; d < directions && p != null; d++) {
      peepholes[d] = filledUp(p, 3 * d * hidden, 3, 1);
    }
    gates = new float[cells().length * GATES];
    scratch = new float[units];
  }

  static Kernel create(NodeContext node) {
    LSTM lstm = (LSTM) node.operator();
    return supports(node, lstm.recurrence(), GATES) ? new LstmKernel(node, lstm) : null;
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
      long phase) {
    float[] c = cells();
    if (peepholes[d] == null && !coupled && isPlain(d)) {
      multiplyState(d, now, rows, 0, GATES, Epilogue.NONE, null, 0, gates, from, to);
      int begin = from * BLOCK;
      int n = (to - from) * BLOCK;
      for (int row = 0; row < rows; row++) {
        int g = row * gateRow + begin;
        int state = row * units + begin;
        simd.lstmCell(sums, at + g, gates, g, units, c, state, next, state, n);
      }
      return phase;
    }
    multiplyState(d, now, rows, 0, GATES, Epilogue.NONE, sums, at, gates, from, to);
    for (int row = 0; row < rows; row++) {
      int i = row * gateRow;
      int o = i + units;
      int f = o + units;
      int g = f + units;
      int state = row * units;
      if (peepholes[d] == null) {
        activate(activation(d, 0), gates, row, 0, 3, from, to);
      } else {
        addPeephole(d, 0, c, state, i, from, to);
        addPeephole(d, 2, c, state, f, from, to);
        activate(activation(d, 0), gates, row, 0, 1, from, to);
        activate(activation(d, 0), gates, row, 2, 3, from, to);
      }
      activate(activation(d, 1), gates, row, 3, 4, from, to);
      if (coupled) {
        int begin = from * BLOCK;
        simd.scalarBinary(BinaryOp.SUB, 1, gates, i + begin, gates, f + begin, (to - from) * BLOCK);
      }
      combine(BinaryOp.MUL, gates, f, c, state, c, state, from, to);
      combine(BinaryOp.MUL, gates, i, gates, g, gates, g, from, to);
      combine(BinaryOp.ADD, c, state, gates, g, c, state, from, to);
      if (peepholes[d] != null) {
        addPeephole(d, 1, c, state, o, from, to);
        activate(activation(d, 0), gates, row, 1, 2, from, to);
      }
      int begin = from * BLOCK;
      simd.unary(activation(d, 2), c, state + begin, gates, g + begin, (to - from) * BLOCK);
      combine(BinaryOp.MUL, gates, o, gates, g, next, state, from, to);
    }
    return phase;
  }

  /** Adds P∘C to a gate. */
  private void addPeephole(int d, int gate, float[] c, int state, int at, int from, int to) {
    combine(BinaryOp.MUL, peepholes[d], gate * units, c, state, scratch, 0, from, to);
    combine(BinaryOp.ADD, gates, at, scratch, 0, gates, at, from, to);
  }
}
