package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/**
 * The kernels in plain Java. They rely on the processor having fused multiply-add; without it
 * {@link Math#fma} is right but very slow.
 */
final class PortableKernels implements Kernels {
  static final PortableKernels INSTANCE = new PortableKernels();

  private PortableKernels() {}

  @Override
  public String name() {
    return "portable";
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
    PortableGemm.gemm(
        this,
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
    PortableGemmOfColumns.gemm(this, a, b, bias, c, cOffset, ldc);
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
    PortableIndirectGemm.gemm(
        this,
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
    PortableDoubleGemm.gemm(a, aOffset, lda, b, c, cOffset, ldc, rowFrom, rowTo);
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
    PortableUnary.apply(f, x, xOffset, xStride, y, yOffset, yStride, rows, n);
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
    PortableBinary.apply(
        op, x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
  }

  @Override
  public void binaryScalar(
      BinaryOp op, float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    PortableBinary.scalarRight(op, x, xOffset, scalar, z, zOffset, n);
  }

  @Override
  public void scalarBinary(
      BinaryOp op, float scalar, float[] y, int yOffset, float[] z, int zOffset, int n) {
    PortableBinary.scalarLeft(op, scalar, y, yOffset, z, zOffset, n);
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
    PortableRows.reduce(reduction, x, xOffset, xStride, rows, n, y, yOffset);
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
    PortableScaleShift.apply(
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
    Arrays.fill(y, yOffset, yOffset + n, 0f);
    for (int row = 0; row < rows; row++) {
      binary(BinaryOp.ADD, y, yOffset, x, xOffset + row * xStride, y, yOffset, n);
    }
  }

  @Override
  public void softmax(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    PortableRows.softmax(x, xOffset, xStride, y, yOffset, yStride, rows, n);
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
    PortableAttention.block(
        this,
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

  @Override
  public void logSoftmax(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    PortableRows.logSoftmax(x, xOffset, xStride, y, yOffset, yStride, rows, n);
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
    PortableRows.layerNorm(
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
    PortableRows.rmsNorm(
        x, xOffset, xStride, y, yOffset, yStride, rows, n, scale, scaleOffset, epsilon);
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
    int rowSize = window.outWidth() * channels;
    for (int row = rowFrom; row < rowTo; row++) {
      PortableDepthwise.rows(x, xOffset, weights, y, yOffset, channels, window, row, row + 1);
      epilogue.apply(
          this,
          y,
          yOffset + row * rowSize,
          channels,
          window.outWidth(),
          channels,
          0,
          residual,
          residualOffset + row * rowSize,
          channels);
    }
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
    PortablePool.max(x, xOffset, y, yOffset, channels, window, rowFrom, rowTo);
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
    PortablePool.average(x, xOffset, y, yOffset, channels, window, rowFrom, rowTo, countIncludePad);
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
    int m = transform.outputs();
    float[] added = residual;
    int addedAt = residualOffset;
    if (residual == y && residualOffset == yOffset) {
      added = ResidualCopy.of(residual, residualOffset, yStep, lines * m, n);
      addedAt = 0;
    }
    winograd(transform, x, xOffset, xLine, xStep, y, yOffset, m * yStep, yStep, lines, n);
    epilogue.apply(this, y, yOffset, yStep, lines * m, n, firstColumn, added, addedAt, yStep);
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
    for (int l = 0; l < lines; l++) {
      int x0 = xOffset + l * xLine;
      int y0 = yOffset + l * yLine;
      switch (transform) {
        case INPUT_4 -> PortableWinograd.input4(x, x0, xStep, y, y0, yStep, n);
        case OUTPUT_4 -> PortableWinograd.output4(x, x0, xStep, y, y0, yStep, n);
        case INPUT_2 -> PortableWinograd.input2(x, x0, xStep, y, y0, yStep, n);
        case OUTPUT_2 -> PortableWinograd.output2(x, x0, xStep, y, y0, yStep, n);
      }
    }
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
    PortableCells.lstm(sums, sumsOffset, gates, gatesOffset, apart, c, cOffset, h, hOffset, 0, n);
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
    PortableCells.gru(
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
        0,
        n);
  }

  @Override
  public void copyRows(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x, xOffset + r * xStride, y, yOffset + r * yStride, n);
    }
  }

  @Override
  public void everySecond(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = x[xi + 2 * i];
      }
    }
  }

  @Override
  public void range(float[] x, int xOffset, int n, float[] ends, int at) {
    PortableQuantize.range(x, xOffset, n, ends, at);
  }

  @Override
  public void quantize(
      float[] x, int xOffset, float scale, float zero, float[] y, int yOffset, int n) {
    PortableQuantize.quantize(x, xOffset, scale, zero, y, yOffset, n);
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
    PortableQuantize.rescale(
        y, yOffset, yStride, rows, n, scale, bias, column, residual, residualOffset);
  }

  @Override
  public void widen(byte[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = x[xOffset + i];
    }
  }
}
