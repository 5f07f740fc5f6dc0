package dev.sardonyx.benchmarks;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model in ONNX Runtime, all optimizations on. */
final class OnnxRuntimeChild extends Child {
  private List<TensorFile.Entry> entries;
  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
  private final Map<String, OnnxValue> outputs = new LinkedHashMap<>();
  private OrtSession session;

  public static void main(String[] args) throws Exception {
    new OnnxRuntimeChild().serve(args);
  }

  @Override
  void give(List<TensorFile.Entry> given) {
    entries = given;
  }

  @Override
  void load(Path model, int threads) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setOptimizationLevel(OptLevel.ALL_OPT);
    session = environment.createSession(model.toString(), options);
    for (TensorFile.Entry e : entries) {
      ByteBuffer data = ByteBuffer.allocateDirect(e.data().length).order(ByteOrder.nativeOrder());
      data.put(e.data()).flip();
      OnnxJavaType type = OnnxJavaType.valueOf(e.type());
      inputs.put(e.name(), OnnxTensor.createTensor(environment, data, e.shape(), type));
    }
  }

  @Override
  void run() throws OrtException {
    if (outputs.isEmpty()) {
      for (Map.Entry<String, OnnxValue> e : session.run(inputs)) {
        outputs.put(e.getKey(), e.getValue());
      }
    } else {
      session.run(inputs, Set.of(), outputs).close();
    }
  }

  @Override
  List<TensorFile.Entry> outputs() {
    List<TensorFile.Entry> entries = new ArrayList<>();
    for (Map.Entry<String, OnnxValue> e : outputs.entrySet()) {
      OnnxTensor tensor = (OnnxTensor) e.getValue();
      TensorInfo info = tensor.getInfo();
      ByteBuffer buffer = tensor.getByteBuffer();
      byte[] data = new byte[buffer.remaining()];
      buffer.get(data);
      entries.add(new TensorFile.Entry(e.getKey(), info.type.name(), info.getShape(), data));
    }
    return entries;
  }
}
