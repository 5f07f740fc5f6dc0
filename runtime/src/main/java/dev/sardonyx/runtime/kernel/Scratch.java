package dev.sardonyx.runtime.kernel;

/**
 * Memory in which the kernels of one execution, one after the other, keep what they need while they
 * run: an array for each thread, as large as the most demanding kernel asks for.
 */
public final class Scratch {
  private float[][] arrays = {};
  private int parts;
  private int size;

  /** Called when a kernel is made. */
  void reserve(int newParts, int newSize) {
    parts = Math.max(parts, newParts);
    size = Math.max(size, newSize);
  }

  /** Called by a kernel's caller's thread when it runs: at least the reserved arrays. */
  float[][] arrays() {
    if (arrays.length < parts || parts > 0 && arrays[0].length < size) {
      arrays = new float[parts][size];
    }
    return arrays;
  }
}
