package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterleaveLoweringTest {
  @ParameterizedTest
  @CsvSource({"2,4", "2,3", "3,4", "4,5"})
  void halvesOfAShuffledConcatenationAreOneCopyEach(int parts, int channels) {
    Model m = new Model(new Random(parts));
    int all = parts * channels;
    String shuffled = shuffledConcat(m, parts, channels);
    String left = slice(m, shuffled, 0, all / 2);
    String right = slice(m, shuffled, all / 2 - all, Integer.MAX_VALUE);
    String y =
        m.node(
            "Add",
            m.node("Conv", left, m.constant(6, all / 2, 1, 1)),
            m.node("Conv", right, m.constant(6, all - all / 2, 1, 1)));
    m.check(y, convsThen(parts, "Interleave", "Interleave", CONV, CONV, "Transpose"));
  }

  @Test
  void aShuffledConcatenationThatIsUsedWholeIsOneCopy() {
    Model m = new Model(new Random(1));
    String y = m.node("Relu", shuffledConcat(m, 2, 5));
    m.check(y, convsThen(2, "Interleave", "Relu", "Transpose"));
  }

  @Test
  void unequalPartsStay() {
    Model m = new Model(new Random(1));
    String x = m.input(1, 3, 4, 5);
    String joined =
        m.node(
            "Concat",
            Attributes.NONE.with("axis", Attribute.of(1)),
            m.node("Conv", x, m.constant(2, 3, 1, 1)),
            m.node("Conv", x, m.constant(4, 3, 1, 1)));
    m.check(
        shuffle(m, joined, 2, 3),
        convsThen(2, "Concat", "Reshape", "Transpose", "Reshape", "Transpose"));
  }

  private static final String CONV = "ChannelsLastConv";

  private static String shuffledConcat(Model m, int parts, int channels) {
    String x = m.input(1, 3, 4, 5);
    String[] convs = new String[parts];
    for (int i = 0; i < parts; i++) {
      convs[i] = m.node("Conv", x, m.constant(channels, 3, 1, 1));
    }
    String joined = m.node("Concat", Attributes.NONE.with("axis", Attribute.of(1)), convs);
    return shuffle(m, joined, parts, channels);
  }

  private static String shuffle(Model m, String x, int parts, int channels) {
    String apart = m.node("Reshape", x, m.constant(Tensor.vector(1, parts, channels, 4, 5)));
    String turned = m.transpose(apart, 0, 2, 1, 3, 4);
    return m.node("Reshape", turned, m.constant(Tensor.vector(1, -1, 4, 5)));
  }

  private static String slice(Model m, String x, long from, long to) {
    return m.node(
        "Slice",
        x,
        m.constant(Tensor.vector(from)),
        m.constant(Tensor.vector(to)),
        m.constant(Tensor.vector(1)));
  }

  private static String[] convsThen(int convs, String... rest) {
    String[] all = new String[1 + convs + rest.length];
    all[0] = "Transpose";
    for (int i = 1; i <= convs; i++) {
      all[i] = CONV;
    }
    System.arraycopy(rest, 0, all, 1 + convs, rest.length);
    return all;
  }
}
