package dev.sardonyx.runtime.plan;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.runtime.kernel.KernelFactory;
import dev.sardonyx.runtime.kernel.KernelTable;
import dev.sardonyx.runtime.kernel.NodeContext;
import dev.sardonyx.runtime.kernel.Scratch;
import dev.sardonyx.runtime.plan.Plan.Action;
import dev.sardonyx.runtime.plan.Plan.Place;
import dev.sardonyx.runtime.plan.Plan.Slot;
import dev.sardonyx.runtime.plan.Plan.Step;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes a {@link Plan}: infers all types for concrete input shapes, picks what computes each node,
 * and gives every value its place.
 */
final class Planner {
  private final Program program;
  private final Graph graph;
  private final Value[] inputs;
  private final boolean[] wanted;
  private final Inference types;

  private final Map<String, Integer> slotOf = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private final List<TensorType> slotTypes = new ArrayList<>();
  private final List<Tensor> constants = new ArrayList<>();

  /** Slots that share memory: each points to another of its group, the root to itself. */
  private final List<Integer> shares = new ArrayList<>();

  /** Where a slot begins within the one that {@link #shares} points to. */
  private final List<Integer> starts = new ArrayList<>();

  private final List<Step> steps = new ArrayList<>();

  Planner(Program program, Value[] inputs, boolean[] wanted) {
    this.program = program;
    this.graph = program.graph();
    this.inputs = inputs;
    this.wanted = wanted;
    this.types = inferTypes();
  }

  private Inference inferTypes() {
    List<ValueInfo> given = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      String name = program.inputNames().get(i);
      ValueInfo declared = program.declared(name);
      given.add(
          new ValueInfo(
              name,
              inputs[i] instanceof Tensor t
                  ? ValueType.tensor(t.dtype(), t.shape())
                  : declared != null ? declared.type() : ValueType.UNKNOWN));
    }
    Inference inference = Inference.incremental(given);
    program.constants().forEach(inference::addConstant);
    for (Node node : graph.nodes()) {
      inference.add(node, graph.declaredTypes());
    }
    return inference;
  }

  Plan plan() {
    int[] inputSlots = new int[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      TensorType type =
          inputs[i] instanceof Tensor t ? ValueType.tensor(t.dtype(), t.shape()) : null;
      inputSlots[i] = newSlot(program.inputNames().get(i), Place.INPUT, type, null);
    }
    for (Node node : neededNodes()) {
      addStep(node);
    }
    int[] outputSlots = new int[graph.outputs().size()];
    for (int i = 0; i < outputSlots.length; i++) {
      outputSlots[i] = wanted[i] ? slot(graph.outputs().get(i).name()) : -1;
    }
    Arena arena = placeValues(outputSlots);
    List<Slot> slots = new ArrayList<>();
    for (int s = 0; s < names.size(); s++) {
      int root = root(s);
      Place place = places.get(root) == Place.OUTPUT ? Place.OUTPUT : places.get(s);
      int offset = start(s) + (place == Place.ARENA ? arena.offset(root) : 0);
      TensorType type = slotTypes.get(s);
      int[] shape = type != null && isConcrete(type.shape()) ? type.shape().toArray() : null;
      slots.add(new Slot(names.get(s), place, type, shape, root, offset, constants.get(s)));
    }
    return new Plan(program, slots, slotOf, steps, inputSlots, outputSlots, arena, inputs, wanted);
  }

  /** The nodes that the wanted outputs depend on. */
  private List<Node> neededNodes() {
    Set<String> needed = new HashSet<>();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i]) {
        needed.add(graph.outputs().get(i).name());
      }
    }
    List<Node> nodes = new ArrayList<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (!Collections.disjoint(node.outputs(), needed)) {
        nodes.add(node);
        needed.addAll(node.uses());
      }
    }
    Collections.reverse(nodes);
    return nodes;
  }

  // ---- steps ----

  private void addStep(Node node) {
    if (computedByInference(node)) {
      return;
    }
    int[] in = new int[node.inputs().size()];
    for (int i = 0; i < in.length; i++) {
      in[i] = slot(node.inputs().get(i));
    }
    int[] parts = parts(node);
    if (parts != null) {
      addViews(node, in[0], parts);
      return;
    }
    KernelFactory factory = KernelTable.find(node);
    boolean planned =
        factory != null && isConcrete(node) && factory.create(nodeContext(node)) != null;
    int[] out = new int[node.outputs().size()];
    for (int i = 0; i < out.length; i++) {
      String name = node.outputs().get(i);
      ValueType type = types.type(name);
      boolean arena = planned && type instanceof TensorType t && Arena.holds(t.dtype());
      out[i] =
          name.isEmpty()
              ? -1
              : newSlot(
                  name,
                  arena ? Place.ARENA : Place.DYNAMIC,
                  type instanceof TensorType t ? t : null,
                  null);
    }
    boolean kernel = planned && allArena(out);
    steps.add(new Step(kernel ? Action.KERNEL : Action.EVALUATE, node, in, out));
    if (!kernel) {
      for (int s : out) {
        if (s >= 0) {
          places.set(s, Place.DYNAMIC);
        }
      }
    }
  }

  private boolean allArena(int[] slots) {
    for (int s : slots) {
      if (s >= 0 && places.get(s) != Place.ARENA) {
        return false;
      }
    }
    return true;
  }

  /** A node whose outputs inference knows to the last number needs no step: shape arithmetic. */
  private boolean computedByInference(Node node) {
    List<Tensor> values = new ArrayList<>();
    for (String output : node.outputs()) {
      Tensor value = output.isEmpty() ? null : inferredContent(output);
      if (value == null) {
        return false;
      }
      values.add(value);
    }
    for (int i = 0; i < values.size(); i++) {
      Tensor v = values.get(i);
      TensorType type = ValueType.tensor(v.dtype(), v.shape());
      newSlot(node.outputs().get(i), Place.CONSTANT, type, v);
    }
    return true;
  }

  private Tensor inferredContent(String value) {
    List<Dim> extents = types.extents(value);
    if (extents == null
        || !extents.stream().allMatch(Dim::isKnown)
        || !(types.type(value) instanceof TensorType t)
        || !t.shape().isStatic()) {
      return null;
    }
    Tensor tensor = Tensor.zeros(t.dtype(), t.shape().toArray());
    if (tensor.size() != extents.size()) {
      return null;
    }
    for (int i = 0; i < extents.size(); i++) {
      tensor.setLong(i, extents.get(i).value());
    }
    return tensor;
  }

  /** Where the outputs begin within the first input if they are views of it, else null. */
  private int[] parts(Node node) {
    if (KernelTable.isReshape(node)) {
      boolean known = isConcrete(node.inputs().get(0)) && isConcrete(node.outputs().get(0));
      return known ? new int[1] : null;
    }
    int[] parts = isConcrete(node) ? KernelTable.parts(nodeContext(node)) : null;
    // Several elements of less than a byte share one, and kernels read from whole bytes on.
    boolean held = parts != null && Arena.holds(((TensorType) types.type(node.input(0))).dtype());
    return held ? parts : null;
  }

  /** Views of an input, all of known shape. */
  private void addViews(Node node, int from, int[] parts) {
    Place place = places.get(from);
    int[] views = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      String output = node.outputs().get(i);
      TensorType type = (TensorType) types.type(output);
      if (place == Place.CONSTANT) {
        Tensor part = constants.get(from).part(parts[i], type.shape().toArray());
        newSlot(output, Place.CONSTANT, type, part);
      } else {
        views[i] = newSlot(output, place == Place.INPUT ? Place.DYNAMIC : place, type, null);
        shares.set(views[i], root(from));
        starts.set(views[i], start(from) + parts[i]);
      }
    }
    if (place == Place.INPUT || place == Place.DYNAMIC) {
      steps.add(new Step(Action.VIEW, node, new int[] {from}, views));
    }
  }

  /** Whether the types of all inputs and outputs are known, and nothing else plays a part. */
  private boolean isConcrete(Node node) {
    return areConcrete(node.inputs()) && areConcrete(node.outputs()) && node.subgraphs().isEmpty();
  }

  private boolean areConcrete(List<String> values) {
    for (String value : values) {
      if (!value.isEmpty() && !isConcrete(value)) {
        return false;
      }
    }
    return true;
  }

  private boolean isConcrete(String value) {
    return types.type(value) instanceof TensorType t && isConcrete(t.shape());
  }

  /** Whether the shape is known and can be that of a tensor. */
  private static boolean isConcrete(Shape shape) {
    if (!shape.isStatic()) {
      return false;
    }
    double size = 1;
    boolean fits = true;
    for (Dim d : shape.dims()) {
      fits &= d.value() >= 0 && d.value() <= Integer.MAX_VALUE;
      size *= d.value();
    }
    return fits && size <= Integer.MAX_VALUE;
  }

  private NodeContext nodeContext(Node node) {
    return Execution.nodeContext(
        program.resources(), node, types::type, this::constantOf, new Scratch());
  }

  private Tensor constantOf(String name) {
    Integer s = slotOf.get(name);
    return s != null ? constants.get(s) : program.constants().get(name);
  }

  // ---- slots ----

  /** The slot of a value that is there already; constants get theirs on first use. */
  private int slot(String name) {
    if (name.isEmpty()) {
      return -1;
    }
    Integer s = slotOf.get(name);
    if (s != null) {
      return s;
    }
    Tensor c = program.constants().get(name);
    return newSlot(name, Place.CONSTANT, ValueType.tensor(c.dtype(), c.shape()), c);
  }

  private int newSlot(String name, Place place, TensorType type, Tensor constant) {
    int s = names.size();
    names.add(name);
    places.add(place);
    slotTypes.add(type);
    constants.add(constant);
    shares.add(s);
    starts.add(0);
    slotOf.put(name, s);
    return s;
  }

  private int root(int slot) {
    int s = slot;
    while (shares.get(s) != s) {
      s = shares.get(s);
    }
    return s;
  }

  /** Where a slot begins within its root. */
  private int start(int slot) {
    int start = 0;
    for (int s = slot; shares.get(s) != s; s = shares.get(s)) {
      start += starts.get(s);
    }
    return start;
  }

  // ---- memory ----

  private Arena placeValues(int[] outputSlots) {
    int end = steps.size();
    int[] firstUse = new int[names.size()];
    int[] lastUse = new int[names.size()];
    Arrays.fill(firstUse, end);
    for (int i = 0; i < end; i++) {
      for (String use : steps.get(i).node().uses()) {
        // Constants that only a subgraph captures have no slot.
        Integer slot = slotOf.get(use);
        if (slot != null) {
          lastUse[root(slot)] = i;
        }
      }
      for (int s : steps.get(i).out()) {
        if (s >= 0) {
          firstUse[root(s)] = Math.min(firstUse[root(s)], i);
          lastUse[root(s)] = Math.max(lastUse[root(s)], i);
        }
      }
    }
    for (int s : outputSlots) {
      if (s >= 0 && places.get(root(s)) == Place.ARENA) {
        if (sameMemory(slotTypes.get(s), slotTypes.get(root(s)))) {
          places.set(root(s), Place.OUTPUT);
        } else {
          // It is copied after the last step, so as not to hand out all of its root.
          lastUse[root(s)] = end;
        }
      }
    }
    for (int i = 0; i < end; i++) {
      writeInPlace(i, firstUse, lastUse);
    }
    Arena arena = new Arena();
    for (int s = 0; s < names.size(); s++) {
      if (root(s) == s && places.get(s) == Place.ARENA) {
        TensorType t = slotTypes.get(s);
        arena.add(s, t.dtype(), Tensor.sizeOf(t.shape().toArray()), firstUse[s], lastUse[s]);
      }
    }
    arena.layOut();
    return arena;
  }

  /** Lets a step write over an input that nobody reads afterwards, where its kernel allows it. */
  private void writeInPlace(int step, int[] firstUse, int[] lastUse) {
    Step s = steps.get(step);
    if (s.action() != Action.KERNEL || s.out().length != 1 || s.out()[0] < 0) {
      return;
    }
    int out = s.out()[0];
    int outRoot = root(out);
    if (places.get(outRoot) != Place.ARENA) {
      return;
    }
    KernelFactory factory = KernelTable.find(s.node());
    for (int i = 0; i < s.in().length; i++) {
      if (s.in()[i] < 0 || !factory.inPlace(i)) {
        continue;
      }
      int inRoot = root(s.in()[i]);
      boolean free =
          places.get(inRoot) == Place.ARENA
              && inRoot != outRoot
              && lastUse[inRoot] == step
              && sameMemory(slotTypes.get(inRoot), slotTypes.get(outRoot))
              && sameMemory(slotTypes.get(s.in()[i]), slotTypes.get(out))
              && usedOnce(s.in(), inRoot);
      if (free) {
        shares.set(outRoot, inRoot);
        lastUse[inRoot] = Math.max(lastUse[outRoot], step);
        firstUse[inRoot] = Math.min(firstUse[inRoot], firstUse[outRoot]);
        return;
      }
    }
  }

  private boolean usedOnce(int[] in, int root) {
    int uses = 0;
    for (int s : in) {
      uses += s >= 0 && root(s) == root ? 1 : 0;
    }
    return uses == 1;
  }

  private static boolean sameMemory(TensorType a, TensorType b) {
    DType d = a.dtype();
    return d == b.dtype()
        && Tensor.sizeOf(a.shape().toArray()) == Tensor.sizeOf(b.shape().toArray());
  }
}
