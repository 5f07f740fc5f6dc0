package dev.sardonyx.runtime.plan;

import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How a program is computed for one combination of input shapes: which step computes which value,
 * and where in memory every value stands. Immutable but for the pool of its {@link Execution}s.
 */
final class Plan {
  /** Where the tensor of a value comes from. */
  enum Place {
    /** Given with the plan. */
    CONSTANT,
    /** Given with the run. */
    INPUT,
    /** A stretch of the arena. */
    ARENA,
    /** A tensor made for every run, as it is handed to the caller. */
    OUTPUT,
    /** Whatever the step that computes it yields. */
    DYNAMIC
  }

  /**
   * One value.
   *
   * @param type the type as far as known; concrete for places ARENA and OUTPUT; null if no tensor
   * @param shape the extents as numbers, null where they are not known
   * @param root the value whose memory this one shares; itself for most
   * @param offset the first element: for ARENA within the arena of its kind of array, for others
   *     within the root
   */
  record Slot(
      String name,
      Place place,
      TensorType type,
      int[] shape,
      int root,
      int offset,
      Tensor constant) {}

  /** What a step does. */
  enum Action {
    /** A kernel writes planned outputs. */
    KERNEL,
    /** The outputs are the first input, or parts of it, under another shape. */
    VIEW,
    /** The operator is evaluated, by a kernel made on the spot or by its reference. */
    EVALUATE
  }

  /**
   * One computation.
   *
   * @param in slots of the node's inputs, −1 where omitted
   * @param out slots of its outputs, −1 where not wanted
   */
  record Step(Action action, Node node, int[] in, int[] out) {}

  final Program program;
  final List<Slot> slots;
  final Map<String, Integer> slotOf;
  final List<Step> steps;
  final int[] inputSlots;
  final int[] outputSlots;
  final Arena arena;
  private final Object[] signature;
  private final boolean[] wanted;
  private final ArrayDeque<Execution> idle = new ArrayDeque<>();

  Plan(
      Program program,
      List<Slot> slots,
      Map<String, Integer> slotOf,
      List<Step> steps,
      int[] inputSlots,
      int[] outputSlots,
      Arena arena,
      Value[] inputs,
      boolean[] wanted) {
    this.program = program;
    this.slots = List.copyOf(slots);
    this.slotOf = Map.copyOf(slotOf);
    this.steps = List.copyOf(steps);
    this.inputSlots = inputSlots;
    this.outputSlots = outputSlots;
    this.arena = arena;
    this.wanted = wanted.clone();
    signature = new Object[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      signature[i] =
          inputs[i] instanceof Tensor t
              ? new Signature(t.dtype(), t.shape())
              : inputs[i].getClass();
    }
  }

  private record Signature(DType dtype, int[] shape) {}

  boolean fits(Value[] inputs, boolean[] outputsWanted) {
    for (int i = 0; i < inputs.length; i++) {
      boolean same =
          signature[i] instanceof Signature s
              ? inputs[i] instanceof Tensor t && t.dtype() == s.dtype && t.hasShape(s.shape)
              : signature[i] == inputs[i].getClass();
      if (!same) {
        return false;
      }
    }
    return Arrays.equals(wanted, outputsWanted);
  }

  /** Whether a value is its root under whatever shape, rather than a part of it. */
  boolean isWhole(int slot) {
    Slot s = slots.get(slot);
    return s.root() == slot
        || Tensor.sizeOf(s.shape()) == Tensor.sizeOf(slots.get(s.root()).shape());
  }

  /** The types of values whose shape is known, null for the others. */
  List<TensorType> types(int... slotNumbers) {
    List<TensorType> types = new ArrayList<>();
    for (int s : slotNumbers) {
      types.add(s < 0 || slots.get(s).shape() == null ? null : slots.get(s).type());
    }
    return types;
  }

  Execution acquire() {
    Execution e;
    synchronized (idle) {
      e = idle.pollFirst();
    }
    return e != null ? e : new Execution(this);
  }

  void release(Execution execution) {
    synchronized (idle) {
      idle.addFirst(execution);
    }
  }
}
