package dev.sardonyx.cli;

import dev.sardonyx.tensor.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The classes that a classifier likes best: the last axis is the classes. */
record TopScores(Tensor scores, int count) {
  /** One class. */
  record Entry(int index, double score) {}

  /** Whether a tensor can be scores: floats with a last axis. */
  static boolean fits(Tensor t) {
    return t.dtype().isFloating() && t.rank() > 0 && t.size() > 0;
  }

  int rows() {
    return scores.size() / scores.dim(-1);
  }

  /** The best classes of a row, best first; of equal scores the lower index is first. */
  List<Entry> of(int row) {
    int classes = scores.dim(-1);
    return IntStream.range(0, classes)
        .mapToObj(i -> new Entry(i, scores.getDouble(row * classes + i)))
        .sorted(Comparator.comparingDouble(Entry::score).reversed())
        .limit(count)
        .toList();
  }
}
