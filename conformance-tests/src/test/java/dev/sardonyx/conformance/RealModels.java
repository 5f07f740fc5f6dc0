package dev.sardonyx.conformance;

import dev.sardonyx.cli.verify.TestCase;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Published models from the class path, the committed fixtures, and inputs for them. */
final class RealModels {
  static final Path FIXTURES = Path.of("../models/fixtures");

  static final String MINILM = "/all-minilm-l6-v2.onnx";
  static final String MINILM_INT8 = "/all-minilm-l6-v2-q.onnx";
  static final String DETECTION = "/models/ch_PP-OCRv4_det_infer.onnx";
  static final String DETECTION_V3 = "/models/ch_PP-OCRv3_det_infer.onnx";
  static final String RECOGNITION = "/models/ch_PP-OCRv4_rec_infer.onnx";
  static final String RECOGNITION_V3 = "/models/ch_PP-OCRv3_rec_infer.onnx";
  static final String DIRECTION = "/models/ch_ppocr_mobile_v2.0_cls_infer.onnx";

  /** Letters of 5 × 7 dots, a row per number: H E L O 7 T. */
  private static final int[][] LETTERS = {
    {17, 17, 17, 31, 17, 17, 17},
    {31, 16, 16, 30, 16, 16, 31},
    {16, 16, 16, 16, 16, 16, 31},
    {14, 17, 17, 17, 17, 17, 14},
    {31, 1, 2, 4, 8, 8, 8},
    {31, 4, 4, 4, 4, 4, 4}
  };

  private RealModels() {}

  static byte[] bytes(String resource) {
    try (InputStream in = RealModels.class.getResourceAsStream(resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Token ids of both MiniLM models; of the last text only the first {@code valid} count. */
  static Map<String, Tensor> tokens(int texts, int length, int valid) {
    Random random = new Random(42);
    long[] ids = new long[texts * length];
    long[] mask = new long[texts * length];
    Arrays.fill(mask, 1);
    for (int i = 0; i < ids.length; i++) {
      ids[i] = 1000L + random.nextInt(28000);
      if (i >= (texts - 1) * length + valid) {
        ids[i] = 0;
        mask[i] = 0;
      }
    }
    return Map.of(
        "input_ids", Tensor.of(ids, texts, length),
        "attention_mask", Tensor.of(mask, texts, length),
        "token_type_ids", Tensor.of(new long[texts * length], texts, length));
  }

  /**
   * A picture [1, 3, height, width] of dark letters on light ground, a little noisy, in [−1, 1].
   */
  static Map<String, Tensor> picture(int height, int width, int scale) {
    Random random = new Random(42);
    Tensor x = Tensor.zeros(DType.FLOAT, 1, 3, height, width);
    for (int i = 0; i < x.size(); i++) {
      int row = i / width % height - scale;
      int column = i % width - scale;
      int dotRow = Math.floorMod(row, 12 * scale) / scale;
      int dotColumn = Math.floorMod(column, 6 * scale) / scale;
      int letter = Math.floorMod(column / (6 * scale), LETTERS.length);
      boolean ink =
          row >= 0
              && column >= 0
              && dotRow < 7
              && dotColumn < 5
              && (LETTERS[letter][dotRow] >> (4 - dotColumn) & 1) != 0;
      x.setDouble(i, (ink ? -0.8 : 0.8) + 0.05 * random.nextGaussian());
    }
    return Map.of("x", x);
  }

  /** A fixture with its inputs and PyTorch's outputs. */
  record Fixture(Graph graph, List<OnnxCase.Data> data) {}

  static Fixture fixture(String name) {
    try {
      TestCase c = TestCase.below(FIXTURES.resolve(name)).get(0);
      Graph graph = OnnxReader.read(c.model());
      return new Fixture(graph, OnnxCase.of(c).data().apply(graph));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
