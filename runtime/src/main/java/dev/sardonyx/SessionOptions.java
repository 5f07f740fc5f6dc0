package dev.sardonyx;

import java.util.Objects;

/**
 * How a {@link Session} runs.
 *
 * @param threads how many threads compute one run, the calling one included; results are the same
 *     bits for any number
 * @param optimize whether the model is rewritten before it runs, and what is float16 or bfloat16 in
 *     it computed in float32; without, every node is computed as the file has it
 * @param accuracy whether rounding errors may be somewhat larger where that is faster
 */
public record SessionOptions(int threads, boolean optimize, Accuracy accuracy) {
  /** All processors, optimized. */
  public static final SessionOptions DEFAULTS =
      new SessionOptions(Runtime.getRuntime().availableProcessors(), true, Accuracy.NORMAL);

  public SessionOptions {
    if (threads < 1 || threads > 1024) {
      throw new IllegalArgumentException("threads: expected 1 to 1024, got " + threads);
    }
    Objects.requireNonNull(accuracy, "accuracy");
  }

  public SessionOptions threads(int newThreads) {
    return new SessionOptions(newThreads, optimize, accuracy);
  }

  public SessionOptions optimize(boolean newOptimize) {
    return new SessionOptions(threads, newOptimize, accuracy);
  }

  public SessionOptions accuracy(Accuracy newAccuracy) {
    return new SessionOptions(threads, optimize, newAccuracy);
  }
}
