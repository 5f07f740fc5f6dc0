package dev.sardonyx.benchmarks;

import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;

/**
 * Lines of dark capital letters on white paper, from −1 (black) to 1: what models that find or read
 * text answer with numbers near one, which they do not for noise.
 */
final class TextImage {
  private static final double PAPER = 1;
  private static final double INK = -0.9;

  /** Pixels from one line to the next, and of a dot of a letter. */
  private static final int LINE = 48;

  private static final int DOT = 4;

  /** Letters of 5 × 7 dots, row by row from the top, the leftmost dot being the highest bit. */
  private static final int[][] LETTERS = {
    {14, 17, 17, 31, 17, 17, 17}, // A
    {30, 17, 17, 30, 17, 17, 30}, // B
    {31, 16, 16, 30, 16, 16, 31}, // E
    {17, 17, 17, 31, 17, 17, 17}, // H
    {16, 16, 16, 16, 16, 16, 31}, // L
    {17, 25, 21, 19, 17, 17, 17}, // N
    {14, 17, 17, 17, 17, 17, 14}, // O
    {30, 17, 17, 30, 20, 18, 17}, // R
    {31, 4, 4, 4, 4, 4, 4}, // T
  };

  private TextImage() {}

  /**
   * Fills images [..., height, width].
   *
   * @param random which letters
   */
  static void draw(Tensor t, Random random) {
    int height = t.dim(-2);
    int width = t.dim(-1);
    double[] image = new double[height * width];
    Arrays.fill(image, PAPER);
    for (int y = (LINE - 7 * DOT) / 2; y + 7 * DOT <= height; y += LINE) {
      int letters = 0;
      for (int x = 3 * DOT; x + 8 * DOT <= width; x += 6 * DOT) {
        // Words of seven letters.
        if (++letters % 8 != 0) {
          letter(LETTERS[random.nextInt(LETTERS.length)], image, width, x, y);
        }
      }
    }
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, image[i % image.length]);
    }
  }

  private static void letter(int[] rows, double[] image, int width, int left, int top) {
    for (int y = 0; y < rows.length * DOT; y++) {
      for (int x = 0; x < 5 * DOT; x++) {
        if ((rows[y / DOT] >> (4 - x / DOT) & 1) == 1) {
          image[(top + y) * width + left + x] = INK;
        }
      }
    }
  }
}
