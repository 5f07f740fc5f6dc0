package dev.sardonyx.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import dev.sardonyx.Session;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast a model loads and runs. */
@Command(
    name = "bench",
    description = "Measure how fast a model loads and runs, on random inputs.",
    mixinStandardHelpOptions = true,
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  sardonyx bench model.onnx --threads 1 --profile",
      "  sardonyx bench bert.onnx --dim batch=1 --dim sequence=16 --seconds 10 --json"
    })
final class Bench implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin ModelOptions model;
  @Mixin ShapeOptions shapes;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "5",
      description = "How long to measure (default: ${DEFAULT-VALUE}).")
  double seconds;

  @Option(
      names = "--warmup",
      paramLabel = "S",
      defaultValue = "5",
      description = "How long to run before that (default: ${DEFAULT-VALUE}).")
  double warmup;

  @Option(names = "--profile", description = "Also tell what each operator takes.")
  boolean profile;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  /**
   * What was measured; times in nanoseconds.
   *
   * @param sorted the time of every run, shortest first
   * @param operators empty if not asked for
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Result(
      int threads,
      long load,
      long first,
      long[] sorted,
      long allocatedPerRun,
      Double peakRssMb,
      List<OperatorTime> operators) {
    /** The time that a share of the runs, from 0 to 1, does not exceed. */
    long percentile(double share) {
      return sorted[(int) Math.round(share * (sorted.length - 1))];
    }
  }

  @Override
  public Integer call() throws IOException {
    Result r = measure();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.write(asJson(r)));
    } else {
      print(out, r);
    }
    return 0;
  }

  private Result measure() throws IOException {
    long start = System.nanoTime();
    try (Session session = model.open()) {
      long load = System.nanoTime() - start;
      Map<String, Value> inputs = inputs(session);
      start = System.nanoTime();
      session.run(inputs);
      long first = System.nanoTime() - start;
      run(session, inputs, warmup);
      long allocated = allocatedBytes();
      long[] times = run(session, inputs, seconds);
      long perRun = (allocatedBytes() - allocated) / times.length;
      Arrays.sort(times);
      Double peak = peakRssMb();
      List<OperatorTime> operators =
          profile ? OperatorTime.measure(session, inputs, seconds) : List.of();
      return new Result(model.options().threads(), load, first, times, perRun, peak, operators);
    }
  }

  private Map<String, Value> inputs(Session session) {
    InputShapes extents = shapes.of(session.inputs());
    extents.defaultBatch();
    Map<String, Value> inputs = new LinkedHashMap<>();
    for (ValueInfo input : session.inputs()) {
      if (!session.graph().initializers().containsKey(input.name())) {
        inputs.put(input.name(), RandomInputs.of(input, extents));
      }
    }
    return inputs;
  }

  /** Runs for a while, at least once; the time of every run. */
  private static long[] run(Session session, Map<String, Value> inputs, double forSeconds) {
    long[] times = new long[1024];
    int runs = 0;
    long begin = System.nanoTime();
    long now = begin;
    do {
      if (runs == times.length) {
        times = Arrays.copyOf(times, 2 * runs);
      }
      long before = now;
      session.run(inputs);
      now = System.nanoTime();
      times[runs++] = now - before;
    } while (now - begin < forSeconds * 1e9);
    return Arrays.copyOf(times, runs);
  }

  /** Bytes allocated so far by the threads alive. */
  private static long allocatedBytes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
        .filter(bytes -> bytes > 0)
        .sum();
  }

  /** The most memory that the process ever had, as Linux counts it; null elsewhere. */
  private static Double peakRssMb() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return null;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
        .findFirst()
        .orElse(null);
  }

  private void print(PrintWriter out, Result r) {
    ConsoleTable table = new ConsoleTable().words("").figures("");
    table.row("kernels", Kernels.best().name());
    table.row("threads", String.valueOf(r.threads));
    table.row("load", Figures.millis(r.load));
    table.row("first run", Figures.millis(r.first));
    table.row("median", Figures.millis(r.percentile(0.5)));
    table.row("p10", Figures.millis(r.percentile(0.1)));
    table.row("p90", Figures.millis(r.percentile(0.9)));
    table.row("min", Figures.millis(r.sorted[0]));
    table.row("runs", Figures.count(r.sorted.length));
    table.row("allocated a run", Figures.bytes(r.allocatedPerRun));
    table.row(
        "peak memory",
        r.peakRssMb == null ? Figures.UNKNOWN : Figures.bytes((long) (r.peakRssMb * 1024 * 1024)));
    table.print(out);
    if (!r.operators.isEmpty()) {
      out.println();
      printOperators(out, r.operators);
    }
  }

  private static void printOperators(PrintWriter out, List<OperatorTime> operators) {
    double total = operators.stream().mapToLong(OperatorTime::nanos).sum();
    ConsoleTable table =
        new ConsoleTable().words("operator").figures("nodes").figures("time").figures("share");
    for (OperatorTime o : operators) {
      table.row(
          o.operator(),
          String.valueOf(o.nodes()),
          Figures.millis(o.nanos()),
          Math.round(100 * o.nanos() / total) + " %");
    }
    table.print(out);
  }

  private ObjectNode asJson(Result r) {
    ObjectNode tree = Json.object();
    tree.put("model", model.model.toString());
    tree.put("threads", r.threads);
    tree.put("load_ms", r.load / 1e6);
    tree.put("first_run_ms", r.first / 1e6);
    tree.put("median_ms", r.percentile(0.5) / 1e6);
    tree.put("p10_ms", r.percentile(0.1) / 1e6);
    tree.put("p90_ms", r.percentile(0.9) / 1e6);
    tree.put("min_ms", r.sorted[0] / 1e6);
    tree.put("runs", r.sorted.length);
    tree.put("allocated_bytes_per_run", r.allocatedPerRun);
    tree.put("peak_rss_mb", r.peakRssMb);
    if (profile) {
      ArrayNode operators = tree.putArray("operators");
      for (OperatorTime o : r.operators) {
        operators
            .addObject()
            .put("operator", o.operator())
            .put("nodes", o.nodes())
            .put("ms", o.nanos() / 1e6);
      }
    }
    return tree;
  }
}
