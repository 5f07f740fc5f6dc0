package dev.sardonyx.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The inner side of a process in which one runtime runs one model; {@link RuntimeProcess} is the
 * outer. Says how long loading and the first run took, then does what it is told by lines of text,
 * and ends with its input.
 *
 * <p>Arguments: model file, file of inputs, threads.
 */
abstract class Child {
  /**
   * Both runtimes are warmed up by this rule: until so many seconds and so many slices have gone by
   * since the fastest run of a slice was faster than all before by more than a fiftieth.
   */
  private static final double WARM_SECONDS = 3;

  private static final int WARM_SLICES = 6;
  private static final double WARM_AT_MOST_SECONDS = 12;

  /** Gets the inputs ready, which is not timed. */
  abstract void give(List<TensorFile.Entry> inputs) throws Exception;

  abstract void load(Path model, int threads) throws Exception;

  /** Runs the model, from the second time on into the outputs that it has. */
  abstract void run() throws Exception;

  /** The outputs of the last run. */
  abstract List<TensorFile.Entry> outputs() throws Exception;

  /** What the nodes of a run take. */
  List<String> profile() {
    return List.of();
  }

  final void serve(String... args) throws Exception {
    give(TensorFile.read(Path.of(args[1])));
    long start = System.nanoTime();
    load(Path.of(args[0]), Integer.parseInt(args[2]));
    long loaded = System.nanoTime();
    run();
    System.out.println((loaded - start) / 1e6 + " " + (System.nanoTime() - loaded) / 1e6);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 2);
      System.out.println(answer(words[0], words.length > 1 ? words[1] : ""));
    }
  }

  private String answer(String command, String argument) throws Exception {
    return switch (command) {
      case "warm" -> warm();
      case "median" -> String.valueOf(medianMillis(Double.parseDouble(argument)));
      case "allocated" -> String.valueOf(allocatedPerRun());
      case "memory" -> String.valueOf(memory());
      case "outputs" -> {
        TensorFile.write(Path.of(argument), outputs());
        yield "written";
      }
      case "profile" -> String.join("\t", profile());
      default -> throw new IllegalArgumentException("unknown command " + command);
    };
  }

  private String warm() throws Exception {
    long start = System.nanoTime();
    long now = start;
    long gain = start;
    double best = Double.POSITIVE_INFINITY;
    int slices = 0;
    while ((now - gain < WARM_SECONDS * 1e9 || slices < WARM_SLICES)
        && now - start < WARM_AT_MOST_SECONDS * 1e9) {
      double fastest = fastestNanos(now + 500_000_000L);
      now = System.nanoTime();
      slices++;
      if (fastest < 0.98 * best) {
        best = fastest;
        gain = now;
        slices = 0;
      }
    }
    return (now - start) / 1e9 + " s";
  }

  private double fastestNanos(long end) throws Exception {
    long fastest = Long.MAX_VALUE;
    long now = System.nanoTime();
    do {
      long from = now;
      run();
      now = System.nanoTime();
      fastest = Math.min(fastest, now - from);
    } while (now < end);
    return fastest;
  }

  private double medianMillis(double seconds) throws Exception {
    // The other process had the caches in between.
    run();
    double[] times = new double[1 << 16];
    int runs = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (runs < times.length && (runs == 0 || System.nanoTime() < end)) {
      long from = System.nanoTime();
      run();
      times[runs++] = (System.nanoTime() - from) / 1e6;
    }
    Arrays.sort(times, 0, runs);
    return times[runs / 2];
  }

  private long allocatedPerRun() throws Exception {
    int runs = 0;
    long before = allocated();
    long end = System.nanoTime() + 1_000_000_000L;
    do {
      run();
      runs++;
    } while (runs < 20 && System.nanoTime() < end);
    return (allocated() - before) / runs;
  }

  /** Bytes allocated on the Java heap so far by the threads alive. */
  private static long allocated() {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
        .filter(bytes -> bytes > 0)
        .sum();
  }

  private double memory() throws Exception {
    for (int i = 0; i < 10; i++) {
      run();
    }
    return peakMegabytes();
  }

  /** The most memory that this process ever had, as Linux counts it; NaN elsewhere. */
  private static double peakMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return Double.NaN;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    return Double.NaN;
  }
}
