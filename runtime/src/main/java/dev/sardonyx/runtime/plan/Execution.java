package dev.sardonyx.runtime.plan;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.runtime.kernel.Kernel;
import dev.sardonyx.runtime.kernel.KernelFactory;
import dev.sardonyx.runtime.kernel.KernelTable;
import dev.sardonyx.runtime.kernel.NodeContext;
import dev.sardonyx.runtime.kernel.Scratch;
import dev.sardonyx.runtime.plan.Plan.Place;
import dev.sardonyx.runtime.plan.Plan.Slot;
import dev.sardonyx.runtime.plan.Plan.Step;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The memory and kernels with which a {@link Plan} is run: one run at a time, then reused. */
final class Execution {
  private final Plan plan;
  private final Value[] values;
  private final Map<DType, Tensor> arrays;
  private final Kernel[] kernels;
  private final Scratch scratch = new Scratch();
  private final Tensor[][] stepInputs;
  private final Tensor[][] stepOutputs;

  Execution(Plan plan) {
    this.plan = plan;
    values = new Value[plan.slots.size()];
    arrays = plan.arena.allocate();
    for (int s = 0; s < values.length; s++) {
      Slot slot = plan.slots.get(s);
      if (slot.place() == Place.CONSTANT) {
        values[s] = slot.constant();
      } else if (slot.place() == Place.ARENA) {
        DType dtype = slot.type().dtype();
        values[s] = arrays.get(dtype).part(slot.offset(), slot.shape());
      }
    }
    int n = plan.steps.size();
    kernels = new Kernel[n];
    stepInputs = new Tensor[n][];
    stepOutputs = new Tensor[n][];
    for (int i = 0; i < n; i++) {
      Step step = plan.steps.get(i);
      stepInputs[i] = new Tensor[step.in().length];
      stepOutputs[i] = new Tensor[step.out().length];
      if (step.action() == Plan.Action.KERNEL) {
        kernels[i] = KernelTable.find(step.node()).create(nodeContext(step));
      }
    }
  }

  /**
   * As {@link Program#run}.
   *
   * @param nanos receives the time that each step takes; null to not look at the clock
   */
  Value[] run(Value[] inputs, Tensor[] into, long[] nanos) {
    for (int i = 0; i < inputs.length; i++) {
      values[plan.inputSlots[i]] = inputs[i];
    }
    makeOutputs(into);
    for (int i = 0; i < kernels.length; i++) {
      Step step = plan.steps.get(i);
      long start = nanos == null ? 0 : System.nanoTime();
      try {
        switch (step.action()) {
          case KERNEL -> runKernel(i, step);
          case VIEW -> runView(step);
          case EVALUATE -> evaluate(step);
        }
      } catch (ModelException e) {
        throw e.in(step.node().describe());
      } catch (ArithmeticException
          | ClassCastException
          | IllegalArgumentException
          | IllegalStateException
          | IndexOutOfBoundsException
          | NegativeArraySizeException e) {
        throw new ModelException(
            step.node().describe()
                + ": inputs or attributes do not fit the operator: "
                + e.getMessage(),
            e);
      }
      if (nanos != null) {
        nanos[i] = System.nanoTime() - start;
      }
    }
    return takeOutputs(into);
  }

  private void runKernel(int i, Step step) {
    Tensor[] in = stepInputs[i];
    Tensor[] out = stepOutputs[i];
    for (int k = 0; k < in.length; k++) {
      in[k] = step.in()[k] < 0 ? null : (Tensor) values[step.in()[k]];
    }
    for (int k = 0; k < out.length; k++) {
      out[k] = step.out()[k] < 0 ? null : (Tensor) values[step.out()[k]];
    }
    kernels[i].run(in, out);
  }

  private void runView(Step step) {
    for (int s : step.out()) {
      values[s] = partOfRoot(s);
    }
  }

  private Tensor partOfRoot(int slot) {
    Slot s = plan.slots.get(slot);
    return ((Tensor) values[s.root()]).part(s.offset(), s.shape());
  }

  /** Tensors that this run hands to the caller, and the views of them. */
  private void makeOutputs(Tensor[] into) {
    for (int o = 0; into != null && o < into.length; o++) {
      int s = plan.outputSlots[o];
      if (into[o] != null && s >= 0 && isOwn(s)) {
        checkTarget(o, into[o], plan.slots.get(s).type().dtype(), plan.slots.get(s).shape());
        int root = plan.slots.get(s).root();
        values[root] = into[o].reshape(plan.slots.get(root).shape());
      }
    }
    for (int s = 0; s < values.length; s++) {
      Slot slot = plan.slots.get(s);
      if (slot.place() == Place.OUTPUT && slot.root() == s && values[s] == null) {
        values[s] = Tensor.zeros(slot.type().dtype(), slot.shape());
      }
    }
    for (int s = 0; s < values.length; s++) {
      Slot slot = plan.slots.get(s);
      if (slot.place() == Place.OUTPUT && slot.root() != s) {
        values[s] = partOfRoot(s);
      }
    }
  }

  /** Whether the value was made for the caller, and is not just a part of such a one. */
  private boolean isOwn(int slot) {
    return plan.slots.get(slot).place() == Place.OUTPUT && plan.isWhole(slot);
  }

  private Value[] takeOutputs(Tensor[] into) {
    Value[] outputs = new Value[plan.outputSlots.length];
    for (int o = 0; o < outputs.length; o++) {
      int s = plan.outputSlots[o];
      if (s < 0) {
        continue;
      }
      Value value = values[s];
      boolean own = isOwn(s);
      if (into != null && into[o] != null) {
        copyInto(o, into[o], value, own);
        value = into[o];
      } else if (!own && value instanceof Tensor t) {
        // It may share its array with an input, a constant or another output.
        value = t.copy();
      }
      outputs[o] = value;
    }
    for (int s = 0; s < values.length; s++) {
      Place place = plan.slots.get(s).place();
      if (place != Place.CONSTANT && place != Place.ARENA) {
        values[s] = null;
      }
    }
    return outputs;
  }

  private void copyInto(int o, Tensor target, Value value, boolean own) {
    Tensor t = (Tensor) value;
    if (own && t.sharesArrayWith(target)) {
      return;
    }
    checkTarget(o, target, t.dtype(), t.shape());
    target.copyElements(0, t, 0, t.size());
  }

  private void checkTarget(int o, Tensor target, DType dtype, int... shape) {
    if (target.dtype() != dtype || !target.hasShape(shape)) {
      throw new ModelException(
          "output '"
              + plan.program.graph().outputs().get(o).name()
              + "': expected a tensor of "
              + dtype
              + Arrays.toString(shape)
              + " to write to, got "
              + target.describe());
    }
  }

  // ---- nodes that are evaluated ----

  private void evaluate(Step step) {
    List<Value> results = evaluateByKernel(step);
    if (results == null) {
      results = step.node().operator().evaluate(new StepContext(step));
    }
    for (int k = 0; k < step.out().length; k++) {
      int s = step.out()[k];
      if (s >= 0) {
        Value value = k < results.size() ? detached(results.get(k)) : null;
        checkAgainstPlan(plan.slots.get(s), value);
        values[s] = value;
      }
    }
  }

  /** The value without views of the arena, which later steps write over. */
  private Value detached(Value value) {
    if (value instanceof Tensor t) {
      return arrays.values().stream().anyMatch(t::sharesArrayWith) ? t.copy() : t;
    } else if (value instanceof SequenceValue sequence) {
      return new SequenceValue(sequence.elements().stream().map(this::detached).toList());
    } else if (value instanceof OptionalValue optional && optional.isPresent()) {
      return OptionalValue.of(detached(optional.value()));
    }
    return value;
  }

  /** Later steps were planned for the inferred shape; another one is an error of the operator. */
  private static void checkAgainstPlan(Slot slot, Value value) {
    if (slot.shape() != null && value instanceof Tensor t) {
      if (t.dtype() != slot.type().dtype() || !t.hasShape(slot.shape())) {
        throw new ModelException(
            "expected '"
                + slot.name()
                + "' to be "
                + slot.type()
                + " as inferred, got "
                + t.describe());
      }
    }
  }

  /** Shapes were not known when planning but are now: a kernel made for this once, or null. */
  private List<Value> evaluateByKernel(Step step) {
    Node node = step.node();
    KernelFactory factory = KernelTable.find(node);
    if (factory == null || !node.subgraphs().isEmpty()) {
      return null;
    }
    List<ValueInfo> known = new ArrayList<>();
    Inference inference;
    for (int k = 0; k < step.in().length; k++) {
      if (step.in()[k] >= 0) {
        if (!(values[step.in()[k]] instanceof Tensor t)) {
          return null;
        }
        known.add(new ValueInfo(node.inputs().get(k), ValueType.tensor(t.dtype(), t.shape())));
      }
    }
    inference = Inference.incremental(known);
    for (int k = 0; k < step.in().length; k++) {
      if (step.in()[k] >= 0) {
        inference.addConstant(node.inputs().get(k), (Tensor) values[step.in()[k]]);
      }
    }
    inference.add(node, Map.of());
    Tensor[] out = new Tensor[step.out().length];
    for (int k = 0; k < out.length; k++) {
      if (step.out()[k] >= 0) {
        if (!(inference.type(node.outputs().get(k)) instanceof TensorType t)
            || !t.shape().isStatic()) {
          return null;
        }
        out[k] = Tensor.zeros(t.dtype(), t.shape().toArray());
      }
    }
    Kernel kernel =
        factory.create(
            nodeContext(
                plan.program.resources(),
                node,
                inference::type,
                plan.program.constants()::get,
                scratch));
    if (kernel == null) {
      return null;
    }
    Tensor[] in = new Tensor[step.in().length];
    for (int k = 0; k < in.length; k++) {
      in[k] = step.in()[k] < 0 ? null : (Tensor) values[step.in()[k]];
    }
    kernel.run(in, out);
    return Arrays.asList(out);
  }

  private NodeContext nodeContext(Step step) {
    Node node = step.node();
    return nodeContext(plan.program.resources(), node, this::typeOf, this::constantOf, scratch);
  }

  private ValueType typeOf(String name) {
    return plan.slots.get(plan.slotOf.get(name)).type();
  }

  private Tensor constantOf(String name) {
    return plan.slots.get(plan.slotOf.get(name)).constant();
  }

  static NodeContext nodeContext(
      Program.Resources resources,
      Node node,
      Function<String, ValueType> types,
      Function<String, Tensor> constants,
      Scratch scratch) {
    List<Tensor> contents = new ArrayList<>();
    for (String input : node.inputs()) {
      contents.add(input.isEmpty() ? null : constants.apply(input));
    }
    return new NodeContext(
        node,
        tensorTypes(node.inputs(), types),
        tensorTypes(node.outputs(), types),
        contents,
        resources.simd(),
        resources.workers(),
        resources.packed(),
        scratch,
        resources.accuracy());
  }

  private static List<TensorType> tensorTypes(
      List<String> names, Function<String, ValueType> types) {
    List<TensorType> out = new ArrayList<>();
    for (String name : names) {
      out.add(name.isEmpty() ? null : (TensorType) types.apply(name));
    }
    return out;
  }

  private final class StepContext implements EvaluationContext {
    private final Step step;

    StepContext(Step step) {
      this.step = step;
    }

    @Override
    public int inputCount() {
      return step.in().length;
    }

    @Override
    public boolean hasInput(int i) {
      return i < step.in().length && step.in()[i] >= 0;
    }

    @Override
    public Value value(int i) {
      return values[step.in()[i]];
    }

    @Override
    public int outputCount() {
      return step.out().length;
    }

    @Override
    public boolean hasOutput(int i) {
      return i < step.out().length && step.out()[i] >= 0;
    }

    @Override
    public List<Value> run(Graph subgraph, List<Value> inputs) {
      Program sub = plan.program.subprogram(subgraph);
      Value[] given = new Value[sub.inputNames().size()];
      for (int i = 0; i < given.length; i++) {
        given[i] = i < inputs.size() ? inputs.get(i) : captured(sub.inputNames().get(i));
      }
      boolean[] all = new boolean[subgraph.outputs().size()];
      Arrays.fill(all, true);
      return Arrays.asList(sub.run(given, all, null));
    }

    private Value captured(String name) {
      return values[plan.slotOf.get(name)];
    }
  }
}
