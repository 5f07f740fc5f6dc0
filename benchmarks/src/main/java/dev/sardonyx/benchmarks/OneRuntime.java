package dev.sardonyx.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Times one model in one runtime, in a process of its own.
 *
 * <p>Arguments: {@code sardonyx} or {@code onnxruntime}, model file, threads, seconds, then a shape
 * for each input ({@code NAME=1,16}). Prints {@code load_ms first_run_ms median_ms runs}.
 */
final class OneRuntime {
  private OneRuntime() {}

  /** A loaded model with its inputs: what is timed. */
  @FunctionalInterface
  private interface Model {
    void run() throws OrtException;
  }

  public static void main(String[] args) throws OrtException {
    Path file = Path.of(args[1]);
    int threads = Integer.parseInt(args[2]);
    double seconds = Double.parseDouble(args[3]);
    Map<String, Tensor> inputs = inputs(file, Arrays.copyOfRange(args, 4, args.length));
    long start = System.nanoTime();
    Model model =
        args[0].equals("sardonyx")
            ? sardonyx(file, threads, inputs)
            : onnxRuntime(file, threads, inputs);
    long loaded = System.nanoTime();
    model.run();
    long first = System.nanoTime();
    runFor(model, seconds);
    double[] times = runFor(model, seconds);
    Arrays.sort(times);
    System.out.printf(
        Locale.ROOT,
        "%.3f %.3f %.4f %d%n",
        (loaded - start) / 1e6,
        (first - loaded) / 1e6,
        times[times.length / 2],
        times.length);
  }

  private static double[] runFor(Model model, double seconds) throws OrtException {
    double[] times = new double[1 << 16];
    int runs = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (runs < times.length && (runs < 3 || System.nanoTime() < end)) {
      long from = System.nanoTime();
      model.run();
      times[runs++] = (System.nanoTime() - from) / 1e6;
    }
    return Arrays.copyOf(times, runs);
  }

  /** Seeded inputs: normal floats, integers 0 or 1. */
  private static Map<String, Tensor> inputs(Path file, String... shapes) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (ValueInfo input : OnnxReader.read(file).inputs()) {
      TensorType type = (TensorType) input.type();
      int[] shape = type.shape().isStatic() ? type.shape().toArray() : null;
      for (String s : shapes) {
        if (s.startsWith(input.name() + "=")) {
          String extents = s.substring(input.name().length() + 1);
          shape = Arrays.stream(extents.split(",", -1)).mapToInt(Integer::parseInt).toArray();
        }
      }
      if (shape == null) {
        throw new IllegalArgumentException("expected a shape for input " + input);
      }
      Random random = new Random(input.name().hashCode());
      Tensor t = Tensor.zeros(type.dtype(), shape);
      for (int i = 0; i < t.size(); i++) {
        if (type.dtype().isFloating()) {
          t.setDouble(i, random.nextGaussian());
        } else {
          t.setLong(i, random.nextInt(2));
        }
      }
      inputs.put(input.name(), t);
    }
    return inputs;
  }

  private static Model sardonyx(Path file, int threads, Map<String, Tensor> inputs) {
    Session session = Session.open(file, SessionOptions.DEFAULTS.threads(threads));
    return () -> session.run(inputs);
  }

  private static Model onnxRuntime(Path file, int threads, Map<String, Tensor> inputs)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    OrtSession session = environment.createSession(file.toString(), options);
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> e : inputs.entrySet()) {
      given.put(e.getKey(), tensor(environment, e.getValue()));
    }
    return () -> session.run(given).close();
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Tensor t) throws OrtException {
    byte[] bytes = t.toLittleEndian();
    ByteBuffer data = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
    data.put(bytes).flip();
    long[] shape = Arrays.stream(t.shape()).asLongStream().toArray();
    return t.dtype() == DType.FLOAT
        ? OnnxTensor.createTensor(environment, data.asFloatBuffer(), shape)
        : OnnxTensor.createTensor(environment, data.asLongBuffer(), shape);
  }
}
