package dev.sardonyx.conformance;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Another runtime, as oracle. One thread, because its threads go on spinning after a run. */
final class OnnxRuntime {
  private OnnxRuntime() {}

  /** All outputs of a model, with ONNX Runtime's default optimizations. */
  static Map<String, Value> run(byte[] model, Map<String, ? extends Value> inputs)
      throws OrtException {
    return run(model, inputs, OrtSession.SessionOptions.OptLevel.ALL_OPT);
  }

  static Map<String, Value> run(
      byte[] model,
      Map<String, ? extends Value> inputs,
      OrtSession.SessionOptions.OptLevel optimizations)
      throws OrtException {
    OrtEnvironment env = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setOptimizationLevel(optimizations);
      try (OrtSession session = env.createSession(model, options)) {
        for (Map.Entry<String, ? extends Value> e : inputs.entrySet()) {
          given.put(e.getKey(), toOnnxRuntime(env, (Tensor) e.getValue()));
        }
        Map<String, Value> outputs = new LinkedHashMap<>();
        try (OrtSession.Result result = session.run(given)) {
          result.forEach(e -> outputs.put(e.getKey(), fromOnnxRuntime((OnnxTensor) e.getValue())));
        }
        return outputs;
      }
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor toOnnxRuntime(OrtEnvironment env, Tensor t) throws OrtException {
    long[] shape = Arrays.stream(t.shape()).asLongStream().toArray();
    return t.dtype() == DType.INT64
        ? OnnxTensor.createTensor(env, LongBuffer.wrap(t.toLongs()), shape)
        : OnnxTensor.createTensor(env, FloatBuffer.wrap(t.toFloats()), shape);
  }

  private static Tensor fromOnnxRuntime(OnnxTensor t) {
    int[] shape = Arrays.stream(t.getInfo().getShape()).mapToInt(Math::toIntExact).toArray();
    if (t.getInfo().type == OnnxJavaType.UINT8) {
      ByteBuffer bytes = t.getByteBuffer();
      return Tensor.ofLittleEndian(DType.UINT8, bytes, shape);
    }
    FloatBuffer floats = t.getFloatBuffer();
    float[] data = new float[floats.remaining()];
    floats.get(data);
    return Tensor.of(data, shape);
  }
}
