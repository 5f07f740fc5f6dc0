package dev.sardonyx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageInputTest {
  private static final float[] ZERO = {0};
  private static final float[] ONE = {1};

  @TempDir Path folder;
  private Path picture;

  /** Two pixels side by side: (255, 51, 0) and (0, 102, 255). */
  @BeforeEach
  void drawPicture() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, 0xFF3300);
    image.setRGB(1, 0, 0x0066FF);
    picture = folder.resolve("two.png");
    ImageIO.write(image, "png", picture.toFile());
  }

  @Test
  void planesAreOrderedByLayoutAndColor() throws IOException {
    assertThat(new ImageInput(0, 0, 3, ZERO, ONE, false, false).read(picture, DType.FLOAT))
        .isEqualTo(Tensor.of(new float[] {1, 0, 0.2f, 0.4f, 0, 1}, 1, 3, 1, 2));
    assertThat(new ImageInput(0, 0, 3, ZERO, ONE, true, false).read(picture, DType.FLOAT))
        .isEqualTo(Tensor.of(new float[] {1, 0.2f, 0, 0, 0.4f, 1}, 1, 1, 2, 3));
    assertThat(new ImageInput(0, 0, 3, ZERO, ONE, false, true).read(picture, DType.FLOAT))
        .isEqualTo(Tensor.of(new float[] {0, 1, 0.2f, 0.4f, 1, 0}, 1, 3, 1, 2));
  }

  @Test
  void channelsAreNormalisedEachWithItsOwnMeanAndDeviation() throws IOException {
    float[] mean = {0.5f, 0.25f, 0};
    float[] std = {0.5f, 0.25f, 2};
    Tensor t = new ImageInput(0, 0, 3, mean, std, false, false).read(picture, DType.FLOAT);
    assertThat(t.toDoubles())
        .usingComparatorWithPrecision(1e-6)
        .containsExactly(1, -1, -0.2, 0.6, 0, 0.5);
  }

  @Test
  void bytesStayAsTheyAre() throws IOException {
    assertThat(new ImageInput(0, 0, 3, ZERO, ONE, true, false).read(picture, DType.UINT8).toLongs())
        .containsExactly(255, 51, 0, 0, 102, 255);
  }

  @Test
  void greyIsLumaAndGreyPicturesKeepTheirSamples() throws IOException {
    Tensor t = new ImageInput(0, 0, 1, ZERO, ONE, false, false).read(picture, DType.FLOAT);
    assertThat(t.getDouble(0)).isCloseTo(0.299 + 0.587 * 0.2, within(1e-6));
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(0, 0, 0, 51);
    Path grey = folder.resolve("grey.png");
    ImageIO.write(image, "png", grey.toFile());
    assertThat(new ImageInput(0, 0, 1, ZERO, ONE, false, false).read(grey, DType.UINT8).toLongs())
        .containsExactly(51);
    assertThat(new ImageInput(0, 0, 3, ZERO, ONE, false, false).read(grey, DType.UINT8).toLongs())
        .containsExactly(51, 51, 51);
  }

  @Test
  void resizingIsBilinearUpwardsAndAveragesDownwards() {
    assertThat(Resampling.resize(new float[] {0, 1}, 2, 1, 4, 1))
        .containsExactly(0, 0.25f, 0.75f, 1);
    assertThat(Resampling.resize(new float[] {0, 2, 4, 6}, 2, 2, 1, 1)).containsExactly(3);
    // 4 → 2: the filter reaches 2 samples to each side of the centres 1 and 3
    assertThat(Resampling.resize(new float[] {0, 0, 7, 7}, 4, 1, 2, 1)).containsExactly(1, 6);
    assertThat(Resampling.resize(new float[] {1, 2, 3, 4, 5, 6}, 3, 2, 3, 2))
        .containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void aFileThatIsNoPictureIsNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("a.png"), "hello");
    assertThatThrownBy(
            () -> new ImageInput(0, 0, 3, ZERO, ONE, false, false).read(text, DType.FLOAT))
        .isInstanceOf(ModelException.class)
        .hasMessage(text + ": expected a picture that Java reads: PNG, JPEG, GIF, BMP or TIFF");
  }
}
