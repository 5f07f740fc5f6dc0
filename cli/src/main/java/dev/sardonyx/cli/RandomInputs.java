package dev.sardonyx.cli;

import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Random;

/**
 * Inputs for a model when the user has none: the same for the same name, type and shape, on every
 * machine.
 *
 * <ul>
 *   <li>floats: uniform from −1 to 1, like a normalised picture or sound
 *   <li>integers and booleans: 0 or 1, which serve as token ids, segment ids and attention masks
 *       alike, where larger numbers would leave a small embedding table
 *   <li>strings: "a" to "z"
 * </ul>
 */
final class RandomInputs {
  private RandomInputs() {}

  /** Values for an input whose extents are all known. */
  static Tensor of(ValueInfo input, InputShapes extents) {
    int[] shape = extents.extents(input); // throws if it is no tensor
    return tensor(input.name(), ((TensorType) input.type()).dtype(), shape);
  }

  static Tensor tensor(String name, DType dtype, int... shape) {
    Random random = new Random(name.hashCode());
    Tensor t = Tensor.zeros(dtype, shape);
    for (int i = 0; i < t.size(); i++) {
      switch (dtype.kind()) {
        case FLOATING -> t.setDouble(i, 2 * random.nextDouble() - 1);
        case COMPLEX -> t.setComplex(i, 2 * random.nextDouble() - 1, 2 * random.nextDouble() - 1);
        case STRING -> t.setString(i, String.valueOf((char) ('a' + random.nextInt(26))));
        case SIGNED, UNSIGNED, BOOL -> t.setLong(i, random.nextInt(2));
      }
    }
    return t;
  }
}
