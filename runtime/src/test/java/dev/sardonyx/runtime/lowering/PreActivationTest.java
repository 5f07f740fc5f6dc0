package dev.sardonyx.runtime.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PreActivationTest {
  @Example
  void joinedAndActivatedImagesAreReadByTheConvolutionAsTheyAre() {
    Model m = new Model(new Random(1));
    String x = join(m, image(m, 2, 5, 9, 7), image(m, 2, 19, 9, 7), image(m, 2, 3, 9, 7));
    String y = m.node("Conv", activated(m, x, 27, "Relu"), m.constant(37, 27, 1, 1));
    m.check(
        y,
        "Transpose",
        "ChannelsLastConv",
        "Transpose",
        "ChannelsLastConv",
        "Transpose",
        "ChannelsLastConv",
        "PreActivatedConv",
        "Transpose");
  }

  @Example
  void biasResidualAndActivationFollow() {
    Model m = new Model(new Random(2));
    String x = pool(m, image(m, 1, 70, 41, 32));
    String r = image(m, 1, 33, 40, 31);
    String y =
        m.node("Conv", activated(m, x, 70, "HardSwish"), m.constant(33, 70, 1, 1), m.constant(33));
    y = m.node("Relu", m.node("Add", y, r));
    m.check(
        y,
        "Transpose",
        "ChannelsLastConv",
        "ChannelsLastPool",
        "Transpose",
        "ChannelsLastConv",
        "PreActivatedConv",
        "Transpose");
  }

  @Example
  void joinedImagesThatOthersReadAreWritten() {
    Model m = new Model(new Random(3));
    String x = join(m, image(m, 1, 8, 6, 6), image(m, 1, 8, 6, 6));
    String y = m.node("Conv", activated(m, x, 16, "Relu"), m.constant(16, 16, 1, 1));
    m.check(
        m.node("Add", x, y),
        "Transpose",
        "ChannelsLastConv",
        "Transpose",
        "ChannelsLastConv",
        "Concat",
        "PreActivatedConv",
        "Transpose");
  }

  @Example
  void convolutionsOfSeveralPixelsDecline() {
    Model m = new Model(new Random(4));
    Attributes everySecond = Attributes.NONE.with("strides", Attribute.of(2, 2));
    String x = activated(m, pool(m, image(m, 1, 8, 6, 6)), 8, "Relu");
    String y = m.node("Conv", everySecond, x, m.constant(16, 8, 1, 1));
    m.check(
        y,
        "Transpose",
        "ChannelsLastConv",
        "ChannelsLastPool",
        "Pointwise",
        "ChannelsLastConv",
        "Transpose");
  }

  @Example
  void everyImageIsScaledByItsOwnNumbers() {
    Model m = new Model(new Random(5));
    String r = image(m, 2, 41, 13, 11);
    String y = m.node("Conv", excited(m, 37, image(m, 2, 37, 13, 11)), m.constant(41, 37, 1, 1));
    m.check(
        m.node("Relu", m.node("Add", y, r)),
        "Transpose",
        "ChannelsLastConv",
        "Transpose",
        "ChannelsLastConv",
        "ChannelsLastMean",
        "ChannelsLastConv",
        "PreActivatedConv",
        "Transpose");
  }

  @Example
  void manyOutputsOfFewScaledPixelsAreShared() {
    Model m = new Model(new Random(6));
    String y = m.node("Conv", excited(m, 300, image(m, 1, 300, 7, 7)), m.constant(420, 300, 1, 1));
    m.check(
        y,
        "Transpose",
        "ChannelsLastConv",
        "ChannelsLastMean",
        "ChannelsLastConv",
        "PreActivatedConv",
        "Transpose");
  }

  @Example
  void scaledImagesMayBeActivated() {
    Model m = new Model(new Random(7));
    String x = m.node("HardSwish", excited(m, 20, image(m, 3, 20, 5, 5)));
    m.check(
        m.node("Conv", x, m.constant(24, 20, 1, 1)),
        "Transpose",
        "ChannelsLastConv",
        "ChannelsLastMean",
        "ChannelsLastConv",
        "PreActivatedConv",
        "Transpose");
  }

  @Example
  void scalesOfPixelsDecline() {
    Model m = new Model(new Random(8));
    String x = m.node("Mul", image(m, 2, 16, 6, 6), m.input(2, 1, 6, 6));
    String y = m.node("Conv", x, m.constant(8, 16, 1, 1));
    m.check(
        y, "Transpose", "ChannelsLastConv", "Transpose", "Mul", "ChannelsLastConv", "Transpose");
  }

  @Property(tries = 40)
  void scalingGivesTheBitsOfAProductByItself(
      @ForAll @IntRange(min = 1, max = 3) int images,
      @ForAll @IntRange(min = 1, max = 330) int channels,
      @ForAll @IntRange(min = 1, max = 330) int outputs,
      @ForAll @IntRange(min = 1, max = 17) int height,
      @ForAll @IntRange(min = 1, max = 17) int width) {
    // Where a caller sees the scaled image, it is written.
    float[][] results = new float[2][];
    for (int i = 0; i < 2; i++) {
      Model m = new Model(new Random(9));
      String x = excited(m, channels, image(m, images, channels, height, width));
      String y = m.node("Conv", x, m.constant(outputs, channels, 1, 1));
      results[i] = (i == 0 ? m.first(y) : m.first(y, x)).toFloats();
    }
    assertThat(results[0]).isEqualTo(results[1]);
  }

  /** An image times numbers for each channel, which come from its means. */
  private static String excited(Model m, int channels, String x) {
    String mean = m.node("GlobalAveragePool", x);
    String scale = m.node("Sigmoid", m.node("Conv", mean, m.constant(channels, channels, 1, 1)));
    return m.node("Mul", scale, x);
  }

  /** An image that a convolution has computed, and which therefore has its channels last. */
  private static String image(Model m, int images, int channels, int height, int width) {
    return m.node("Conv", m.input(images, 4, height, width), m.constant(channels, 4, 1, 1));
  }

  /** One row and one column less. */
  private static String pool(Model m, String x) {
    return m.node("MaxPool", Attributes.NONE.with("kernel_shape", Attribute.of(2, 2)), x);
  }

  private static String join(Model m, String... images) {
    return m.node("Concat", Attributes.NONE.with("axis", Attribute.of(1)), images);
  }

  private static String activated(Model m, String x, int channels, String function) {
    String scaled = m.node("Mul", x, m.constant(channels, 1, 1));
    return m.node(function, m.node("Add", scaled, m.constant(channels, 1, 1)));
  }
}
