package dev.sardonyx.runtime.plan;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.runtime.simd.CacheLine;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Memory for the values between nodes: one array per element type, in which values that do not live
 * at the same time share their place.
 */
final class Arena {
  /** Values start at multiples of this many elements, so that no two share a cache line. */
  private static final int ALIGNMENT = 64;

  /** One value: from the step that writes it to the last that reads it. */
  private record Interval(int id, int size, int from, int to) {}

  private final Map<DType, List<Interval>> intervals = new EnumMap<>(DType.class);
  private final Map<DType, Integer> lengths = new EnumMap<>(DType.class);
  private final Map<Integer, Integer> offsets = new HashMap<>();

  /** Types whose tensors can stand in the arena: one array element each. */
  static boolean holds(DType dtype) {
    return dtype.bits() >= 8 && !dtype.isComplex();
  }

  void add(int id, DType dtype, int size, int from, int to) {
    intervals.computeIfAbsent(dtype, d -> new ArrayList<>()).add(new Interval(id, size, from, to));
  }

  /** Places all values: the largest first, each as low as it fits. */
  void layOut() {
    long bytes = 0;
    for (var e : intervals.entrySet()) {
      List<Interval> placed = new ArrayList<>();
      List<Interval> order = new ArrayList<>(e.getValue());
      order.sort(Comparator.comparingInt(Interval::size).reversed());
      long length = 0;
      for (Interval v : order) {
        long at = 0;
        // Those already placed that live at the same time, from low to high.
        List<Interval> rivals = new ArrayList<>();
        for (Interval p : placed) {
          if (p.from <= v.to && v.from <= p.to) {
            rivals.add(p);
          }
        }
        rivals.sort(Comparator.comparingInt(p -> offsets.get(p.id)));
        for (Interval p : rivals) {
          if (at + v.size <= offsets.get(p.id)) {
            break;
          }
          at = Math.max(at, align((long) offsets.get(p.id) + p.size));
        }
        length = Math.max(length, at + v.size);
        if (length > Integer.MAX_VALUE - 2 * ALIGNMENT) {
          throw new ModelException(
              "expected values between nodes to fit 2^31 elements at a time, got more");
        }
        offsets.put(v.id, (int) at);
        placed.add(v);
      }
      lengths.put(e.getKey(), (int) length);
      bytes += e.getKey().byteSize(length);
    }
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > heap) {
      throw new ModelException(
          "expected a run with these input shapes to fit the heap of "
              + (heap >> 20)
              + " MB, but it takes "
              + (bytes >> 20)
              + " MB between nodes; give smaller inputs or a larger -Xmx");
    }
  }

  private static long align(long n) {
    return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  int offset(int id) {
    return offsets.get(id);
  }

  /** New arrays, by element type. */
  Map<DType, Tensor> allocate() {
    Map<DType, Tensor> arrays = new EnumMap<>(DType.class);
    lengths.forEach(
        (dtype, length) -> {
          int first = CacheLine.first((int) dtype.byteSize(1));
          arrays.put(dtype, Tensor.zeros(dtype, first + length).slice(first, first + length));
        });
    return arrays;
  }
}
