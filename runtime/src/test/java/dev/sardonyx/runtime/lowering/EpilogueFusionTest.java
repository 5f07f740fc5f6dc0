package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import java.util.Random;
import net.jqwik.api.Example;

class EpilogueFusionTest {
  @Example
  void scaleAfterTheBiasGoesIntoTheWeightsAndTheResidualFollows() {
    Model m = new Model(new Random(1));
    String x = m.input(2, 5, 7);
    String y = m.node("Add", m.constant(9), m.node("MatMul", x, m.constant(7, 9)));
    y = m.node("Mul", m.constant(9), y);
    m.check(m.node("Add", m.input(2, 5, 9), y), "Linear");
  }

  @Example
  void scaleGoesIntoTransposedWeights() {
    Model m = new Model(new Random(2));
    Attributes transposed = Attributes.NONE.with("transB", Attribute.of(1));
    String y = m.node("Gemm", transposed, m.input(5, 7), m.constant(9, 7), m.constant(9));
    m.check(m.node("Relu", m.node("Mul", y, m.constant(1, 9))), "Linear");
  }

  @Example
  void hardSwishIsScaledAndShiftedInTheEpilogue() {
    Model m = new Model(new Random(4));
    String y = m.node("HardSwish", m.node("MatMul", m.input(5, 8), m.constant(8, 16)));
    y = m.node("Add", m.constant(1), m.node("Mul", m.scalar(1.7f), y));
    m.check(m.node("Mul", y, m.constant(16)), "Linear", "Mul");
  }

  @Example
  void activationsGoIntoTheEpilogues() {
    Attributes tanh = Attributes.NONE.with("approximate", Attribute.of("tanh"));
    Attributes alpha = Attributes.NONE.with("alpha", Attribute.of(0.6f));
    activation("Gelu", tanh);
    for (String op : new String[] {"Celu", "Elu", "Selu", "Swish", "ThresholdedRelu"}) {
      activation(op, alpha);
    }
    for (String op : new String[] {"Celu", "Mish", "Softplus"}) {
      activation(op, Attributes.NONE);
    }
  }

  /** After a product, a convolution, a depthwise one and a pool. */
  private static void activation(String op, Attributes attributes) {
    Model m = new Model(new Random(9));
    String x = m.node("Add", m.node("MatMul", m.input(5, 8), m.constant(8, 37)), m.constant(37));
    m.check(m.node(op, attributes, x), "Linear");
    m = new Model(new Random(10));
    x = m.node("Conv", pads(1), m.input(1, 5, 9, 8), m.constant(37, 5, 3, 3), m.constant(37));
    x = m.depthwise(pads(1), m.node(op, attributes, x), 37, 3);
    Attributes window = Attributes.NONE.with("kernel_shape", Attribute.of(2L, 3L));
    x = m.node(op, attributes, m.node("MaxPool", window, m.node(op, attributes, x)));
    m.check(x, "ChannelsLastConv", "ChannelsLastConv", "ChannelsLastPool", "Transpose");
  }

  @Example
  void poolsTakeInActivationsButNoBias() {
    for (String pool : new String[] {"MaxPool", "AveragePool"}) {
      Model m = new Model(new Random(5));
      Attributes window = Attributes.NONE.with("kernel_shape", Attribute.of(2L, 3L));
      String x = m.node(pool, window, m.input(2, 19, 9, 8));
      m.check(m.node("HardSwish", x), "Transpose", "ChannelsLastPool", "Transpose");
      m = new Model(new Random(6));
      x = m.node(pool, window, m.input(1, 5, 9, 8));
      m.check(
          m.node("Add", x, m.constant(5, 1, 1)),
          "Transpose",
          "ChannelsLastPool",
          "Add",
          "Transpose");
    }
  }

  @Example
  void slopesByChannelFollowConvolutionsOfAllKinds() {
    Model m = new Model(new Random(7));
    // From the first layer's bands, Winograd's algorithm, and windows that are laid out.
    String x =
        m.prelu(24, m.node("Conv", strides(1), m.input(1, 3, 17, 19), m.constant(24, 3, 3, 3)));
    String y = m.prelu(24, m.node("Conv", pads(1), x, m.constant(24, 24, 3, 3), m.constant(24)));
    y = m.node("Conv", pads(1), y, m.constant(24, 24, 3, 3), m.constant(24));
    y = m.prelu(24, m.node("Add", x, y));
    y = m.prelu(37, m.node("Conv", strides(2), y, m.constant(37, 24, 3, 3), m.constant(37)));
    m.check(
        m.prelu(19, m.node("Conv", y, m.constant(19, 37, 1, 1), m.constant(19))),
        "ChannelsLastConv",
        "ChannelsLastConv",
        "ChannelsLastConv",
        "ChannelsLastConv",
        "ChannelsLastConv",
        "Transpose");
  }

  @Example
  void slopesByChannelFollowGroupedAndDepthwiseConvolutions() {
    for (int kernel : new int[] {3, 5, 7}) {
      for (int channels : new int[] {20, 150}) {
        Model m = new Model(new Random(8));
        String x = m.input(2, channels, 12, 13);
        String y = m.depthwise(pads(kernel / 2), x, channels, kernel);
        y = m.prelu(channels, y);
        y = m.prelu(channels, m.node("Add", x, m.depthwise(pads(kernel / 2), y, channels, kernel)));
        y = m.prelu(channels, m.depthwise(strides(2), y, channels, kernel));
        Attributes groups = Attributes.NONE.with("group", Attribute.of(2L));
        m.check(
            m.prelu(34, m.node("Conv", groups, y, m.constant(34, channels / 2, 2, 2))),
            "Transpose",
            "ChannelsLastConv",
            "ChannelsLastConv",
            "ChannelsLastConv",
            "ChannelsLastConv",
            "Transpose");
      }
    }
  }

  @Example
  void slopesByChannelFollowTransposedConvolutions() {
    for (int kernel : new int[] {2, 3}) {
      Model m = new Model(new Random(9));
      String x = m.input(2, 8, 5, 6);
      m.check(
          m.prelu(11, m.node("ConvTranspose", strides(2), x, m.constant(8, 11, kernel, kernel))),
          "Transpose",
          "ChannelsLastConvTranspose",
          "Transpose");
    }
  }

  @Example
  void slopesByColumnFollowProductsOfAnyNumberOfRows() {
    for (int rows : new int[] {1, 7, 40, 301}) {
      Model m = new Model(new Random(10));
      String y =
          m.node("PRelu", m.node("MatMul", m.input(rows, 9), m.constant(9, 70)), m.constant(70));
      y = m.node("Gemm", y, m.constant(70, 300), m.constant(300));
      y = m.node("PRelu", m.node("Add", y, m.input(rows, 300)), m.constant(1, 300));
      m.check(y, "Linear", "Linear");
    }
  }

  @Example
  void whatFollowsSlopesIsDoneAfterThem() {
    Model m = new Model(new Random(11));
    String y = m.node("PRelu", m.node("MatMul", m.input(5, 9), m.constant(9, 16)), m.constant(16));
    m.check(m.node("Sigmoid", m.node("Add", y, m.constant(16))), "Linear", "Pointwise");
  }

  @Example
  void oneSlopeOfAnyRankIsAnActivation() {
    Model m = new Model(new Random(12));
    String x = m.node("MaxPool", window(), m.input(1, 5, 9, 8));
    m.check(m.node("PRelu", x, m.constant(1, 1, 1)), "Transpose", "ChannelsLastPool", "Transpose");
  }

  @Example
  void slopesThatChangeOrVaryWithinAnImageStayApart() {
    Model m = new Model(new Random(13));
    String y = m.node("Conv", pads(1), m.input(1, 4, 6, 6), m.constant(8, 4, 3, 3));
    y = m.node("PRelu", y, m.constant(8, 6, 1));
    m.check(y, "ChannelsLastConv", "PRelu", "Transpose");
    m = new Model(new Random(14));
    y = m.node("MatMul", m.input(5, 9), m.constant(9, 16));
    m.check(m.node("PRelu", y, m.input(16)), "Linear", "PRelu");
    m = new Model(new Random(15));
    y = m.node("MaxPool", window(), m.input(1, 5, 9, 8));
    m.check(m.prelu(5, y), "Transpose", "ChannelsLastPool", "PRelu", "Transpose");
  }

  private static Attributes window() {
    return Attributes.NONE.with("kernel_shape", Attribute.of(2L, 3L));
  }

  private static Attributes pads(long pad) {
    return Attributes.NONE.with("pads", Attribute.of(pad, pad, pad, pad));
  }

  private static Attributes strides(long stride) {
    return Attributes.NONE.with("strides", Attribute.of(stride, stride));
  }

  @Example
  void weightsThatOthersUseStayAsTheyWere() {
    Model m = new Model(new Random(3));
    String x = m.input(5, 8);
    String w = m.constant(8, 8);
    String y = m.node("Mul", m.node("MatMul", x, w), m.constant(8));
    m.check(m.node("MatMul", y, w), "Linear", "Linear");
  }
}
