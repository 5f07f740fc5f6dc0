package dev.sardonyx;

/**
 * How a {@link Session} runs.
 *
 * @param threads how many threads compute one run, the calling one included; results are the same
 *     bits for any number
 * @param optimize whether the model is rewritten before it runs; without, every node is computed as
 *     the file has it
 */
public record SessionOptions(int threads, boolean optimize) {
  /** All processors, optimized. */
  public static final SessionOptions DEFAULTS =
      new SessionOptions(Runtime.getRuntime().availableProcessors(), true);

  public SessionOptions {
    if (threads < 1 || threads > 1024) {
      throw new IllegalArgumentException("threads: expected 1 to 1024, got " + threads);
    }
  }

  public SessionOptions threads(int newThreads) {
    return new SessionOptions(newThreads, optimize);
  }

  public SessionOptions optimize(boolean newOptimize) {
    return new SessionOptions(threads, newOptimize);
  }
}
