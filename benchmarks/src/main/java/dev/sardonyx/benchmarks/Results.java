package dev.sardonyx.benchmarks;

import java.util.List;

/** All that was measured, as it stands in {@code results.json}. Times in milliseconds. */
record Results(
    Environment environment,
    Ceiling ceiling,
    List<Kernel> kernels,
    List<Model> models,
    List<Start> starts,
    Roofline roofline) {

  /**
   * On what it was measured, and what the runtimes weigh.
   *
   * @param kernels which vectors are used
   * @param jarBytes what an application takes along
   */
  record Environment(
      String sardonyx,
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
  record Ceiling(double fmaGflops, double memoryGbps, double cacheGbps) {}

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
   * @param allocatedBytesPerRun on the Java heap
   * @param outputBytes what the outputs take of that
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
      long outputBytes,
      String commit,
      String failure) {
    double ratio() {
      return onnxRuntime / sardonyx;
    }
  }

  /**
   * From nothing to the first result, in one runtime; {@code load} and {@code firstRun} are parts.
   */
  record Cold(double startToResult, double load, double firstRun, double peakMegabytes) {}

  /** The same in both. */
  record Start(String name, String title, int threads, Cold sardonyx, Cold onnxRuntime) {}

  /** Where the layers of a model stand. */
  record Roofline(String title, int threads, List<RooflinePoint> points) {}
}
