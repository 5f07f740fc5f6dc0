package dev.sardonyx.benchmarks;

import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.runtime.NodeTime;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model in this project's runtime. */
final class SardonyxChild extends Child {
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> outputs = new LinkedHashMap<>();
  private Session session;

  public static void main(String[] args) throws Exception {
    new SardonyxChild().serve(args);
  }

  @Override
  void give(List<TensorFile.Entry> entries) {
    for (TensorFile.Entry e : entries) {
      inputs.put(e.name(), tensor(e));
    }
  }

  static Tensor tensor(TensorFile.Entry e) {
    ByteBuffer data = ByteBuffer.wrap(e.data()).order(ByteOrder.LITTLE_ENDIAN);
    int[] shape = Arrays.stream(e.shape()).mapToInt(Math::toIntExact).toArray();
    return Tensor.ofLittleEndian(DType.valueOf(e.type()), data, shape);
  }

  static TensorFile.Entry entry(String name, Tensor t) {
    long[] shape = Arrays.stream(t.shape()).asLongStream().toArray();
    return new TensorFile.Entry(name, t.dtype().name(), shape, t.toLittleEndian());
  }

  @Override
  void load(Path model, int threads) {
    session = Session.open(model, SessionOptions.DEFAULTS.threads(threads));
  }

  @Override
  void run() {
    if (outputs.isEmpty()) {
      session.run(inputs).forEach((name, value) -> outputs.put(name, (Tensor) value));
    } else {
      session.run(inputs, outputs);
    }
  }

  @Override
  List<TensorFile.Entry> outputs() {
    List<TensorFile.Entry> entries = new ArrayList<>();
    outputs.forEach((name, t) -> entries.add(entry(name, t)));
    return entries;
  }

  /** The nodes that multiply, as {@link RooflinePoint#parse} reads them. */
  @Override
  List<String> profile() {
    List<List<NodeTime>> runs = new ArrayList<>();
    for (int i = 0; i < 31; i++) {
      runs.add(session.profile(inputs));
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < runs.get(0).size(); i++) {
      int node = i;
      long[] nanos = runs.stream().mapToLong(times -> times.get(node).nanos()).sorted().toArray();
      RooflinePoint.of(runs.get(0).get(i), nanos[nanos.length / 2])
          .ifPresent(point -> lines.add(point.toString()));
    }
    return lines;
  }
}
