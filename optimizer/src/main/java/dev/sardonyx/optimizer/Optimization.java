package dev.sardonyx.optimizer;

import dev.sardonyx.graph.Graph;
import java.util.function.Supplier;

/** What {@link Optimizer#optimize} gives. */
public final class Optimization {
  private final Graph graph;
  private final Supplier<Report> makeReport;
  private Report report;

  Optimization(Graph graph, Supplier<Report> makeReport) {
    this.graph = graph;
    this.makeReport = makeReport;
  }

  /** The better model; the same object as before if nothing was changed. */
  public Graph graph() {
    return graph;
  }

  /** What was done; made when it is asked for. */
  public synchronized Report report() {
    if (report == null) {
      report = makeReport.get();
    }
    return report;
  }
}
