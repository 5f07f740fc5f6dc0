package dev.sardonyx.runtime.simd;

/**
 * The kernels on {@code jdk.incubator.vector}. Only classes of this package called Vector… or Gemm…
 * import that module.
 */
final class VectorKernels implements Kernels {
  static final VectorKernels INSTANCE = new VectorKernels(null);

  /** Who computes what a kernel has no code for, such as a rare activation. */
  private final Kernels others;

  /**
   * @param others null for this
   */
  VectorKernels(Kernels others) {
    this.others = others == null ? this : others;
  }

  /** The vector length in bits. */
  static int bits() {
    return VectorLength.SPECIES.vectorBitSize();
  }

  @Override
  public String name() {
    return "vector " + bits() + "-bit";
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
    VectorGemm.gemm(
        others,
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
    VectorGemmOfColumns.gemm(a, b, bias, c, cOffset, ldc);
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
    if (pixels < VectorIndirectGemm.FEW) {
      PortableIndirectGemm.gemm(
          others,
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
    } else {
      VectorIndirectGemm.gemm(
          others,
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
    VectorDoubleGemm.gemm(a, aOffset, lda, b, c, cOffset, ldc, rowFrom, rowTo);
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
    VectorUnary.apply(f, x, xOffset, xStride, y, yOffset, yStride, rows, n);
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
    VectorBinary.apply(op, x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
  }

  @Override
  public void binaryScalar(
      BinaryOp op, float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    VectorBinary.scalarRight(op, x, xOffset, scalar, z, zOffset, n);
  }

  @Override
  public void scalarBinary(
      BinaryOp op, float scalar, float[] y, int yOffset, float[] z, int zOffset, int n) {
    VectorBinary.scalarLeft(op, scalar, y, yOffset, z, zOffset, n);
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
    VectorRows.reduce(reduction, x, xOffset, xStride, rows, n, y, yOffset);
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
    VectorScaleShift.apply(
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
    VectorSumRows.apply(x, xOffset, xStride, rows, n, y, yOffset);
  }

  @Override
  public void softmax(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    VectorRows.softmax(x, xOffset, xStride, y, yOffset, yStride, rows, n);
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
    VectorAttention.block(
        others,
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
    VectorRows.logSoftmax(x, xOffset, xStride, y, yOffset, yStride, rows, n);
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
    VectorRows.layerNorm(
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
    VectorRows.rmsNorm(
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
    if (VectorDepthwiseRows.knows(window, channels)) {
      VectorDepthwiseRows.apply(
          others,
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
      return;
    }
    if (VectorDepthwise3.knows(window, channels)) {
      VectorDepthwise3.apply(
          others,
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
      return;
    }
    int rowSize = window.outWidth() * channels;
    boolean seven = VectorDepthwise7.knows(window, channels);
    for (int row = rowFrom; row < rowTo; row++) {
      if (seven) {
        VectorDepthwise7.row(x, xOffset, weights, y, yOffset, channels, window, row);
      } else {
        VectorDepthwise.rows(x, xOffset, weights, y, yOffset, channels, window, row, row + 1);
      }
      int at = yOffset + row * rowSize;
      VectorEpilogue.apply(
          others,
          epilogue.bias(),
          0,
          epilogue.activation(),
          y,
          at,
          channels,
          y,
          at,
          channels,
          window.outWidth(),
          channels,
          residual,
          residualOffset + row * rowSize);
      epilogue.prelu(others, y, at, channels, window.outWidth(), channels, 0);
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
    VectorPool.max(x, xOffset, y, yOffset, channels, window, rowFrom, rowTo);
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
    VectorPool.average(x, xOffset, y, yOffset, channels, window, rowFrom, rowTo, countIncludePad);
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
    int x0 = xOffset;
    int y0 = yOffset;
    switch (transform) {
      case INPUT_4 -> VectorWinograd.input4(x, x0, xLine, xStep, y, y0, yLine, yStep, lines, n);
      case OUTPUT_4 -> VectorWinograd.output4(x, x0, xLine, xStep, y, y0, yLine, yStep, lines, n);
      case INPUT_2 -> VectorWinograd.input2(x, x0, xLine, xStep, y, y0, yLine, yStep, lines, n);
      case OUTPUT_2 -> VectorWinograd.output2(x, x0, xLine, xStep, y, y0, yLine, yStep, lines, n);
    }
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
    VectorWinogradOutput.apply(
        others,
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
    VectorCells.lstm(sums, sumsOffset, gates, gatesOffset, apart, c, cOffset, h, hOffset, n);
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
    VectorCells.gru(
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
    if (VectorCopy.knows(n)) {
      VectorCopy.rows(x, xOffset, xStride, y, yOffset, yStride, rows, n);
    } else {
      PortableKernels.INSTANCE.copyRows(x, xOffset, xStride, y, yOffset, yStride, rows, n);
    }
  }

  @Override
  public void everySecond(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    if (VectorEverySecond.knows(n)) {
      VectorEverySecond.rows(x, xOffset, xStride, y, yOffset, yStride, rows, n);
    } else {
      PortableKernels.INSTANCE.everySecond(x, xOffset, xStride, y, yOffset, yStride, rows, n);
    }
  }

  @Override
  public void range(float[] x, int xOffset, int n, float[] ends, int at) {
    VectorQuantize.range(x, xOffset, n, ends, at);
  }

  @Override
  public void quantize(
      float[] x, int xOffset, float scale, float zero, float[] y, int yOffset, int n) {
    VectorQuantize.quantize(x, xOffset, scale, zero, y, yOffset, n);
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
    VectorQuantize.rescale(
        y, yOffset, yStride, rows, n, scale, bias, column, residual, residualOffset);
  }

  @Override
  public void widen(byte[] x, int xOffset, float[] y, int yOffset, int n) {
    VectorWiden.widen(x, xOffset, y, yOffset, n);
  }
}
