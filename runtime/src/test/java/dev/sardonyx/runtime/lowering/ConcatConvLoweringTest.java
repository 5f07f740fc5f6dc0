package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcatConvLoweringTest {
  private final Model m = new Model(new Random(1));

  /** Few pixels, and so many that Winograd is chosen. */
  @ParameterizedTest
  @ValueSource(ints = {3, 21})
  void convolutionsWriteWhereTheirResultsAreJoined(int size) {
    String x = m.input(2, 16, size, size);
    String left = m.node("Relu", m.node("Conv", x, m.constant(16, 16, 1, 1), m.constant(16)));
    String right = m.node("Relu", conv3(x, 48));
    String both = m.node("Relu", concat(right, left));
    m.check(both, "Transpose", "ConcatConv", "ConcatConv", "Relu", "Transpose");
  }

  @Test
  void theJoinedImageMayBeTheResult() {
    String x = m.input(1, 16, 5, 4);
    String y = concat(conv3(x, 16), conv3(x, 16), conv3(x, 32));
    m.check(y, "Transpose", "ConcatConv", "ConcatConv", "ConcatConv", "Transpose");
  }

  @Test
  void aPartThatIsUsedElsewhereIsCopied() {
    String x = m.input(1, 16, 5, 4);
    String part = conv3(x, 16);
    String y = m.node("Add", concat(part, conv3(x, 16)), concat(part, part));
    m.check(y, "Transpose", CONV, CONV, "Concat", "Concat", "Add", "Transpose");
  }

  @Test
  void channelsThatAreNoWholeVectorsAreCopied() {
    String x = m.input(1, 16, 5, 4);
    String y = concat(conv3(x, 20), conv3(x, 16));
    m.check(y, "Transpose", CONV, CONV, "Concat", "Transpose");
  }

  private static final String CONV = "ChannelsLastConv";

  private String conv3(String x, int outputs) {
    Attributes pads = Attributes.NONE.with("pads", Attribute.of(new long[] {1, 1, 1, 1}));
    return m.node("Conv", pads, x, m.constant(outputs, 16, 3, 3));
  }

  private String concat(String... parts) {
    return m.node("Concat", Attributes.NONE.with("axis", Attribute.of(1)), parts);
  }
}
