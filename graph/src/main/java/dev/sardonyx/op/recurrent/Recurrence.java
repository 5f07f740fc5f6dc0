package dev.sardonyx.op.recurrent;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * What RNN, GRU and LSTM share: the attributes, and the walk over directions, batch and time.
 *
 * <p>X [T, N, I]; W [D, G·H, I] and R [D, G·H, H] for D directions and G gates; B [D, 2·G·H], the
 * biases of W and then those of R; sequence_lens [N]; initial states [D, N, H]; Y [T, D, N, H];
 * last states [D, N, H]. With {@code batchFirst} (layout 1) the batch is the first dimension of X,
 * Y and the states. Outputs after the end of a sequence are 0; the backward direction begins at
 * that end.
 *
 * @param hiddenSize H, or 0 when the file does not say and R does
 * @param clip bound of the sums that the gates' activations are applied to; 0 for none
 */
public record Recurrence(
    Direction direction,
    int hiddenSize,
    List<Activation> activations,
    float clip,
    boolean batchFirst) {

  /** The order in which time is walked. */
  public enum Direction {
    FORWARD,
    REVERSE,
    BIDIRECTIONAL;

    /** How many directions these are: 1 or 2. */
    public int count() {
      return this == BIDIRECTIONAL ? 2 : 1;
    }
  }

  /** One step of one sequence. */
  interface Cell {
    /**
     * Advances the states in place.
     *
     * @param d the direction's index
     * @param gates X·Wᵀ and the bias of W of this step, [G·H]
     * @param h the hidden state [H]
     * @param c the cell state [H], of LSTM alone
     */
    void step(int d, double[] gates, double[] h, double[] c);
  }

  static Recurrence parse(Attributes a, List<String> defaultActivations) {
    Direction direction =
        switch (a.getChoice("direction", "forward", "forward", "reverse", "bidirectional")) {
          case "reverse" -> Direction.REVERSE;
          case "bidirectional" -> Direction.BIDIRECTIONAL;
          default -> Direction.FORWARD;
        };
    return new Recurrence(
        direction,
        a.getInt("hidden_size", 0),
        Activation.parse(a, direction.count(), defaultActivations),
        a.getFloat("clip", 0),
        a.getFlag("layout", false));
  }

  /** Versions below 7 have an attribute that says whether Y is wanted. */
  static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    return List.of(c.without(node, "output_sequence"));
  }

  /** Activation {@code i} of direction {@code d} of the clipped {@code x}. */
  double activate(int d, int i, double x) {
    double clipped = clip > 0 ? Math.max(-clip, Math.min(clip, x)) : x;
    return activation(d, i).apply(clipped);
  }

  /** Activation {@code i} of direction {@code d}. */
  public Activation activation(int d, int i) {
    return activations.get(activations.size() / direction.count() * d + i);
  }

  /** Types of Y, Y_h and, of LSTM, Y_c. */
  List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Shape r = c.shape(2);
    if (x.hasRank() && x.rank() != 3) {
      throw new ModelException("expected X of rank 3 (time, batch, features), got " + x);
    }
    Dim time = x.hasRank() ? x.dim(batchFirst ? 1 : 0) : c.freshDim();
    Dim batch = x.hasRank() ? x.dim(batchFirst ? 0 : 1) : c.freshDim();
    Dim hidden = hiddenSize > 0 ? Dim.of(hiddenSize) : r.hasRank() ? r.dim(-1) : c.freshDim();
    Dim directions = Dim.of(direction.count());
    Shape y =
        batchFirst
            ? Shape.of(batch, time, directions, hidden)
            : Shape.of(time, directions, batch, hidden);
    Shape last =
        batchFirst ? Shape.of(batch, directions, hidden) : Shape.of(directions, batch, hidden);
    ValueType state = ValueType.tensor(c.dtype(0), last);
    return List.of(ValueType.tensor(c.dtype(0), y), state, state);
  }

  /**
   * Walks a cell over the sequences.
   *
   * @param gateCount G
   * @return Y, Y_h and the last cell states
   */
  List<Value> run(EvaluationContext context, int gateCount, Cell cell) {
    Tensor input = context.tensor(0);
    int time = input.dim(batchFirst ? 1 : 0);
    int batch = input.dim(batchFirst ? 0 : 1);
    int features = input.dim(2);
    int hidden = hidden(context);
    int directions = direction.count();
    int rows = gateCount * hidden;
    checkShape(context, 1, "W", directions, rows, features);
    checkShape(context, 2, "R", directions, rows, hidden);
    double[] x = input.toDoubles();
    double[] w = context.tensor(1).toDoubles();
    double[] b = biases(context, gateCount);
    Tensor lengths = context.tensorOrNull(4);
    Tensor initialH = context.tensorOrNull(5);
    Tensor initialC = gateCount == 4 ? context.tensorOrNull(6) : null;
    Tensor y =
        batchFirst
            ? Tensor.zeros(input.dtype(), batch, time, directions, hidden)
            : Tensor.zeros(input.dtype(), time, directions, batch, hidden);
    int[] stateShape =
        batchFirst ? new int[] {batch, directions, hidden} : new int[] {directions, batch, hidden};
    Tensor lastH = Tensor.zeros(input.dtype(), stateShape);
    Tensor lastC = Tensor.zeros(input.dtype(), stateShape);
    double[] gates = new double[rows];
    for (int d = 0; d < directions; d++) {
      boolean backward = direction == Direction.REVERSE || d == 1;
      for (int n = 0; n < batch; n++) {
        int stateAt = (batchFirst ? n * directions + d : d * batch + n) * hidden;
        double[] h = state(initialH, stateAt, hidden);
        double[] c = state(initialC, stateAt, hidden);
        int length = lengths == null ? time : lengths.getInt(n);
        if (length < 0 || length > time) {
          throw new ModelException(
              "sequence_lens: expected lengths from 0 to " + time + ", got " + length);
        }
        for (int s = 0; s < length; s++) {
          int t = backward ? length - 1 - s : s;
          int xAt = (batchFirst ? n * time + t : t * batch + n) * features;
          for (int row = 0; row < rows; row++) {
            gates[row] =
                b[2 * d * rows + row] + dot(w, (d * rows + row) * features, x, xAt, features);
          }
          cell.step(d, gates, h, c);
          int yAt =
              (batchFirst ? (n * time + t) * directions + d : (t * directions + d) * batch + n)
                  * hidden;
          write(h, y, yAt);
        }
        write(h, lastH, stateAt);
        write(c, lastC, stateAt);
      }
    }
    return List.of(y, lastH, lastC);
  }

  /** H, from the attribute or from R. */
  int hidden(EvaluationContext context) {
    return hiddenSize > 0 ? hiddenSize : context.tensor(2).dim(2);
  }

  private static void checkShape(EvaluationContext c, int i, String name, int... expected) {
    if (!c.tensor(i).hasShape(expected)) {
      throw new ModelException(
          name
              + ": expected shape "
              + Arrays.toString(expected)
              + " (directions, gates · hidden, …), got "
              + c.tensor(i).describe());
    }
  }

  /** B, or zeros. */
  double[] biases(EvaluationContext context, int gateCount) {
    int size = 2 * direction.count() * gateCount * hidden(context);
    if (!context.hasInput(3)) {
      return new double[size];
    }
    checkShape(context, 3, "B", direction.count(), size / direction.count());
    return context.tensor(3).toDoubles();
  }

  private static double[] state(Tensor initial, int at, int hidden) {
    double[] state = new double[hidden];
    for (int j = 0; j < hidden && initial != null; j++) {
      state[j] = initial.getDouble(at + j);
    }
    return state;
  }

  private static void write(double[] from, Tensor to, int at) {
    for (int j = 0; j < from.length; j++) {
      to.setDouble(at + j, from[j]);
    }
  }

  /** Σ a[aAt + i] · b[bAt + i]. */
  static double dot(double[] a, int aAt, double[] b, int bAt, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += a[aAt + i] * b[bAt + i];
    }
    return sum;
  }

  /** Every step multiplies by W and by R. */
  static long macs(List<int[]> inputs) {
    int[] x = inputs.get(0);
    long weights = 0;
    for (int[] w : inputs.subList(1, 3)) {
      weights += (long) w[0] * w[1] * w[2];
    }
    return x[0] * (long) x[1] * weights;
  }
}
