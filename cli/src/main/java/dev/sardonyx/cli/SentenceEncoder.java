package dev.sardonyx.cli;

import dev.sardonyx.Session;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.models.WordPiece;
import dev.sardonyx.models.WordPiece.Batch;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A BERT-like model that gives sentences of similar meaning similar vectors: tokens, the model, the
 * mean over the tokens, length 1 (Reimers and Gurevych 2019).
 *
 * @param name of the model
 */
record SentenceEncoder(String name, Session session, WordPiece tokenizer) implements AutoCloseable {
  private static final int MAX_TOKENS = 256;

  /** Opens a jar that has an ONNX file and its {@code tokenizer.json} at the root. */
  static SentenceEncoder open(Path jar) throws IOException {
    if (!Files.exists(jar)) {
      throw new NoSuchFileException(jar.toString());
    }
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry model = entry(zip, ".onnx");
      String name = model.getName().substring(0, model.getName().length() - ".onnx".length());
      try (InputStream in = zip.getInputStream(model);
          InputStream json = zip.getInputStream(entry(zip, "tokenizer.json"))) {
        WordPiece tokenizer = WordPiece.read(json);
        return new SentenceEncoder(name, Session.open(in.readAllBytes()), tokenizer);
      }
    } catch (ZipException e) {
      throw new ModelException(jar + ": expected a jar with a model in it: " + e.getMessage(), e);
    }
  }

  private static ZipEntry entry(ZipFile zip, String suffix) {
    return zip.stream()
        .filter(e -> e.getName().endsWith(suffix))
        .findFirst()
        .orElseThrow(
            () -> new ModelException(zip.getName() + ": expected a file *" + suffix + " in it"));
  }

  Batch tokenize(String sentence) {
    return tokenizer.encode(List.of(sentence), MAX_TOKENS);
  }

  /** The vector of a sentence, of length 1. */
  float[] encode(Batch tokens) {
    Tensor hidden =
        (Tensor)
            session
                .run(
                    Map.of(
                        "input_ids", Tensor.of(tokens.inputIds(), 1, tokens.length()),
                        "attention_mask", Tensor.of(tokens.attentionMask(), 1, tokens.length()),
                        "token_type_ids", Tensor.of(tokens.tokenTypeIds(), 1, tokens.length())))
                .values()
                .iterator()
                .next();
    double[] mean = new double[hidden.dim(-1)];
    for (int i = 0; i < hidden.size(); i++) {
      mean[i % mean.length] += hidden.getFloat(i);
    }
    // Dividing by the number of tokens is left out: what follows makes the length 1 anyway.
    double length = Math.sqrt(dot(mean, mean));
    float[] vector = new float[mean.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (mean[i] / length);
    }
    return vector;
  }

  /** The cosine of the angle between two vectors of length 1: 1 for the same direction. */
  static double similarity(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Override
  public void close() {
    session.close();
  }
}
