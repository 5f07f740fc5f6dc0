package dev.sardonyx.benchmarks;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** All that was measured, as it stands in {@code results.json}. Times in milliseconds. */
record Results(
    Environment environment,
    Ceiling ceiling,
    List<Kernel> kernels,
    List<Model> models,
    List<Start> starts,
    Roofline roofline) {

  static Results none(Environment here) {
    return new Results(here, null, List.of(), List.of(), List.of(), null);
  }

  /** The same figures, and where others will be measured. */
  Results at(Environment here) {
    return new Results(here, ceiling, kernels, models, starts, roofline);
  }

  Results withKernels(Ceiling newCeiling, List<Kernel> newKernels) {
    return new Results(environment, newCeiling, newKernels, models, starts, roofline);
  }

  /** The figures of a model take the place of older ones, in this order of names. */
  Results withModel(Model m, List<String> order) {
    List<Model> merged =
        Stream.concat(models.stream().filter(b -> !b.sameCase(m)), Stream.of(m))
            .filter(b -> order.contains(b.name()))
            .sorted(
                Comparator.comparingInt((Model b) -> order.indexOf(b.name()))
                    .thenComparingInt(Model::threads))
            .toList();
    return new Results(environment, ceiling, kernels, merged, starts, roofline);
  }

  Results withStart(Start s, List<String> order) {
    List<Start> merged =
        Stream.concat(starts.stream().filter(b -> !b.name().equals(s.name())), Stream.of(s))
            .filter(b -> order.contains(b.name()))
            .sorted(Comparator.comparingInt((Start b) -> order.indexOf(b.name())))
            .toList();
    return new Results(environment, ceiling, kernels, models, merged, roofline);
  }

  Results withRoofline(Roofline newRoofline) {
    return new Results(environment, ceiling, kernels, models, starts, newRoofline);
  }

  /**
   * On what it was measured, and what the runtimes weigh.
   *
   * @param commit of the newest figures
   * @param kernels which vectors are used
   * @param jarBytes what an application takes along
   */
  record Environment(
      String sardonyx,
      String commit,
      String onnxRuntime,
      String jdk,
      String kernels,
      String processor,
      int cores,
      String os,
      long jarBytes,
      long onnxRuntimeJarBytes) {
    /** Whether figures may stand in one table. */
    boolean sameMachine(Environment other) {
      return jdk.equals(other.jdk)
          && kernels.equals(other.kernels)
          && processor.equals(other.processor)
          && cores == other.cores
          && onnxRuntime.equals(other.onnxRuntime);
    }
  }

  /**
   * What the processor can do on one core.
   *
   * @param fmaGflops with all operands in registers
   * @param memoryGbps reading from memory, in GB/s
   * @param cacheGbps reading what fits the last-level cache
   */
  record Ceiling(double fmaGflops, double memoryGbps, double cacheGbps, String commit) {}

  /**
   * One kernel on one core.
   *
   * @param gflops by the definition of the operation; 0 where that says little
   * @param elementsPerNano results a nanosecond
   */
  record Kernel(
      String kernel, String shape, double micros, double gflops, double elementsPerNano) {}

  /**
   * One model in both runtimes.
   *
   * @param difference the largest difference between the outputs, relative to ONNX Runtime's
   *     largest
   * @param allocatedBytesPerRun on the Java heap, into outputs that are there
   * @param failure why there are no figures; null if there are
   */
  record Model(
      String name,
      String title,
      String inputs,
      int threads,
      double required,
      double sardonyx,
      double onnxRuntime,
      double difference,
      long allocatedBytesPerRun,
      String commit,
      String failure) {
    double ratio() {
      return onnxRuntime / sardonyx;
    }

    boolean sameCase(Model other) {
      return name.equals(other.name) && threads == other.threads;
    }
  }

  /**
   * From nothing to the first result, in one runtime; {@code load} and {@code firstRun} are parts.
   */
  record Cold(double startToResult, double load, double firstRun, double peakMegabytes) {}

  /** The same in both. */
  record Start(
      String name, String title, int threads, Cold sardonyx, Cold onnxRuntime, String commit) {}

  /** Where the layers of a model stand. */
  record Roofline(String title, int threads, List<RooflinePoint> points, String commit) {}
}
