package dev.sardonyx.runtime.simd;

/**
 * The left operand of a matrix product, if it never changes, in the order in which the micro-kernel
 * of long sums reads it: the weights of a convolution whose image is the right operand.
 *
 * <p>With 32 vector registers, and without vectors, that is row by row. With 16, the M×K matrix is
 * cut into blocks of {@value #DEPTH} columns. In a block, rows come by three, at the end by two; of
 * such a group first {@value #STEP} elements of each row, then the next.
 */
public final class PackedRows {
  /** k in a block. */
  static final int DEPTH = 384;

  /** Elements of a row that stand together. */
  static final int STEP = 4;

  /** Rows that are unpacked at a time where there is no micro-kernel for these. */
  static final int UNPACKED = 24;

  /** Rows that get their bias while results are in the cache. */
  static final int PLAIN = 96;

  private static final ThreadLocal<float[]> BUFFER = ThreadLocal.withInitial(() -> new float[0]);

  private final float[] data;
  private final int rows;
  private final int k;
  private final boolean interleaved;

  private PackedRows(int rows, int k, boolean interleaved) {
    this.rows = rows;
    this.k = k;
    this.interleaved = interleaved;
    data = new float[rows * k];
  }

  /** Whether a matrix can be packed so, which leaves no place for padding. */
  public static boolean fits(int rows, int k) {
    return rows > 1 && k > 0 && k % STEP == 0 && (long) rows * k < Integer.MAX_VALUE - 8;
  }

  /** An M×K matrix of a shape that {@link #fits}, row by row as it is stored. */
  static PackedRows plain(float[] source, int sourceOffset, int rows, int k) {
    PackedRows packed = new PackedRows(rows, k, false);
    System.arraycopy(source, sourceOffset, packed.data, 0, rows * k);
    return packed;
  }

  /** Packs an M×K matrix of a shape that {@link #fits}, stored row by row. */
  static PackedRows interleave(float[] source, int sourceOffset, int rows, int k) {
    PackedRows packed = new PackedRows(rows, k, true);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < k; i++) {
        packed.data[packed.place(row, i)] = source[sourceOffset + row * k + i];
      }
    }
    return packed;
  }

  /** Whether rows do not lie one after the other. */
  boolean isInterleaved() {
    return interleaved;
  }

  /** Memory of the current thread for {@link #UNPACKED} rows. */
  float[] unpacked() {
    if (BUFFER.get().length < UNPACKED * k) {
      BUFFER.set(new float[UNPACKED * k]);
    }
    return BUFFER.get();
  }

  /** Copies some whole rows, row by row as they were stored. */
  void unpack(int rowFrom, int rowTo, float[] to) {
    for (int row = rowFrom; row < rowTo; row++) {
      int at = (row - rowFrom) * k;
      for (int i = 0; i < k; i += STEP) {
        System.arraycopy(data, place(row, i), to, at + i, STEP);
      }
    }
  }

  private int place(int row, int i) {
    int triples = triples();
    int group = row < triples ? 3 : 2;
    int inGroup = row < triples ? row % 3 : (row - triples) % 2;
    int block = i / DEPTH * DEPTH;
    int inBlock = i - block;
    return block(block)
        + (row - inGroup) * depth(block)
        + inBlock / STEP * STEP * group
        + inGroup * STEP
        + inBlock % STEP;
  }

  /** How many rows come by three. */
  int triples() {
    return triples(rows);
  }

  /** How many of at least two rows go to tiles of three; an even number is left. */
  static int triples(int rows) {
    // Four rows that are left are two pairs: a single row would leave the units waiting for sums.
    return rows % 3 == 1 ? rows - 4 : rows - rows % 3;
  }

  /** Where the block begins whose first column this is. A group of r rows takes r · depth there. */
  int block(int column) {
    return column * rows;
  }

  /** Columns of the block whose first column this is. */
  int depth(int column) {
    return Math.min(DEPTH, k - column);
  }

  float[] data() {
    return data;
  }

  /** Rows of the matrix. */
  public int rows() {
    return rows;
  }

  /** Columns of the matrix: the length of the sums. */
  public int k() {
    return k;
  }
}
