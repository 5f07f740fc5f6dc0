package dev.sardonyx.models;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The first half of BERT's tokenization (Devlin et al. 2018): text to words. Drops control
 * characters, optionally lower-cases and strips accents, and makes every punctuation mark and every
 * Chinese character a word of its own.
 */
final class BasicTokenizer {
  private final boolean lowerCase;
  private final boolean stripAccents;
  private final boolean splitChinese;

  BasicTokenizer(boolean lowerCase, boolean stripAccents, boolean splitChinese) {
    this.lowerCase = lowerCase;
    this.stripAccents = stripAccents;
    this.splitChinese = splitChinese;
  }

  List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    normalize(text)
        .codePoints()
        .forEach(
            c -> {
              boolean alone = isPunctuation(c) || (splitChinese && isChinese(c));
              if (alone || isSpace(c)) {
                flush(word, words);
              }
              if (alone) {
                words.add(Character.toString(c));
              } else if (!isSpace(c)) {
                word.appendCodePoint(c);
              }
            });
    flush(word, words);
    return words;
  }

  private static void flush(StringBuilder word, List<String> words) {
    if (!word.isEmpty()) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  private String normalize(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    text.codePoints().filter(c -> isSpace(c) || !isDropped(c)).forEach(kept::appendCodePoint);
    String clean = kept.toString();
    if (lowerCase) {
      clean = clean.toLowerCase(Locale.ROOT);
    }
    if (stripAccents) {
      clean = Normalizer.normalize(clean, Normalizer.Form.NFD).replaceAll("\\p{Mn}", "");
    }
    return clean;
  }

  private static boolean isSpace(int c) {
    return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
  }

  private static boolean isDropped(int c) {
    return c == 0xFFFD
        || switch (Character.getType(c)) {
          case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE ->
              true;
          default -> false;
        };
  }

  /** All ASCII that is neither letter, digit nor space counts, {@code $} and {@code ^} included. */
  private static boolean isPunctuation(int c) {
    if (c < 128) {
      return c > ' ' && c < 127 && !Character.isLetterOrDigit(c);
    }
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  /** The CJK ideograph blocks; kana and hangul are written with or without spaces and stay. */
  private static boolean isChinese(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x20000 && c <= 0x2CEAF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }
}
