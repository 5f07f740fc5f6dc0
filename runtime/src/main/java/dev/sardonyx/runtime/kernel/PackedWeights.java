package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Constant right operands of matrix products, each packed once however many kernels use it. */
public final class PackedWeights {
  /** A weight in one of the forms that kernels ask for. Tensors are compared by identity. */
  private static final class Key {
    private final Tensor weight;
    private final String form;

    Key(Tensor weight, String form) {
      this.weight = weight;
      this.form = form;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // Equal weights of one model are one tensor already.
    public boolean equals(Object o) {
      return o instanceof Key k && k.weight == weight && k.form.equals(form);
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(weight) + form.hashCode();
    }
  }

  private final Map<Key, Object> packed = new HashMap<>();

  /** What {@code make} gives for a weight, made once per weight and form. */
  public synchronized <T> T get(Tensor weight, String form, Class<T> type, Supplier<T> make) {
    Key key = new Key(weight, form);
    Object p = packed.get(key);
    if (p == null) {
      p = make.get();
      packed.put(key, p);
    }
    return type.cast(p);
  }

  /**
   * A constant K×N matrix packed as the right operand.
   *
   * @param transposed whether it is stored N×K
   */
  public PackedMatrix matrix(Tensor weight, int k, int n, boolean transposed) {
    return get(
        weight,
        transposed ? "NxK" : "KxN",
        PackedMatrix.class,
        () ->
            PackedMatrix.pack(
                weight.floatArray(),
                weight.arrayOffset(),
                transposed ? 1 : n,
                transposed ? k : 1,
                k,
                n));
  }
}
