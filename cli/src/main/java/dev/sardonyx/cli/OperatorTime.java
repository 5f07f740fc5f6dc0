package dev.sardonyx.cli;

import dev.sardonyx.Session;
import dev.sardonyx.runtime.NodeTime;
import dev.sardonyx.tensor.Value;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the nodes of one operator take together.
 *
 * @param nodes how many there are
 * @param nanos of one run, the mean of several
 */
record OperatorTime(String operator, int nodes, long nanos) {

  /** Runs for a while, at least once; the operator that takes longest comes first. */
  static List<OperatorTime> measure(Session session, Map<String, Value> inputs, double forSeconds) {
    Map<String, long[]> sums = new LinkedHashMap<>();
    long end = System.nanoTime() + (long) (forSeconds * 1e9);
    int runs = 0;
    do {
      for (NodeTime time : session.profile(inputs)) {
        long[] sum = sums.computeIfAbsent(time.node().qualifiedOpType(), o -> new long[2]);
        sum[0]++;
        sum[1] += time.nanos();
      }
      runs++;
    } while (System.nanoTime() < end);
    int n = runs;
    return sums.entrySet().stream()
        .map(e -> new OperatorTime(e.getKey(), (int) (e.getValue()[0] / n), e.getValue()[1] / n))
        .sorted(Comparator.comparingLong(OperatorTime::nanos).reversed())
        .toList();
  }
}
