package dev.sardonyx.runtime.simd;

/**
 * The left operand of a matrix product, if it never changes, in the order in which the micro-kernel
 * of long sums reads it: the weights of a convolution whose image is the right operand.
 *
 * <p>The M×K matrix is cut into blocks of {@value #DEPTH} columns. In a block, rows come by three,
 * at the end by two; of such a group first {@value #STEP} elements of each row, then the next.
 */
public final class PackedRows {
  /** k in a block. */
  static final int DEPTH = 384;

  /** Elements of a row that stand together. */
  static final int STEP = 4;

  /** Rows that are unpacked at a time where there is no micro-kernel for these. */
  static final int UNPACKED = 24;

  private static final ThreadLocal<float[]> BUFFER = ThreadLocal.withInitial(() -> new float[0]);

  private final float[] data;
  private final int rows;
  private final int k;

  private PackedRows(int rows, int k) {
    this.rows = rows;
    this.k = k;
    data = new float[rows * k];
  }

  /** Whether a matrix can be packed so, which leaves no place for padding. */
  public static boolean fits(int rows, int k) {
    return rows > 1 && k > 0 && k % STEP == 0 && (long) rows * k < Integer.MAX_VALUE - 8;
  }

  /** Packs an M×K matrix of a shape that {@link #fits}, stored row by row. */
  public static PackedRows pack(float[] source, int sourceOffset, int rows, int k) {
    PackedRows packed = new PackedRows(rows, k);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < k; i++) {
        packed.data[packed.place(row, i)] = source[sourceOffset + row * k + i];
      }
    }
    return packed;
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
