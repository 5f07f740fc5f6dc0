package dev.sardonyx.benchmarks;

import dev.sardonyx.benchmarks.RuntimeProcess.Engine;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Times a model in this project and in ONNX Runtime: a process each, both warmed up by the same
 * rule, then measured in turn, several rounds; a time is the median of the rounds' medians. While
 * one runs the other waits for its input.
 */
final class SideBySide {
  private final String commit;
  private final int rounds;
  private final double seconds;

  SideBySide(String commit, int rounds, double seconds) {
    this.commit = commit;
    this.rounds = rounds;
    this.seconds = seconds;
  }

  Results.Model measure(ModelCase c, int threads) {
    try {
      return compare(c, threads);
    } catch (IOException | ModelException | IllegalArgumentException e) {
      return result(c, threads, Double.NaN, Double.NaN, Double.NaN, 0, e.getMessage());
    }
  }

  private Results.Model compare(ModelCase c, int threads) throws IOException {
    Path model = c.source().file();
    Path inputs = c.writeInputs();
    try (RuntimeProcess ours = new RuntimeProcess(Engine.SARDONYX, model, inputs, threads);
        RuntimeProcess theirs = new RuntimeProcess(Engine.ONNX_RUNTIME, model, inputs, threads)) {
      ours.ask("warm");
      theirs.ask("warm");
      double[] ourTimes = new double[rounds];
      double[] theirTimes = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        ourTimes[i] = ours.figure("median " + seconds);
        theirTimes[i] = theirs.figure("median " + seconds);
      }
      return result(
          c,
          threads,
          median(ourTimes),
          median(theirTimes),
          difference(outputs(ours), outputs(theirs)),
          (long) ours.figure("allocated"),
          null);
    }
  }

  private Results.Model result(
      ModelCase c,
      int threads,
      double ours,
      double theirs,
      double difference,
      long allocated,
      String failure) {
    return new Results.Model(
        c.name(),
        c.title(),
        c.describeInputs(),
        threads,
        c.required(),
        ours,
        theirs,
        difference,
        allocated,
        commit,
        failure);
  }

  /** Starts both anew several times: what a user waits for, and the memory it takes. */
  Results.Start start(ModelCase c, int threads) throws IOException {
    Path model = c.source().file();
    Path inputs = c.writeInputs();
    double[][] ours = new double[4][rounds];
    double[][] theirs = new double[4][rounds];
    for (int i = 0; i < rounds; i++) {
      start(Engine.SARDONYX, model, inputs, threads, ours, i);
      start(Engine.ONNX_RUNTIME, model, inputs, threads, theirs, i);
    }
    return new Results.Start(c.name(), c.title(), threads, cold(ours), cold(theirs), commit);
  }

  private static void start(
      Engine engine, Path model, Path inputs, int threads, double[][] figures, int i)
      throws IOException {
    try (RuntimeProcess process = new RuntimeProcess(engine, model, inputs, threads)) {
      figures[0][i] = process.startToResultMillis;
      figures[1][i] = process.loadMillis;
      figures[2][i] = process.firstRunMillis;
      figures[3][i] = process.figure("memory");
    }
  }

  private static Results.Cold cold(double[]... f) {
    return new Results.Cold(median(f[0]), median(f[1]), median(f[2]), median(f[3]));
  }

  /** Where the nodes of a model stand, on one core. */
  Results.Roofline roofline(ModelCase c) throws IOException {
    try (RuntimeProcess process =
        new RuntimeProcess(Engine.SARDONYX, c.source().file(), c.writeInputs(), 1)) {
      process.ask("warm");
      List<RooflinePoint> points =
          Arrays.stream(process.ask("profile").split("\t")).map(RooflinePoint::parse).toList();
      return new Results.Roofline(c.title(), 1, points, commit);
    }
  }

  private static List<TensorFile.Entry> outputs(RuntimeProcess process) throws IOException {
    Path file = Files.createTempFile(ModelFiles.WORK, "outputs", ".part");
    try {
      process.ask("outputs " + file);
      return TensorFile.read(file);
    } finally {
      Files.delete(file);
    }
  }

  /** Over all outputs the worst; infinite where one is no number and the other is. */
  private static double difference(List<TensorFile.Entry> got, List<TensorFile.Entry> expected) {
    double worst = 0;
    for (TensorFile.Entry e : expected) {
      Tensor want = SardonyxChild.tensor(e);
      Tensor have =
          got.stream()
              .filter(g -> g.name().equals(e.name()))
              .findFirst()
              .map(SardonyxChild::tensor)
              .orElseThrow(() -> new IllegalArgumentException("no output " + e.name()));
      if (!have.hasShape(want.shape())) {
        throw new IllegalArgumentException(
            "output " + e.name() + " is " + have.describe() + ", expected " + want.describe());
      }
      double largest = 0;
      double difference = 0;
      for (int i = 0; i < want.size(); i++) {
        double w = want.getDouble(i);
        double d = Math.abs(have.getDouble(i) - w);
        largest = Math.max(largest, Math.abs(w));
        difference = Math.max(difference, Double.isNaN(d) ? Double.POSITIVE_INFINITY : d);
      }
      worst = Math.max(worst, difference == 0 ? 0 : difference / largest);
    }
    return worst;
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
