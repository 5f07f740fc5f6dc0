package dev.sardonyx.benchmarks;

import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model is fed: {@code NAME=SHAPE}, {@code NAME=SHAPE@LOW..HIGH}, as in {@code
 * input_ids=1,16@1000..29000}, or {@code NAME=SHAPE@text}, a {@link TextImage}; the shape of a
 * scalar is empty.
 *
 * @param low numbers are from here to {@code high}, both included; if both are null, floats are
 *     normally distributed and integers are 1
 * @param isText whether it is a {@link TextImage}
 */
record Input(String name, int[] shape, Double low, Double high, boolean isText) {
  private static final Pattern SYNTAX =
      Pattern.compile("(.+)=([\\d,]*)(?:@(-?[\\d.]+?)\\.\\.(-?[\\d.]+)|(@text))?");

  static Input parse(String text) {
    Matcher m = SYNTAX.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "expected NAME=SHAPE, NAME=SHAPE@LOW..HIGH or NAME=SHAPE@text, as in x=1,3,224,224, got "
              + text);
    }
    int[] shape =
        m.group(2).isEmpty()
            ? new int[0]
            : Arrays.stream(m.group(2).split(",")).mapToInt(Integer::parseInt).toArray();
    Double low = m.group(3) == null ? null : Double.valueOf(m.group(3));
    Double high = m.group(4) == null ? null : Double.valueOf(m.group(4));
    return new Input(m.group(1), shape, low, high, m.group(5) != null);
  }

  /** The same numbers every time. */
  Tensor values(DType dtype) {
    Random random = new Random(name.hashCode());
    Tensor t = Tensor.zeros(dtype, shape);
    if (isText) {
      TextImage.draw(t, random);
      return t;
    }
    for (int i = 0; i < t.size(); i++) {
      if (dtype.isFloating()) {
        t.setDouble(
            i, low == null ? random.nextGaussian() : low + (high - low) * random.nextDouble());
      } else {
        t.setLong(i, low == null ? 1 : (long) (low + random.nextDouble() * (high - low + 1)));
      }
    }
    return t;
  }

  @Override
  public String toString() {
    return name + "=" + String.join("×", Arrays.stream(shape).mapToObj(String::valueOf).toList());
  }
}
