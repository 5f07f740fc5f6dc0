package dev.sardonyx.cli;

/**
 * Resizing by a triangle filter that widens when the picture shrinks (bilinear with antialiasing):
 * what imaging libraries do before classification, and the same on every machine.
 */
final class Resampling {
  private Resampling() {}

  /**
   * A plane of {@code width × height} samples, row by row, as one of {@code toWidth × toHeight}.
   */
  static float[] resize(float[] plane, int width, int height, int toWidth, int toHeight) {
    float[] wide = alongRows(plane, width, height, toWidth);
    return transpose(
        alongRows(transpose(wide, toWidth, height), height, toWidth, toHeight), toHeight, toWidth);
  }

  private static float[] alongRows(float[] plane, int width, int height, int toWidth) {
    if (width == toWidth) {
      return plane;
    }
    float[] out = new float[toWidth * height];
    double scale = (double) width / toWidth;
    double radius = Math.max(scale, 1);
    for (int x = 0; x < toWidth; x++) {
      double centre = (x + 0.5) * scale;
      int from = (int) Math.max(0, Math.floor(centre - radius));
      int to = (int) Math.min(width, Math.ceil(centre + radius));
      double[] weights = new double[to - from];
      double sum = 0;
      for (int i = from; i < to; i++) {
        weights[i - from] = Math.max(0, 1 - Math.abs((i + 0.5 - centre) / radius));
        sum += weights[i - from];
      }
      for (int y = 0; y < height; y++) {
        double v = 0;
        for (int i = from; i < to; i++) {
          v += weights[i - from] * plane[y * width + i];
        }
        out[y * toWidth + x] = (float) (v / sum);
      }
    }
    return out;
  }

  private static float[] transpose(float[] plane, int width, int height) {
    float[] out = new float[plane.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        out[x * height + y] = plane[y * width + x];
      }
    }
    return out;
  }
}
