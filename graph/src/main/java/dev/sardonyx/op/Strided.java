package dev.sardonyx.op;

import dev.sardonyx.tensor.Tensor;

/** Copies of elements that stand at regular steps: slices, transposes, repetitions. */
public final class Strided {
  private Strided() {}

  /**
   * A new tensor of {@code shape} whose element at (i₀, i₁, …) is element {@code start + Σ
   * i_d·steps[d]} of {@code x}. A step of 0 repeats, a negative one reverses. What lies together is
   * copied together.
   */
  public static Tensor copy(Tensor x, int start, int[] steps, int... shape) {
    Tensor y = Tensor.zeros(x.dtype(), shape);
    if (y.size() == 0) {
      return y;
    }
    int run = 1;
    int outer = shape.length;
    while (outer > 0 && (steps[outer - 1] == run || shape[outer - 1] == 1)) {
      outer--;
      run *= shape[outer];
    }
    int[] index = new int[outer];
    int at = start;
    for (int i = 0; i < y.size(); i += run) {
      y.copyElements(i, x, at, run);
      for (int d = outer - 1; d >= 0; d--) {
        at += steps[d];
        if (++index[d] < shape[d]) {
          break;
        }
        at -= steps[d] * shape[d];
        index[d] = 0;
      }
    }
    return y;
  }

  /** {@code x} with its dimensions in another order: dimension d of the result is perm[d] of x. */
  public static Tensor transpose(Tensor x, int... perm) {
    int[] strides = Tensor.strides(x.shape());
    int[] steps = new int[perm.length];
    int[] shape = new int[perm.length];
    for (int d = 0; d < perm.length; d++) {
      steps[d] = strides[perm[d]];
      shape[d] = x.dim(perm[d]);
    }
    return copy(x, 0, steps, shape);
  }

  /**
   * Writes to element (i₀, i₁, …) of {@code y} element (sources[0][i₀], sources[1][i₁], …) of
   * {@code x}; where one of the sources is −1, {@code y} stays as it is.
   */
  public static void select(Tensor y, Tensor x, int[]... sources) {
    int rank = y.rank();
    if (rank == 0) {
      y.copyElement(0, x, 0);
      return;
    }
    int[] strides = Tensor.strides(x.shape());
    int[] last = sources[rank - 1];
    int[] index = new int[rank];
    for (int row = 0; row < y.size(); row += last.length) {
      int from = 0;
      for (int d = 0; d < rank - 1 && from >= 0; d++) {
        int source = sources[d][index[d]];
        from = source < 0 ? -1 : from + source * strides[d];
      }
      if (from >= 0) {
        selectRow(y, row, x, from, last);
      }
      for (int d = rank - 2; d >= 0 && ++index[d] == y.dim(d); d--) {
        index[d] = 0;
      }
    }
  }

  private static void selectRow(Tensor y, int row, Tensor x, int from, int[] sources) {
    int i = 0;
    while (i < sources.length) {
      int run = 1;
      if (sources[i] >= 0) {
        while (i + run < sources.length && sources[i + run] == sources[i] + run) {
          run++;
        }
        y.copyElements(row + i, x, from + sources[i], run);
      }
      i += run;
    }
  }
}
