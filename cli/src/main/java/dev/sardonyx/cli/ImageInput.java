package dev.sardonyx.cli;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * A picture as a tensor with a batch of one.
 *
 * <p>Every channel is resized, scaled to 0…1 and normalised: {@code (x - mean) / std}. An input of
 * uint8 takes the resized bytes 0…255 as they are. Transparency is ignored.
 *
 * @param width of the tensor; 0 for the picture's own
 * @param height of the tensor; 0 for the picture's own
 * @param channels 1 (grey: 0.299 R + 0.587 G + 0.114 B) or 3
 * @param mean one per channel, or one for all
 * @param std one per channel, or one for all
 * @param channelsLast NHWC instead of NCHW
 * @param bgr channels in the order blue, green, red
 */
@SuppressWarnings("ArrayRecordComponent") // made from options, never compared
record ImageInput(
    int width,
    int height,
    int channels,
    float[] mean,
    float[] std,
    boolean channelsLast,
    boolean bgr) {

  Tensor read(Path file, DType dtype) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    BufferedImage picture = ImageIO.read(file.toFile());
    if (picture == null) {
      throw new ModelException(
          file + ": expected a picture that Java reads: PNG, JPEG, GIF, BMP or TIFF");
    }
    int w = width > 0 ? width : picture.getWidth();
    int h = height > 0 ? height : picture.getHeight();
    float[][] planes = planes(picture);
    int[] shape = channelsLast ? new int[] {1, h, w, channels} : new int[] {1, channels, h, w};
    Tensor t = Tensor.zeros(dtype, shape);
    for (int c = 0; c < channels; c++) {
      float[] plane = planes[bgr ? channels - 1 - c : c];
      float[] resized = Resampling.resize(plane, picture.getWidth(), picture.getHeight(), w, h);
      for (int i = 0; i < w * h; i++) {
        int at = channelsLast ? i * channels + c : c * w * h + i;
        if (dtype == DType.UINT8) {
          t.setLong(at, Math.round(resized[i]));
        } else {
          t.setDouble(at, (resized[i] / 255.0 - pick(mean, c)) / pick(std, c));
        }
      }
    }
    return t;
  }

  private static float pick(float[] perChannel, int c) {
    return perChannel[perChannel.length == 1 ? 0 : c];
  }

  /** Red, green and blue, or grey, each row by row from 0 to 255. */
  private float[][] planes(BufferedImage picture) {
    int w = picture.getWidth();
    int h = picture.getHeight();
    float[][] planes = new float[channels][w * h];
    boolean grey = picture.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    float whitest = (1 << picture.getColorModel().getComponentSize(0)) - 1;
    Raster raster = picture.getRaster();
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int i = y * w + x;
        if (grey) { // getRGB would take the samples for linear light and brighten them
          float v = raster.getSample(x, y, 0) * 255f / whitest;
          for (float[] plane : planes) {
            plane[i] = v;
          }
        } else {
          int rgb = picture.getRGB(x, y);
          float r = rgb >> 16 & 0xFF;
          float g = rgb >> 8 & 0xFF;
          float b = rgb & 0xFF;
          if (channels == 1) {
            planes[0][i] = 0.299f * r + 0.587f * g + 0.114f * b;
          } else {
            planes[0][i] = r;
            planes[1][i] = g;
            planes[2][i] = b;
          }
        }
      }
    }
    return planes;
  }
}
