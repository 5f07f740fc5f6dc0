package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
    public boolean equals(Object o) {
      return o instanceof Key k && k.isOf(weight) && k.form.equals(form);
    }

    @SuppressWarnings("ReferenceEquality") // Equal weights of one model are one tensor already.
    private boolean isOf(Tensor w) {
      return weight == w;
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(weight) + form.hashCode();
    }
  }

  /**
   * Weights of which a last-level cache still has the first when the last are read: 32 MB, as much
   * as most processors have for a few cores.
   */
  private static final int CACHED = 8 * 1024 * 1024;

  private final Map<Key, Object> packed = new ConcurrentHashMap<>();

  /** What weights are read into on their way to their packed form. */
  private final ThreadLocal<WeightReader> readers =
      ThreadLocal.withInitial(() -> new WeightReader(this.isFar));

  private volatile boolean isFar;

  /** What {@code make} gives for a weight, made once per weight and form. */
  public <T> T get(Tensor weight, String form, Class<T> type, Supplier<T> make) {
    Key key = new Key(weight, form);
    Object p = packed.get(key);
    if (p == null) {
      // Outside of any lock, so that several weights can be packed at a time.
      p = make.get();
      Object other = packed.putIfAbsent(key, p);
      p = other != null ? other : p;
    }
    return type.cast(p);
  }

  /** This thread's reader. */
  WeightReader reader() {
    return readers.get();
  }

  /** Says how many floats all weights are that will be packed, before the first is. */
  public void expectAll(long floats) {
    isFar = floats > CACHED;
  }

  /** Says about how many floats this thread will pack yet. */
  public void expect(long floats) {
    reader().expect(floats);
  }

  /** Lets go of readers' memory. */
  public void allRead() {
    readers.remove();
  }

  /**
   * A tensor to be used in the place of a weight from now on: its packed forms are there, its own
   * content is not.
   */
  public Tensor standIn(Tensor weight) {
    Tensor without = withoutContent(weight);
    for (Map.Entry<Key, Object> e : List.copyOf(packed.entrySet())) {
      if (e.getKey().isOf(weight)) {
        packed.put(new Key(without, e.getKey().form), e.getValue());
        packed.remove(e.getKey());
      }
    }
    return without;
  }

  /** A tensor of the same type and shape that fails when its content is asked for. */
  public static Tensor withoutContent(Tensor weight) {
    return Tensor.deferred(weight.dtype(), new NotKept(), weight.shape());
  }

  private static final class NotKept implements Tensor.Content {
    @Override
    public void read(int from, Tensor into) {
      throw new IllegalStateException("the content of this weight is not kept");
    }
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
        () -> transposed ? reader().packTransposed(weight, 0, k, n) : reader().pack(weight, k, n));
  }
}
