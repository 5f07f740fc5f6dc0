package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import java.util.Random;
import net.jqwik.api.Example;

class DepthwiseBlockLoweringTest {
  private static final Attributes SAME = Attributes.NONE.with("pads", Attribute.of(1, 1, 1, 1));

  @Example
  void anInvertedResidualIsOneBlock() {
    Model m = new Model(new Random(1));
    String x = m.input(2, 17, 61, 53);
    String y = m.node("Relu", m.node("Conv", x, m.constant(67, 17, 1, 1), m.constant(67)));
    y = m.node("Clip", m.depthwise(SAME, y, 67, 3), m.scalar(0), m.scalar(6));
    y = m.node("Conv", y, m.constant(17, 67, 1, 1), m.constant(17));
    m.check(m.node("Add", y, x), "Transpose", "DepthwiseBlock", "Transpose");
  }

  @Example
  void everySecondRowAndColumnOfWideKernelsMayBeWanted() {
    Model m = new Model(new Random(2));
    String x = m.input(1, 9, 83, 58);
    String y = m.node("HardSwish", m.node("Conv", x, m.constant(48, 9, 1, 1)));
    Attributes attributes =
        Attributes.NONE.with("pads", Attribute.of(2, 1, 1, 2)).with("strides", Attribute.of(2, 2));
    y = m.depthwise(attributes, y, 48, 5);
    m.check(y, "Transpose", "DepthwiseBlock", "Transpose");
  }

  @Example
  void rowsMayLieApart() {
    Model m = new Model(new Random(3));
    String x = m.input(1, 5, 70, 66);
    String y = m.node("Conv", x, m.constant(64, 5, 1, 1), m.constant(64));
    Attributes attributes =
        Attributes.NONE
            .with("pads", Attribute.of(4, 4, 4, 4))
            .with("dilations", Attribute.of(4, 4));
    y = m.node("Relu", m.depthwise(attributes, y, 64, 3));
    y = m.node("Sigmoid", m.node("Conv", y, m.constant(3, 64, 1, 1)));
    m.check(y, "Transpose", "DepthwiseBlock", "Transpose");
  }

  @Example
  void aDepthwiseSeparableConvolutionIsOneBlock() {
    Model m = new Model(new Random(4));
    String x = m.input(1, 70, 64, 55);
    String y = m.node("Relu", m.depthwise(SAME, x, 70, 3));
    y = m.node("Relu", m.node("Conv", y, m.constant(21, 70, 1, 1), m.constant(21)));
    m.check(y, "Transpose", "DepthwiseBlock", "Transpose");
  }

  @Example
  void whatOthersReadIsWritten() {
    Model m = new Model(new Random(5));
    String x = m.input(1, 6, 60, 60);
    String e = m.node("Relu", m.node("Conv", x, m.constant(64, 6, 1, 1)));
    String y = m.node("Relu", m.depthwise(SAME, e, 64, 3));
    m.check(
        m.node("Add", e, y),
        "Transpose",
        "ChannelsLastConv",
        "ChannelsLastConv",
        "Add",
        "Transpose");
  }

  @Example
  void smallImagesAreComputedOneAfterTheOther() {
    Model m = new Model(new Random(6));
    String x = m.input(1, 16, 14, 14);
    String y = m.node("Relu", m.node("Conv", x, m.constant(96, 16, 1, 1)));
    y = m.node("Relu", m.depthwise(SAME, y, 96, 3));
    m.check(
        m.node("Conv", y, m.constant(16, 96, 1, 1)),
        "Transpose",
        "ChannelsLastConv",
        "ChannelsLastConv",
        "ChannelsLastConv",
        "Transpose");
  }
}
