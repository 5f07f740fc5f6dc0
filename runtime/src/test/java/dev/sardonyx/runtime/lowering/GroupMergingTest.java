package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import java.util.Random;
import net.jqwik.api.Example;

class GroupMergingTest {
  @Example
  void groupsOfFewChannelsBecomeOne() {
    Model m = new Model(new Random(1));
    String y =
        m.node(
            "Conv",
            groups(32, 1),
            m.input(2, 128, 9, 7),
            m.constant(128, 4, 3, 3),
            m.constant(128));
    m.check(m.node("Relu", y), "Transpose", "ChannelsLastConv", "Transpose");
  }

  @Example
  void severalOutputsOfEachChannelToo() {
    Model m = new Model(new Random(2));
    String y = m.node("Conv", groups(10, 1), m.input(1, 10, 5, 6), m.constant(30, 1, 3, 3));
    m.check(y, "Transpose", "ChannelsLastConv", "Transpose");
  }

  @Example
  void outputsThatAreNoWholeVectorToo() {
    Model m = new Model(new Random(3));
    String y = m.node("Conv", groups(6, 1), m.input(1, 18, 5, 6), m.constant(30, 3, 3, 3));
    m.check(y, "Transpose", "ChannelsLastConv", "Transpose");
  }

  @Example
  void transposedConvolutionsToo() {
    Model m = new Model(new Random(4));
    Attributes a = groups(24, 0).with("strides", Attribute.of(2, 3));
    String y =
        m.node("ConvTranspose", a, m.input(1, 24, 5, 6), m.constant(24, 1, 3, 4), m.constant(24));
    m.check(y, "Transpose", "ChannelsLastConvTranspose", "Transpose");
  }

  @Example
  void volumesToo() {
    Model m = new Model(new Random(5));
    Attributes a = Attributes.NONE.with("group", Attribute.of(20L));
    String y =
        m.node("Conv", a, m.input(1, 20, 4, 5, 6), m.constant(20, 1, 3, 3, 3), m.constant(20));
    m.check(y, "Conv");
  }

  private static Attributes groups(long group, long pad) {
    return Attributes.NONE
        .with("group", Attribute.of(group))
        .with("pads", Attribute.of(pad, pad, pad, pad));
  }
}
