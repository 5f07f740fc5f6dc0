package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How a window slides over the spatial dimensions of convolutions and poolings: the attributes that
 * these operators share.
 *
 * <p>In every dimension, output position o and kernel position k meet input position {@code
 * o·stride − padBegin + k·dilation}. Lists are empty where the file gives nothing; strides and
 * dilations are then 1, pads 0, and the kernel's extents those of the weights.
 *
 * @param pads all begins, then all ends; without meaning unless {@code autoPad} is NOTSET
 * @param ceilMode whether a last window that begins inside the input or its begin padding, but ends
 *     beyond the end padding, counts
 */
public record Window(
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> pads,
    AutoPad autoPad,
    boolean ceilMode) {

  /** Who chooses the pads. */
  public enum AutoPad {
    /** The attribute {@code pads}. */
    NOTSET,
    /** As many that the output has ⌈input / stride⌉ positions, the odd one at the end. */
    SAME_UPPER,
    /** The same with the odd one at the begin. */
    SAME_LOWER,
    /** None. */
    VALID
  }

  static Window parse(Attributes a) {
    return new Window(
        list(a, "kernel_shape", 1),
        list(a, "strides", 1),
        list(a, "dilations", 1),
        list(a, "pads", 0),
        AutoPad.valueOf(
            a.getChoice("auto_pad", "NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")),
        a.getFlag("ceil_mode", false));
  }

  /** The same for operators that require {@code kernel_shape}. */
  static Window parsePool(Attributes a) {
    if (!a.has("kernel_shape")) {
      throw Attributes.missing("kernel_shape");
    }
    return parse(a);
  }

  static List<Integer> list(Attributes a, String name, int least) {
    int[] values = a.getInts(name);
    if (values == null) {
      return List.of();
    }
    for (int v : values) {
      if (v < least) {
        throw new ModelException(
            "attribute " + name + ": expected numbers of at least " + least + ", got " + v);
      }
    }
    return Arrays.stream(values).boxed().toList();
  }

  int stride(int i) {
    return strides.isEmpty() ? 1 : strides.get(i);
  }

  int dilation(int i) {
    return dilations.isEmpty() ? 1 : dilations.get(i);
  }

  private int padBegin(int i) {
    return pads.isEmpty() || autoPad != AutoPad.NOTSET ? 0 : pads.get(i);
  }

  private int padEnd(int i) {
    return pads.isEmpty() || autoPad != AutoPad.NOTSET ? 0 : pads.get(pads.size() / 2 + i);
  }

  /** Checks that all attributes are for {@code rank} spatial dimensions. */
  void checkRank(int rank) {
    checkLength("kernel_shape", kernel, rank);
    checkLength("strides", strides, rank);
    checkLength("dilations", dilations, rank);
    checkLength("pads", pads, 2 * rank);
  }

  static void checkLength(String name, List<Integer> values, int expected) {
    if (!values.isEmpty() && values.size() != expected) {
      throw new ModelException(
          "attribute "
              + name
              + ": expected "
              + expected
              + " numbers for the spatial dimensions of the input, got "
              + values);
    }
  }

  /** The extents that the window covers with its dilation, less one. */
  long reach(int i, long kernelExtent) {
    return (kernelExtent - 1) * dilation(i);
  }

  /**
   * The output's spatial extents.
   *
   * @param kernelExtents one per dimension
   * @param fresh gives an extent of which nothing is known
   */
  List<Dim> outputExtents(List<Dim> input, List<Dim> kernelExtents, Supplier<Dim> fresh) {
    checkRank(input.size());
    List<Dim> output = new ArrayList<>();
    for (int i = 0; i < input.size(); i++) {
      output.add(outputExtent(i, input.get(i), kernelExtents.get(i), fresh));
    }
    return output;
  }

  /** The output shape [N, C, O1, …] of a pooling of {@code x}. */
  public Shape poolShape(Shape x, Supplier<Dim> fresh) {
    if (!x.hasRank()) {
      return new Shape(Stream.generate(fresh).limit(kernel.size() + 2).toList());
    }
    checkRank(spatialRank(x));
    List<Dim> extents = kernel.stream().map(k -> Dim.of(k)).toList();
    List<Dim> dims = new ArrayList<>(x.dims().subList(0, 2));
    dims.addAll(outputExtents(x.dims().subList(2, x.rank()), extents, fresh));
    return new Shape(dims);
  }

  /** The number of spatial dimensions of a shape [N, C, D1, …]. */
  static int spatialRank(Shape x) {
    if (x.rank() < 3) {
      throw new ModelException(
          "expected batch, channels and at least one spatial dimension, got shape " + x);
    }
    return x.rank() - 2;
  }

  private Dim outputExtent(int i, Dim input, Dim kernelExtent, Supplier<Dim> fresh) {
    Dim stride = Dim.of(stride(i));
    if (autoPad == AutoPad.SAME_UPPER || autoPad == AutoPad.SAME_LOWER) {
      return input.ceilDividedBy(stride);
    }
    Dim reach = kernelExtent.plus(-1).times(dilation(i));
    Dim lastStart = input.plus(padBegin(i)).plus(padEnd(i)).minus(reach).plus(-1);
    if (lastStart.isKnown() && lastStart.value() < 0) {
      throw new ModelException(
          "expected a window that fits the padded input, got extent "
              + input
              + " with pads "
              + padBegin(i)
              + " and "
              + padEnd(i)
              + " for a kernel of "
              + kernelExtent
              + " with dilation "
              + dilation(i));
    }
    if (!ceilMode || autoPad == AutoPad.VALID) {
      return lastStart.floorDividedBy(stride).plus(1);
    }
    Dim output = lastStart.ceilDividedBy(stride).plus(1);
    // A window that begins in the end padding (or beyond) does not count.
    if (output.isKnown() && input.isKnown()) {
      long start = (output.value() - 1) * stride(i);
      return start >= input.value() + padBegin(i) ? output.plus(-1) : output;
    }
    boolean cannotBegin = reach.isKnown() && padEnd(i) + (long) stride(i) <= reach.value() + 1;
    return cannotBegin ? output : fresh.get();
  }

  /**
   * Everything as numbers for an input of known extents.
   *
   * @param inputExtents spatial extents
   * @param kernelExtents spatial extents of the weights, or of {@code kernel_shape}
   */
  public Geometry over(int[] inputExtents, int[] kernelExtents) {
    int rank = inputExtents.length;
    int[] output =
        outputExtents(dims(inputExtents), dims(kernelExtents), () -> Dim.ZERO).stream()
            .mapToInt(d -> Math.toIntExact(d.value()))
            .toArray();
    int[] resolvedPads = new int[2 * rank];
    int[] resolvedStrides = new int[rank];
    int[] resolvedDilations = new int[rank];
    for (int i = 0; i < rank; i++) {
      resolvedStrides[i] = stride(i);
      resolvedDilations[i] = dilation(i);
      resolvedPads[i] = padBegin(i);
      resolvedPads[rank + i] = padEnd(i);
      if (autoPad == AutoPad.SAME_UPPER || autoPad == AutoPad.SAME_LOWER) {
        long covered = (output[i] - 1L) * stride(i) + reach(i, kernelExtents[i]) + 1;
        int total = Math.toIntExact(Math.max(covered - inputExtents[i], 0));
        resolvedPads[i] = autoPad == AutoPad.SAME_UPPER ? total / 2 : total - total / 2;
        resolvedPads[rank + i] = total - resolvedPads[i];
      }
    }
    return new Geometry(
        inputExtents, output, kernelExtents, resolvedStrides, resolvedDilations, resolvedPads);
  }

  /** The same with the extents of {@code kernel_shape}. */
  public Geometry over(int... inputExtents) {
    checkRank(inputExtents.length);
    return over(inputExtents, kernel.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Spatial extents of a shape [N, C, D1, …]. */
  static int[] spatial(int[] shape) {
    if (shape.length < 3) {
      throw new ModelException(
          "expected batch, channels and at least one spatial dimension, got shape "
              + Arrays.toString(shape));
    }
    return Arrays.copyOfRange(shape, 2, shape.length);
  }

  /** The shape [n, c, extents…]. */
  static int[] shape(int n, int c, int... extents) {
    int[] shape = new int[2 + extents.length];
    shape[0] = n;
    shape[1] = c;
    System.arraycopy(extents, 0, shape, 2, extents.length);
    return shape;
  }

  private static List<Dim> dims(int... extents) {
    return Arrays.stream(extents).mapToObj(Dim::of).toList();
  }

  /**
   * A window over an input of known extents. All arrays have one element per spatial dimension;
   * {@code pads} has the begins, then the ends, and is what {@code auto_pad} comes to.
   */
  public record Geometry(
      int[] input, int[] output, int[] kernel, int[] strides, int[] dilations, int[] pads) {

    /** Number of input positions of one channel. */
    public int inputSize() {
      return Tensor.sizeOf(input);
    }

    public int outputSize() {
      return Tensor.sizeOf(output);
    }

    public int kernelSize() {
      return Tensor.sizeOf(kernel);
    }

    /** The step between neighbouring inputs of a {@link Run}. */
    public int runStep() {
      return strides[strides.length - 1];
    }

    /**
     * All pairs of output and input that meet, padding left out: one run per kernel position and
     * row of the last dimension, in ascending order of kernel positions.
     */
    public List<Run> runs() {
      int last = input.length - 1;
      int[] outerKernel = Arrays.copyOf(kernel, last);
      int[] outerOutput = Arrays.copyOf(output, last);
      int rows = Tensor.sizeOf(outerOutput);
      List<Run> runs = new ArrayList<>();
      for (int kr = 0; kr < Tensor.sizeOf(outerKernel); kr++) {
        int[] inputRows = inputRows(position(kr, outerKernel), outerOutput, rows);
        for (int kc = 0; kc < kernel[last]; kc++) {
          int stride = strides[last];
          int shift = kc * dilations[last] - pads[last];
          int from = Math.max(0, Math.floorDiv(-shift + stride - 1, stride));
          int to = Math.min(output[last], Math.floorDiv(input[last] - 1 - shift, stride) + 1);
          for (int row = 0; row < rows && from < to; row++) {
            if (inputRows[row] >= 0) {
              runs.add(
                  new Run(
                      kr * kernel[last] + kc,
                      row * output[last] + from,
                      inputRows[row] * input[last] + from * stride + shift,
                      to - from));
            }
          }
        }
      }
      return runs;
    }

    /** For every output row the input row that it meets at a kernel position, or −1. */
    private int[] inputRows(int[] kernelAt, int[] outerOutput, int rows) {
      int[] inputRows = new int[rows];
      for (int row = 0; row < rows; row++) {
        int[] at = position(row, outerOutput);
        int inputRow = 0;
        for (int d = 0; d < at.length && inputRow >= 0; d++) {
          int i = at[d] * strides[d] - pads[d] + kernelAt[d] * dilations[d];
          inputRow = i < 0 || i >= input[d] ? -1 : inputRow * input[d] + i;
        }
        inputRows[row] = inputRow;
      }
      return inputRows;
    }

    /** The index of element {@code i} of a shape. */
    static int[] position(int i, int... shape) {
      int[] index = new int[shape.length];
      int rest = i;
      for (int d = shape.length - 1; d >= 0; d--) {
        index[d] = rest % shape[d];
        rest /= shape[d];
      }
      return index;
    }
  }

  /**
   * Neighbouring outputs of one row that meet neighbouring inputs at one kernel position: outputs
   * {@code output + j} and inputs {@code input + j·step} for j below {@code count}.
   */
  public record Run(int kernel, int output, int input, int count) {}
}
