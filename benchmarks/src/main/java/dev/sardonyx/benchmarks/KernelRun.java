package dev.sardonyx.benchmarks;

import dev.sardonyx.runtime.simd.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the JMH benchmarks, a process each. */
final class KernelRun {
  private KernelRun() {}

  static Results.Ceiling ceiling() throws IOException, RunnerException {
    double fma = 0;
    double memory = 0;
    double cache = 0;
    for (RunResult r : run(CeilingBenchmarks.class)) {
      // A ceiling is what was reached when nothing disturbed.
      double nanos = r.getPrimaryResult().getStatistics().getMin();
      if (r.getParams().getBenchmark().endsWith(".fma")) {
        fma = CeilingBenchmarks.fmaOperations() / nanos;
      } else {
        double megabytes = Double.parseDouble(r.getParams().getParam("megabytes"));
        double speed = megabytes * (1 << 20) / nanos;
        memory = megabytes > 100 ? speed : memory;
        cache = megabytes > 100 ? cache : speed;
      }
    }
    return new Results.Ceiling(fma, memory, cache, Here.commit());
  }

  static List<Results.Kernel> kernels() throws RunnerException {
    List<Results.Kernel> kernels = new ArrayList<>();
    for (RunResult r : run(KernelBenchmarks.class)) {
      String benchmark = r.getParams().getBenchmark();
      String kernel = benchmark.substring(benchmark.lastIndexOf('.') + 1);
      String function = r.getParams().getParam("function");
      String shape = r.getParams().getParam("shape");
      int[] s = KernelBenchmarks.extents(shape);
      double nanos = median(r);
      kernels.add(
          new Results.Kernel(
              function == null ? kernel : function.toLowerCase(Locale.ROOT),
              shape,
              nanos / 1e3,
              operations(kernel, s) / nanos,
              results(kernel, s) / nanos));
    }
    return kernels;
  }

  /** Of the iterations' means, in nanoseconds: one that was disturbed does not count. */
  private static double median(RunResult r) {
    return r.getPrimaryResult().getStatistics().getPercentile(50);
  }

  /** Floating-point operations of the definition; 0 for what is not made of multiply-adds. */
  private static double operations(String kernel, int... s) {
    return switch (kernel) {
      case "gemm", "portableGemm" -> 2.0 * s[0] * s[1] * s[2];
      case "conv" -> 2.0 * s[0] * s[1] * s[1] * s[2] * s[3] * s[3];
      case "depthwise" -> 2.0 * s[0] * s[1] * s[1] * s[2] * s[2];
      default -> 0;
    };
  }

  private static double results(String kernel, int... s) {
    return switch (kernel) {
      case "gemm", "portableGemm" -> (double) s[0] * s[2];
      case "conv" -> (double) s[1] * s[1] * s[2];
      case "depthwise" -> (double) s[0] * s[1] * s[1];
      default -> s.length == 1 ? s[0] : (double) s[0] * s[1];
    };
  }

  private static Collection<RunResult> run(Class<?> benchmarks) throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include("^" + benchmarks.getName().replace(".", "\\.") + "\\.")
                .jvmArgsAppend("--add-modules", "jdk.incubator.vector", provider())
                .forks(1)
                .warmupIterations(4)
                .warmupTime(TimeValue.milliseconds(500))
                .measurementIterations(5)
                .measurementTime(TimeValue.milliseconds(200))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build())
        .run();
  }

  /**
   * Vector kernels at once, instead of the portable ones that stand in until those are compiled.
   */
  private static String provider() {
    return "-Dsardonyx.kernels=" + (Kernels.vector().isPresent() ? "vector" : "portable");
  }
}
