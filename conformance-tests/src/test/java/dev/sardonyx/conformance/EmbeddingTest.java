package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sardonyx.Session;
import dev.sardonyx.models.WordPiece;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Text → tokens → all-MiniLM-L6-v2 → embedding, against values another runtime computed. */
class EmbeddingTest {
  private static final int WIDTH = 384;

  @Test
  void embeddingsOfAPaddedBatchAreThoseOfTheReference() throws IOException {
    JsonNode reference =
        new ObjectMapper().readTree(RealModels.FIXTURES.resolve("minilm/reference.json").toFile());
    List<String> texts = new ArrayList<>();
    reference.forEach(entry -> texts.add(entry.get("text").asText()));
    WordPiece.Batch batch;
    try (InputStream json =
        EmbeddingTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
      batch = WordPiece.read(json).encode(texts, 256);
    }
    int n = texts.size();
    int length = batch.length();
    try (Session session = Session.open(RealModels.bytes(RealModels.MINILM))) {
      Tensor hidden =
          (Tensor)
              session
                  .run(
                      Map.of(
                          "input_ids", Tensor.of(batch.inputIds(), n, length),
                          "attention_mask", Tensor.of(batch.attentionMask(), n, length),
                          "token_type_ids", Tensor.of(batch.tokenTypeIds(), n, length)))
                  .get("last_hidden_state");
      for (int text = 0; text < n; text++) {
        double[] embedding = embedding(hidden, batch.attentionMask(), text);
        JsonNode expected = reference.get(text).get("embedding");
        for (int i = 0; i < WIDTH; i++) {
          assertThat(embedding[i]).isCloseTo(expected.get(i).asDouble(), within(1e-4));
        }
      }
    }
  }

  /** The mean over the tokens that are no padding, of length 1. */
  private static double[] embedding(Tensor hidden, long[] mask, int text) {
    int length = hidden.dim(1);
    double[] mean = new double[WIDTH];
    for (int t = 0; t < length; t++) {
      for (int i = 0; mask[text * length + t] != 0 && i < WIDTH; i++) {
        mean[i] += hidden.getFloat((text * length + t) * WIDTH + i);
      }
    }
    double square = 0;
    for (double v : mean) {
      square += v * v;
    }
    for (int i = 0; i < WIDTH; i++) {
      mean[i] /= Math.sqrt(square);
    }
    return mean;
  }
}
