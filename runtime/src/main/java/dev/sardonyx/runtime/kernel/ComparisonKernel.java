package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/**
 * Equal, Less, LessOrEqual, Greater and GreaterOrEqual of float32 or int64 tensors that broadcast,
 * and And, Or and Not of truth values.
 */
final class ComparisonKernel implements Kernel, Workers.RangeTask {
  /** A row of the result; both operands go ahead by their steps, 1 or 0. */
  @FunctionalInterface
  private interface Row {
    void run(Tensor x, int xAt, int xStep, Tensor y, int yAt, int yStep, byte[] z, int zAt, int n);
  }

  private final Workers workers;
  private final BroadcastRows rows;
  private final Row operator;

  /** Which inputs are the operands: a is greater than b where b is less than a. */
  private final int left;

  private final int right;
  private Tensor x;
  private Tensor y;
  private Tensor z;

  private ComparisonKernel(NodeContext node, Row operator, int left, int right) {
    workers = node.workers();
    this.operator = operator;
    this.left = left;
    this.right = right;
    rows = new BroadcastRows(node.outputShape(0), node.shape(left), node.shape(right));
  }

  static Kernel create(NodeContext node) {
    String opType = node.node().opType();
    Row operator = operator(opType, node.dtype(0));
    boolean isSwapped = opType.startsWith("Greater");
    boolean hasOne = opType.equals("Not");
    return operator == null
        ? null
        : new ComparisonKernel(node, operator, isSwapped ? 1 : 0, isSwapped || hasOne ? 0 : 1);
  }

  private static Row operator(String opType, DType dtype) {
    return switch (dtype) {
      case FLOAT ->
          switch (opType) {
            case "Equal" -> ComparisonKernel::equalFloats;
            case "Less", "Greater" -> ComparisonKernel::lessFloats;
            case "LessOrEqual", "GreaterOrEqual" -> ComparisonKernel::lessOrEqualFloats;
            default -> null;
          };
      case INT64 ->
          switch (opType) {
            case "Equal" -> ComparisonKernel::equalLongs;
            case "Less", "Greater" -> ComparisonKernel::lessLongs;
            case "LessOrEqual", "GreaterOrEqual" -> ComparisonKernel::lessOrEqualLongs;
            default -> null;
          };
      case BOOL ->
          switch (opType) {
            case "And" -> ComparisonKernel::and;
            case "Or" -> ComparisonKernel::or;
            // Its operand is taken twice.
            case "Not" -> ComparisonKernel::nor;
            default -> null;
          };
      default -> null;
    };
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[left];
    y = in[right];
    z = out[0];
    workers.run(this, z.size(), UnaryKernel.GRAIN);
  }

  /** Elements of the output. */
  @Override
  public void run(int from, int to) {
    int n = rows.length();
    int xStep = rows.step(0);
    int yStep = rows.step(1);
    int i = from;
    while (i < to) {
      int row = i / n;
      int within = i % n;
      int count = Math.min(n - within, to - i);
      int xAt = x.arrayOffset() + rows.at(0, row) + within * xStep;
      int yAt = y.arrayOffset() + rows.at(1, row) + within * yStep;
      operator.run(x, xAt, xStep, y, yAt, yStep, z.byteArray(), z.arrayOffset() + i, count);
      i += count;
    }
  }

  private static void equalFloats(
      Tensor x, int xAt, int xStep, Tensor y, int yAt, int yStep, byte[] z, int zAt, int n) {
    float[] xs = x.floatArray();
    float[] ys = y.floatArray();
    for (int i = 0; i < n; i++) {
      z[zAt + i] = (byte) (xs[xAt + i * xStep] == ys[yAt + i * yStep] ? 1 : 0);
    }
  }

  private static void lessFloats(
      Tensor x, int xAt, int xStep, Tensor y, int yAt, int yStep, byte[] z, int zAt, int n) {
    float[] xs = x.floatArray();
    float[] ys = y.floatArray();
    for (int i = 0; i < n; i++) {
      z[zAt + i] = (byte) (xs[xAt + i * xStep] < ys[yAt + i * yStep] ? 1 : 0);
    }
  }

  private static void lessOrEqualFloats(
      Tensor x, int xAt, int xStep, Tensor y, int yAt, int yStep, byte[] z, int zAt, int n) {
    float[] xs = x.floatArray();
    float[] ys = y.floatArray();
    for (int i = 0; i < n; i++) {
      z[zAt + i] = (byte) (xs[xAt + i * xStep] <= ys[yAt + i * yStep] ? 1 : 0);
    }
  }

  private static void equalLongs(
      Tensor x, int xAt, int xStep, Tensor y, int yAt, int yStep, byte[] z, int zAt, int n) {
    long[] xs = x.longArray();
    long[] ys = y.longArray();
    for (int i = 0; i < n; i++) {
      z[zAt + i] = (byte) (xs[xAt + i * xStep] == ys[yAt + i * yStep] ? 1 : 0);
    }
  }

  private static void lessLongs(
      Tensor x, int xAt, int xStep, Tensor y, int yAt, int yStep, byte[] z, int zAt, int n) {
    long[] xs = x.longArray();
    long[] ys = y.longArray();
    for (int i = 0; i < n; i++) {
      z[zAt + i] = (byte) (xs[xAt + i * xStep] < ys[yAt + i * yStep] ? 1 : 0);
    }
  }

  private static void lessOrEqualLongs(
      Tensor x, int xAt, int xStep, Tensor y, int yAt, int yStep, byte[] z, int zAt, int n) {
    long[] xs = x.longArray();
    long[] ys = y.longArray();
    for (int i = 0; i < n; i++) {
      z[zAt + i] = (byte) (xs[xAt + i * xStep] <= ys[yAt + i * yStep] ? 1 : 0);
    }
  }

  private static void and(
      Tensor x, int xAt, int xStep, Tensor y, int yAt, int yStep, byte[] z, int zAt, int n) {
    byte[] xs = x.byteArray();
    byte[] ys = y.byteArray();
    for (int i = 0; i < n; i++) {
      z[zAt + i] = (byte) (xs[xAt + i * xStep] & ys[yAt + i * yStep]);
    }
  }

  private static void or(
      Tensor x, int xAt, int xStep, Tensor y, int yAt, int yStep, byte[] z, int zAt, int n) {
    byte[] xs = x.byteArray();
    byte[] ys = y.byteArray();
    for (int i = 0; i < n; i++) {
      z[zAt + i] = (byte) (xs[xAt + i * xStep] | ys[yAt + i * yStep]);
    }
  }

  private static void nor(
      Tensor x, int xAt, int xStep, Tensor y, int yAt, int yStep, byte[] z, int zAt, int n) {
    byte[] xs = x.byteArray();
    byte[] ys = y.byteArray();
    for (int i = 0; i < n; i++) {
      z[zAt + i] = (byte) ((xs[xAt + i * xStep] | ys[yAt + i * yStep]) == 0 ? 1 : 0);
    }
  }
}
