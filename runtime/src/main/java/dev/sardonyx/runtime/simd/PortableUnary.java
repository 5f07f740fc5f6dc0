package dev.sardonyx.runtime.simd;

/** The element-wise functions of one argument over blocks of rows, as plain loops. */
final class PortableUnary {
  private PortableUnary() {}

  static void apply(
      UnaryFunction f,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n) {
    switch (f.op()) {
      case IDENTITY -> copy(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case ABS -> abs(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case CEIL -> ceil(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case CLIP -> clip(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha(), f.beta());
      case COS -> cos(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case ELU ->
          elu(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha(), f.beta(), f.gamma());
      case ERF -> erf(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case EXP -> exp(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case FLOOR -> floor(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case GELU -> gelu(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case GELU_TANH -> geluTanh(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case HARD_SIGMOID ->
          hardSigmoid(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha(), f.beta());
      case HARD_SWISH -> hardSwish(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case LEAKY_RELU -> leakyRelu(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha());
      case LOG -> log(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case MISH -> mish(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case NEG -> neg(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case RECIPROCAL -> reciprocal(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case RELU -> relu(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case ROUND -> round(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case SCALED_HARD_SWISH ->
          scaledHardSwish(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha(), f.beta());
      case SIGMOID -> sigmoid(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case SIGN -> sign(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case SILU -> silu(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case SIN -> sin(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case SOFTPLUS -> softplus(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case SOFTSIGN -> softsign(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case SQRT -> sqrt(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case SWISH -> swish(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha());
      case TANH -> tanh(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case THRESHOLDED_RELU ->
          thresholdedRelu(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha());
    }
  }

  private static void copy(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x, xOffset + r * xStride, y, yOffset + r * yStride, n);
    }
  }

  private static void abs(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = Math.abs(x[xi + i]);
      }
    }
  }

  private static void ceil(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = (float) Math.ceil(x[xi + i]);
      }
    }
  }

  private static void clip(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float alpha,
      float beta) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.clip(x[xi + i], alpha, beta);
      }
    }
  }

  private static void erf(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.erf(x[xi + i]);
      }
    }
  }

  private static void exp(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.exp(x[xi + i]);
      }
    }
  }

  private static void floor(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = (float) Math.floor(x[xi + i]);
      }
    }
  }

  private static void gelu(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.gelu(x[xi + i]);
      }
    }
  }

  private static void hardSigmoid(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float alpha,
      float beta) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.hardSigmoid(x[xi + i], alpha, beta);
      }
    }
  }

  private static void hardSwish(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.hardSwish(x[xi + i]);
      }
    }
  }

  private static void leakyRelu(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float alpha) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.leakyRelu(x[xi + i], alpha);
      }
    }
  }

  private static void log(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.log(x[xi + i]);
      }
    }
  }

  private static void neg(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = -x[xi + i];
      }
    }
  }

  private static void reciprocal(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.reciprocal(x[xi + i]);
      }
    }
  }

  private static void relu(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.relu(x[xi + i]);
      }
    }
  }

  private static void scaledHardSwish(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float alpha,
      float beta) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.scaledHardSwish(x[xi + i], alpha, beta);
      }
    }
  }

  private static void sigmoid(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.sigmoid(x[xi + i]);
      }
    }
  }

  private static void silu(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.silu(x[xi + i]);
      }
    }
  }

  private static void sqrt(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.sqrt(x[xi + i]);
      }
    }
  }

  private static void tanh(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.tanh(x[xi + i]);
      }
    }
  }

  private static void cos(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.cos(x[xi + i]);
      }
    }
  }

  private static void sin(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.sin(x[xi + i]);
      }
    }
  }

  private static void elu(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float alpha,
      float beta,
      float gamma) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.elu(x[xi + i], alpha, beta, gamma);
      }
    }
  }

  private static void geluTanh(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.geluTanh(x[xi + i]);
      }
    }
  }

  private static void mish(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.mish(x[xi + i]);
      }
    }
  }

  private static void round(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = (float) Math.rint(x[xi + i]);
      }
    }
  }

  private static void sign(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = Math.signum(x[xi + i]);
      }
    }
  }

  private static void softplus(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.softplus(x[xi + i]);
      }
    }
  }

  private static void softsign(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.softsign(x[xi + i]);
      }
    }
  }

  private static void swish(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float alpha) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.swish(x[xi + i], alpha);
      }
    }
  }

  private static void thresholdedRelu(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float alpha) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i++) {
        y[yi + i] = ScalarMath.thresholdedRelu(x[xi + i], alpha);
      }
    }
  }
}
