package dev.sardonyx.runtime.simd;

/**
 * The one-dimensional transforms of Winograd's minimal filtering F(m, 3): m outputs of a filter of
 * three taps from m + 2 inputs and as many multiplications. Applied to the rows and then to the
 * columns of a tile they give F(m×m, 3×3).
 *
 * <p>Y = Aᵀ[(G·g) ⊙ (Bᵀ·d)] with the matrices that Toom and Cook's construction yields for the
 * points 0, ±√½, ±√2, ∞ (m = 4) or 0, ±1, ∞ (m = 2): row i of Bᵀ holds the coefficients of the
 * product of all (x − pⱼ) with j ≠ i, row i of G the powers of pᵢ divided by the product of all (pᵢ
 * − pⱼ), and column i of Aᵀ the powers of pᵢ. Points that are each other's inverses keep all
 * factors near one and with them the rounding errors small (Lavin and Gray, 2016; Barabasz and
 * others, 2020).
 */
public enum WinogradTransform {
  /** Bᵀ of F(4, 3): six values from six. */
  INPUT_4(6, 6),
  /** Aᵀ of F(4, 3): four values from six. */
  OUTPUT_4(6, 4),
  /** Bᵀ of F(2, 3): four values from four. */
  INPUT_2(4, 4),
  /** Aᵀ of F(2, 3): two values from four. */
  OUTPUT_2(4, 2);

  /** √½ and √2, the points of F(4, 3). */
  static final float A = (float) Math.sqrt(0.5);

  static final float B = (float) Math.sqrt(2);

  private final int inputs;
  private final int outputs;

  WinogradTransform(int inputs, int outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Values read. */
  public int inputs() {
    return inputs;
  }

  /** Values written. */
  public int outputs() {
    return outputs;
  }

  /**
   * The matrix G of F(m, 3): m + 2 rows of three.
   *
   * @param m 4 or 2
   */
  public static double[][] filter(int m) {
    double a = A;
    double b = B;
    return m == 4
        ? new double[][] {
          {1, 0, 0},
          {-2 / 3.0, -2 / 3.0 * a, -1 / 3.0},
          {-2 / 3.0, 2 / 3.0 * a, -1 / 3.0},
          {1 / 6.0, b / 6, 1 / 3.0},
          {1 / 6.0, -b / 6, 1 / 3.0},
          {0, 0, 1}
        }
        : new double[][] {{-1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
  }
}
