package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.recurrent.RNN;
import dev.sardonyx.runtime.simd.Epilogue;

/** {@link RNN}. */
final class RnnKernel extends RecurrentKernel {
  private RnnKernel(NodeContext node, RNN rnn) {
    super(node, rnn.recurrence(), 1, 1);
  }

  static Kernel create(NodeContext node) {
    RNN rnn = (RNN) node.operator();
    return supports(node, rnn.recurrence(), 1) ? new RnnKernel(node, rnn) : null;
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
    multiplyState(d, now, rows, 0, 1, Epilogue.NONE, sums, at, next, from, to);
    for (int row = 0; row < rows; row++) {
      activate(activation(d, 0), next, row, 0, 1, from, to);
    }
    return phase;
  }
}
