package dev.sardonyx.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class WordPieceTest {
  private static final WordPiece TOKENIZER = miniLm();

  private static WordPiece miniLm() {
    try (InputStream json =
        WordPieceTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
      return WordPiece.read(json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Texts with the ids that another tokenizer gives them; see fixtures/minilm/README.md. */
  static Stream<Arguments> textsOfTheOracle() throws IOException {
    JsonNode root = new ObjectMapper().readTree(Path.of("fixtures/minilm/tokens.json").toFile());
    return Stream.of("sentences", "more")
        .flatMap(group -> StreamSupport.stream(root.get(group).spliterator(), false))
        .map(
            entry ->
                Arguments.of(
                    entry.get("text").asText(),
                    StreamSupport.stream(entry.get("ids").spliterator(), false)
                        .mapToLong(JsonNode::asLong)
                        .toArray()));
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("textsOfTheOracle")
  void idsEqualThoseOfAnotherTokenizer(String text, long[] ids) {
    assertThat(TOKENIZER.encode(text, 512)).as(text).containsExactly(ids);
  }

  /** Not in the fixture: its tokenizer knows only the ideographs of the first plane. */
  @Test
  void ideographsBeyondTheFirstPlaneStandAlone() {
    assertThat(TOKENIZER.encode("\ud840\udc00\ud87e\udc00a", 9))
        .containsExactly(101, 100, 100, 1037, 102);
  }

  @Test
  void longTextsAreCutAndStillEndWithSep() {
    assertThat(TOKENIZER.encode("hello world ".repeat(300), 6))
        .containsExactly(101, 7592, 2088, 7592, 2088, 102);
    assertThat(TOKENIZER.encode("hello", 2)).containsExactly(101, 102);
    assertThatThrownBy(() -> TOKENIZER.encode("hello", 1))
        .hasMessage("maxLength: expected at least 2, for [CLS] and [SEP], got 1");
  }

  @Test
  void rowsOfABatchArePaddedToTheLongest() {
    WordPiece.Batch batch = TOKENIZER.encode(List.of("Hello world", "", "Hi"), 256);
    assertThat(batch.length()).isEqualTo(4);
    assertThat(batch.inputIds())
        .containsExactly(101, 7592, 2088, 102, 101, 102, 0, 0, 101, 7632, 102, 0);
    assertThat(batch.attentionMask()).containsExactly(1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0);
    assertThat(batch.tokenTypeIds()).containsOnly(0).hasSize(12);
    assertThat(TOKENIZER.encode(List.of(), 256).inputIds()).isEmpty();
  }

  @Test
  void accentsAndCaseStayWhereTheFileSaysSo() throws IOException {
    WordPiece cased =
        read(
            """
            {"normalizer": {"type": "BertNormalizer", "lowercase": false, "strip_accents": null},
             "pre_tokenizer": {"type": "BertPreTokenizer"},
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
               "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "É": 4, "##a": 5, "e": 6}}}
            """);
    assertThat(cased.encode("Éa e é", 9)).containsExactly(2, 4, 5, 6, 1, 3);
  }

  @Test
  void otherKindsOfTokenizersAreRefusedByName() {
    assertThatThrownBy(() -> read("{\"model\": {\"type\": \"BPE\"}}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "tokenizer.json: expected type \"WordPiece\", found \"BPE\";"
                + " only BERT's WordPiece is supported");
  }

  private static WordPiece read(String json) throws IOException {
    return WordPiece.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }
}
