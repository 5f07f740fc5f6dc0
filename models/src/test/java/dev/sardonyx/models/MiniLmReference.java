package dev.sardonyx.models;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes {@code reference.json}: sentence embeddings of all-MiniLM-L6-v2 as ONNX Runtime computes
 * them, from the token ids in {@code tokens.json}. Arguments: {@code tokens.json reference.json}.
 */
final class MiniLmReference {
  private MiniLmReference() {}

  public static void main(String[] args) throws IOException, OrtException {
    ObjectMapper json = new ObjectMapper();
    List<String> lines = new ArrayList<>();
    try (InputStream model = MiniLmReference.class.getResourceAsStream("/all-minilm-l6-v2.onnx");
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = environment.createSession(model.readAllBytes(), options)) {
        for (JsonNode sentence : json.readTree(Path.of(args[0]).toFile()).get("sentences")) {
          long[] ids = json.convertValue(sentence.get("ids"), long[].class);
          ObjectNode entry = sentence.deepCopy();
          ArrayNode embedding = entry.putArray("embedding");
          for (float value : normalized(mean(hiddenStates(environment, session, ids)))) {
            embedding.add(value);
          }
          lines.add(json.writeValueAsString(entry));
        }
      }
    }
    Files.writeString(Path.of(args[1]), "[\n" + String.join(",\n", lines) + "\n]\n");
  }

  /** One vector of 384 for each token; there is no padding, so the mask is all ones. */
  private static float[][] hiddenStates(OrtEnvironment environment, OrtSession session, long[] ids)
      throws OrtException {
    long[] mask = new long[ids.length];
    Arrays.fill(mask, 1);
    try (OnnxTensor input = OnnxTensor.createTensor(environment, new long[][] {ids});
        OnnxTensor attention = OnnxTensor.createTensor(environment, new long[][] {mask});
        OnnxTensor types = OnnxTensor.createTensor(environment, new long[1][ids.length]);
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", input, "attention_mask", attention, "token_type_ids", types))) {
      return ((float[][][]) result.get(0).getValue())[0];
    }
  }

  private static double[] mean(float[][] states) {
    double[] mean = new double[states[0].length];
    for (float[] state : states) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += state[i] / (double) states.length;
      }
    }
    return mean;
  }

  private static float[] normalized(double[] vector) {
    double length = Math.sqrt(Arrays.stream(vector).map(v -> v * v).sum());
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }
}
