package dev.sardonyx.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import opennlp.tools.tokenize.WordpieceTokenizer;

/**
 * BERT's WordPiece tokenizer, as a {@code tokenizer.json} file describes it: text to the three
 * inputs of a BERT-like model. The search for the longest pieces is Apache OpenNLP's.
 *
 * <pre>{@code
 * WordPiece tokenizer;
 * try (InputStream json = WordPiece.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
 *   tokenizer = WordPiece.read(json);
 * }
 * WordPiece.Batch batch = tokenizer.encode(List.of("Hello world", "Hi"), 256);
 * batch.inputIds();      // 101 7592 2088 102 | 101 7632 102 0
 * batch.attentionMask(); //   1    1    1   1 |   1    1   1 0
 * }</pre>
 *
 * <p>Immutable and safe for use by many threads.
 */
public final class WordPiece {
  private static final String CLS = WordpieceTokenizer.BERT_CLS_TOKEN;
  private static final String SEP = WordpieceTokenizer.BERT_SEP_TOKEN;
  private static final String UNK = WordpieceTokenizer.BERT_UNK_TOKEN;
  private static final String PAD = "[PAD]";

  private final Map<String, Integer> vocabulary;
  private final BasicTokenizer words;
  private final WordpieceTokenizer pieces;
  private final Pattern specialTokens;

  private WordPiece(
      Map<String, Integer> vocabulary,
      BasicTokenizer words,
      int longestWord,
      Pattern specialTokens) {
    this.vocabulary = vocabulary;
    this.words = words;
    this.pieces = new WordpieceTokenizer(vocabulary.keySet(), longestWord);
    this.specialTokens = specialTokens;
  }

  /**
   * Token ids of several texts, row-major {@code [texts, length]}, each row padded to the longest.
   *
   * @param inputIds ids, {@code [PAD]} after the end of a text
   * @param attentionMask 1 for a token, 0 for padding
   * @param tokenTypeIds all 0: one segment
   * @param length tokens in a row
   */
  @SuppressWarnings("ArrayRecordComponent") // goes into tensors as it is
  public record Batch(long[] inputIds, long[] attentionMask, long[] tokenTypeIds, int length) {}

  /**
   * Reads the vocabulary and the settings of the normalizer.
   *
   * @param tokenizerJson the content of {@code tokenizer.json}; left open
   * @throws IOException if it cannot be read or is not JSON
   * @throws IllegalArgumentException if it describes a tokenizer of another kind
   */
  public static WordPiece read(InputStream tokenizerJson) throws IOException {
    JsonNode root = new ObjectMapper().readTree(tokenizerJson);
    JsonNode model = root.path("model");
    JsonNode normalizer = root.path("normalizer");
    require(model, "type", "WordPiece");
    require(model, "unk_token", UNK);
    require(model, "continuing_subword_prefix", "##");
    require(normalizer, "type", "BertNormalizer");
    require(root.path("pre_tokenizer"), "type", "BertPreTokenizer");

    Map<String, Integer> vocabulary = new HashMap<>();
    model.path("vocab").properties().forEach(e -> vocabulary.put(e.getKey(), e.getValue().asInt()));
    for (String token : List.of(CLS, SEP, UNK, PAD)) {
      if (!vocabulary.containsKey(token)) {
        throw new IllegalArgumentException(
            "tokenizer.json: expected " + token + " in the vocabulary of BERT, it is not there");
      }
    }
    boolean lowerCase = normalizer.path("lowercase").asBoolean(true);
    BasicTokenizer words =
        new BasicTokenizer(
            lowerCase,
            // null stands for "as lowercase"
            normalizer.path("strip_accents").asBoolean(lowerCase),
            normalizer.path("handle_chinese_chars").asBoolean(true));
    String specialTokens =
        StreamSupport.stream(root.path("added_tokens").spliterator(), false)
            .map(token -> Pattern.quote(token.path("content").asText()))
            .collect(Collectors.joining("|"));
    return new WordPiece(
        vocabulary,
        words,
        model.path("max_input_chars_per_word").asInt(100),
        Pattern.compile(specialTokens.isEmpty() ? "(?!)" : specialTokens));
  }

  private static void require(JsonNode node, String field, String expected) {
    String found = node.path(field).asText("nothing");
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(
          "tokenizer.json: expected %s \"%s\", found \"%s\"; only BERT's WordPiece is supported"
              .formatted(field, expected, found));
    }
  }

  /**
   * The ids of one text, with {@code [CLS]} before and {@code [SEP]} after it.
   *
   * @param maxLength tokens to keep at most, those two included
   */
  public long[] encode(String text, int maxLength) {
    if (maxLength < 2) {
      throw new IllegalArgumentException(
          "maxLength: expected at least 2, for [CLS] and [SEP], got " + maxLength);
    }
    List<String> tokens = new ArrayList<>();
    Matcher special = specialTokens.matcher(text);
    int start = 0;
    while (special.find()) {
      addPieces(text.substring(start, special.start()), tokens);
      tokens.add(special.group());
      start = special.end();
    }
    addPieces(text.substring(start), tokens);

    LongStream ids = tokens.stream().limit(maxLength - 2L).mapToLong(vocabulary::get);
    return LongStream.concat(
            LongStream.of(vocabulary.get(CLS)),
            LongStream.concat(ids, LongStream.of(vocabulary.get(SEP))))
        .toArray();
  }

  /** The ids of several texts, each cut to {@code maxLength} and padded to the longest. */
  public Batch encode(List<String> texts, int maxLength) {
    List<long[]> rows = texts.stream().map(text -> encode(text, maxLength)).toList();
    int length = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    long[] ids = new long[rows.size() * length];
    long[] mask = new long[ids.length];
    Arrays.fill(ids, vocabulary.get(PAD));
    for (int i = 0; i < rows.size(); i++) {
      long[] row = rows.get(i);
      System.arraycopy(row, 0, ids, i * length, row.length);
      Arrays.fill(mask, i * length, i * length + row.length, 1);
    }
    return new Batch(ids, mask, new long[ids.length], length);
  }

  private void addPieces(String text, List<String> tokens) {
    for (String word : words.words(text)) {
      List<String> found = Arrays.asList(pieces.tokenize(word)); // [CLS] … [SEP]
      List<String> inner = found.subList(1, found.size() - 1);
      // OpenNLP keeps the pieces before an unknown one; BERT makes the whole word unknown.
      tokens.addAll(inner.contains(UNK) ? List.of(UNK) : inner);
    }
  }
}
