package dev.sardonyx.runtime.simd;

/**
 * Where cache lines begin in large arrays. A vector that lies in two lines takes two loads, and a
 * quarter of a line of array header would make that half of all vectors.
 *
 * <p>Java does not tell an array's address. But HotSpot's header of an array takes 16 bytes, and
 * its collectors begin large arrays at the start of a region, which is the start of a line. Where
 * that does not hold, nothing is lost.
 */
public final class CacheLine {
  /** A line, in bytes. */
  private static final int BYTES = 64;

  private static final int HEADER_BYTES = 16;

  static final int FLOATS = BYTES / Float.BYTES;

  private CacheLine() {}

  /** The first index of an array at which a line begins, for elements of so many bytes. */
  public static int first(int elementBytes) {
    return (BYTES - HEADER_BYTES) / elementBytes;
  }
}
