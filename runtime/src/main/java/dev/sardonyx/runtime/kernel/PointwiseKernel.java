package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.Pointwise;
import dev.sardonyx.runtime.lowering.Pointwise.Step;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/**
 * {@link Pointwise}: all steps over a block that stays in the first-level cache, then the next
 * block.
 */
final class PointwiseKernel implements Kernel, Workers.RangeTask {
  /** Floats of a block. */
  private static final int BLOCK = 2048;

  /**
   * One step.
   *
   * @param function for one argument, else null
   * @param op for two arguments, else null
   * @param operand the input that is the other argument
   * @param swapped whether the other argument is the left one
   * @param inner how many rows in turn use the same row of the operand; 0 if it is one number
   * @param period after how many rows of its own the operand begins anew
   */
  private record Pass(
      UnaryFunction function, BinaryOp op, int operand, boolean swapped, int inner, int period) {}

  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;
  private final Pass[] passes;

  /** The output as rows; one row if no operand is made of rows shorter than it. */
  private final int rows;

  private final int columns;
  private final int parts;
  private Tensor[] in;
  private Tensor y;
  private float[][] blocks;

  private PointwiseKernel(NodeContext node, List<Step> steps) {
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    int[] shape = node.outputShape(0);
    int size = Tensor.sizeOf(shape);
    int last = shape.length == 0 ? 1 : shape[shape.length - 1];
    boolean byRow = false;
    for (int i = 1; i < node.inputs().size(); i++) {
      int operand = Tensor.sizeOf(node.shape(i));
      byRow |= operand != 1 && operand != size;
    }
    columns = byRow ? last : size;
    rows = columns == 0 ? 0 : size / columns;
    passes = new Pass[steps.size()];
    int next = 1;
    for (int i = 0; i < passes.length; i++) {
      Step step = steps.get(i);
      if (step.isUnary()) {
        passes[i] = new Pass(step.function(), null, 0, false, 0, 0);
      } else {
        BinaryOp op = BinaryOp.valueOf(step.node().opType().toUpperCase(Locale.ROOT));
        passes[i] = pass(op, next, step.chained() == 1, node.shape(next), shape);
        next++;
      }
    }
    parts = Math.max(1, Math.min(workers.threads(), size / UnaryKernel.GRAIN));
    scratch.reserve(parts, BLOCK);
  }

  static Kernel create(NodeContext node) {
    return node.allFloat()
        ? new PointwiseKernel(node, ((Pointwise) node.operator()).steps())
        : null;
  }

  private Pass pass(BinaryOp op, int operand, boolean swapped, int[] from, int[] to) {
    int size = Tensor.sizeOf(from);
    if (size == 1) {
      return new Pass(null, op, operand, swapped, 0, 1);
    }
    int inner = 1;
    int lead = to.length - from.length;
    for (int d = to.length - 2; d >= 0 && (d < lead || from[d - lead] == 1); d--) {
      inner *= to[d];
    }
    boolean whole = size == (long) rows * columns;
    return new Pass(
        null, op, operand, swapped, whole ? 1 : inner, whole ? rows : size / Math.max(1, columns));
  }

  @Override
  public void run(Tensor[] inputs, Tensor[] out) {
    in = inputs;
    y = out[0];
    blocks = scratch.arrays();
    workers.run(this, parts, 1);
  }

  /** Parts of the rows or, if there is but one, of its columns. */
  @Override
  public void run(int from, int to) {
    for (int part = from; part < to; part++) {
      if (rows == 1) {
        int end = boundary(columns, part + 1);
        for (int c = boundary(columns, part); c < end; c += BLOCK) {
          block(blocks[part], 0, 1, c, Math.min(BLOCK, end - c));
        }
      } else {
        rows(blocks[part], boundary(rows, part), boundary(rows, part + 1));
      }
    }
  }

  private int boundary(int n, int part) {
    return (int) ((long) n * part / parts);
  }

  private void rows(float[] block, int from, int to) {
    int most = Math.max(1, BLOCK / Math.max(1, columns));
    int r = from;
    while (r < to) {
      int count = Math.min(most, to - r);
      for (Pass p : passes) {
        if (p.inner > 1) {
          count = Math.min(count, p.inner - r % p.inner);
        } else if (p.inner == 1) {
          count = Math.min(count, p.period - r % p.period);
        }
      }
      for (int c = 0; c < columns; c += BLOCK) {
        block(block, r, count, c, Math.min(BLOCK, columns - c));
      }
      r += count;
    }
  }

  /** All steps over a block of {@code count} rows from {@code row} and {@code n} columns. */
  private void block(float[] block, int row, int count, int column, int n) {
    int at = row * columns + column;
    float[] from = in[0].floatArray();
    int fromAt = in[0].arrayOffset() + at;
    int fromStride = columns;
    for (int i = 0; i < passes.length; i++) {
      boolean last = i == passes.length - 1;
      float[] to = last ? y.floatArray() : block;
      int toAt = last ? y.arrayOffset() + at : 0;
      int toStride = last ? columns : n;
      Pass p = passes[i];
      if (p.function != null) {
        if (fromStride == n && toStride == n) {
          simd.unary(p.function, from, fromAt, to, toAt, count * n);
        } else {
          simd.unary(p.function, from, fromAt, fromStride, to, toAt, toStride, count, n);
        }
      } else if (p.inner == 0) {
        scalar(p, from, fromAt, fromStride, to, toAt, toStride, count, n);
      } else {
        int otherRow = row / p.inner % p.period;
        Tensor t = in[p.operand];
        float[] other = t.floatArray();
        int otherAt = t.arrayOffset() + otherRow * columns + column;
        int otherStride = p.inner > 1 ? 0 : columns;
        if (p.swapped) {
          simd.binary(
              p.op,
              other,
              otherAt,
              otherStride,
              from,
              fromAt,
              fromStride,
              to,
              toAt,
              toStride,
              count,
              n);
        } else {
          simd.binary(
              p.op,
              from,
              fromAt,
              fromStride,
              other,
              otherAt,
              otherStride,
              to,
              toAt,
              toStride,
              count,
              n);
        }
      }
      from = to;
      fromAt = toAt;
      fromStride = toStride;
    }
  }

  /** A step whose other argument is one number. */
  private void scalar(
      Pass p,
      float[] from,
      int fromAt,
      int fromStride,
      float[] to,
      int toAt,
      int toStride,
      int count,
      int n) {
    Tensor t = in[p.operand];
    float number = t.floatArray()[t.arrayOffset()];
    // Rows that follow one another are one row.
    boolean dense = count == 1 || fromStride == n && toStride == n;
    int runs = dense ? 1 : count;
    int run = dense ? count * n : n;
    for (int i = 0; i < runs; i++) {
      if (p.swapped) {
        simd.scalarBinary(
            p.op, number, from, fromAt + i * fromStride, to, toAt + i * toStride, run);
      } else {
        simd.binaryScalar(
            p.op, from, fromAt + i * fromStride, number, to, toAt + i * toStride, run);
      }
    }
  }
}
