package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.nn.AveragePool;
import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.op.nn.MaxPool;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.op.quantization.DequantizeLinear;
import dev.sardonyx.op.quantization.QuantizeLinear;
import dev.sardonyx.op.reduction.Reduction;
import dev.sardonyx.op.shaping.Concat;
import dev.sardonyx.op.shaping.Split;
import dev.sardonyx.op.shaping.Transpose;
import dev.sardonyx.op.vision.Resize;
import dev.sardonyx.runtime.kernel.ConvKernels;
import dev.sardonyx.runtime.kernel.UnaryFunctions;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Images keep their channels last between the operators that can work so.
 *
 * <pre>
 * Conv → Relu → Add → MaxPool      becomes
 * Transpose → ChannelsLastConv → Relu → Add → ChannelsLastPool → Transpose
 * </pre>
 *
 * <p>One pass over the nodes in order. A value may exist channels first (under its own name),
 * channels last (under a second name), or both; an operator takes the form it wants, and a
 * Transpose is put in where only the other one exists. Convolutions and pools want channels last;
 * element-wise operators and Concat take channels last when one of their inputs is only there in
 * that form, and so do Resize, Pad, Slice, Split, QuantizeLinear and DequantizeLinear, which are
 * then told other axes, DepthToSpace, SpaceToDepth and a {@link ChannelShuffle}; a Transpose
 * between the two forms costs nothing; all others want channels first, and so does a 1×1
 * convolution that stands alone: its weights times the image as it is are the result. A convolution
 * of an image with few channels reads it as it comes.
 */
final class ChannelsLast {
  private static final Set<String> BINARY =
      Set.of("Add", "Sub", "Mul", "Div", "Max", "Min", "PRelu");

  private final Graph graph;
  private final Inference types;
  private final Graph.Builder builder;
  private final Names names;
  private final List<Node> nodes = new ArrayList<>();

  /** Fewest pixels of an image that is worth packing as the right operand of a product. */
  private static final int PIXELS = 128;

  /** Values that nodes use. */
  private final Set<String> used = new HashSet<>();

  /** The name of the channels-last form of values that have one. */
  private final Map<String, String> last = new HashMap<>();

  /** The same of constants, by name and rank of what they are combined with. */
  private final Map<String, String> constantsLast = new HashMap<>();

  /** Values that exist channels first. */
  private final Set<String> first = new HashSet<>();

  /** Channel shuffles by the output of their last node. */
  private final Map<String, ChannelShuffle> shuffles = new HashMap<>();

  private ChannelsLast(Graph graph, Inference types) {
    this.graph = graph;
    this.types = types;
    for (ChannelShuffle s : ChannelShuffle.all(graph, types)) {
      shuffles.put(s.output(), s);
    }
    builder = graph.toBuilder();
    names = new Names(graph);
    for (Node node : graph.nodes()) {
      used.addAll(node.uses());
    }
    for (ValueInfo v : graph.inputs()) {
      first.add(v.name());
    }
    first.addAll(graph.initializers().keySet());
    first.addAll(graph.captures());
  }

  static Graph apply(Graph graph, Inference types) {
    ChannelsLast pass = new ChannelsLast(graph, types);
    Set<Node> parts = Collections.newSetFromMap(new IdentityHashMap<>());
    for (ChannelShuffle s : pass.shuffles.values()) {
      parts.addAll(s.nodes().subList(0, 2));
    }
    for (Node node : graph.nodes()) {
      if (!parts.contains(node)) {
        pass.add(node);
      }
    }
    for (ValueInfo output : graph.outputs()) {
      pass.channelsFirst(output.name());
    }
    // Where no value is there channels last, all nodes are as they were.
    return pass.last.isEmpty() ? graph : pass.builder.nodes(pass.nodes).build();
  }

  private void add(Node node) {
    ChannelShuffle shuffle = shuffles.get(node.output(0));
    if (shuffle != null && isOnlyLast(shuffle.input())) {
      addShuffle(shuffle);
    } else if (shuffle != null) {
      shuffle.nodes().forEach(this::addPlain);
    } else if (node.is("Conv") && isLonePointwise(node)) {
      addPlain(node);
    } else if (node.is("Conv") && isImage(node.input(0)) && isConstantFloat(node.input(1))) {
      addConv(node);
    } else if (node.is("ConvTranspose")
        && isImage(node.input(0))
        && isConstantFloat(node.input(1))) {
      Operator op = new ChannelsLastConvTranspose(node, UnaryFunction.IDENTITY);
      addLast(node, op, "ChannelsLastConvTranspose", lastInputs(node));
    } else if (isPool(node) && isImage(node.input(0))) {
      addPool(node);
    } else if (node.is("GlobalAveragePool") && isImage(node.input(0))) {
      addLast(node, new ChannelsLastMean(), "ChannelsLastMean", List.of(toLast(node.input(0))));
    } else if (isMeanOfPixels(node)) {
      addMean(node);
    } else if (worksOnEither(node)) {
      addElementwise(node);
    } else if (node.is("Concat") && node.inputs().stream().anyMatch(this::isOnlyLast)) {
      addConcat(node);
    } else if (node.is("Resize") && isOnlyLast(node.input(0))) {
      addResize(node);
    } else if (node.is("Pad") && isOnlyLast(node.input(0)) && !node.hasInput(3)) {
      addPad(node);
    } else if (node.is("Slice") && isOnlyLast(node.input(0)) && hasConstantAxes(node)) {
      addSlice(node);
    } else if (node.is("Split") && isOnlyLast(node.input(0))) {
      addSplit(node);
    } else if (isOfBlocks(node) && isImage(node.input(0)) && isOnlyLast(node.input(0))) {
      addLast(node, new ChannelsLastBlocks(node), "ChannelsLastBlocks", lastInputs(node));
    } else if (isLinearQuantization(node) && isOnlyLast(node.input(0))) {
      addQuantization(node);
    } else if (isTransposeToLast(node) && isOnlyLast(node.input(0))) {
      addIdentity(last.get(node.input(0)), node.output(0));
    } else if (isTransposeToFirst(node) && first.contains(node.input(0))) {
      last.put(node.output(0), node.input(0));
    } else {
      addPlain(node);
    }
  }

  /** A node that works channels first. */
  private void addPlain(Node node) {
    for (String v : node.uses()) {
      channelsFirst(v);
    }
    nodes.add(node);
    first.addAll(node.outputs());
  }

  // ---- which nodes ----

  /** Float32 [N, C, D1, …] of one or two spatial dimensions. */
  private boolean isImage(String value) {
    return types.type(value) instanceof TensorType t
        && t.dtype() == DType.FLOAT
        && t.shape().hasRank()
        && (t.shape().rank() == 3 || t.shape().rank() == 4);
  }

  private boolean isConstantFloat(String value) {
    Tensor t = types.constant(value);
    return t != null && t.dtype() == DType.FLOAT;
  }

  /**
   * Whether neither the input nor the result of a convolution is needed channels last, and every
   * output pixel reads just its own input pixel.
   */
  private boolean isLonePointwise(Node node) {
    String x = node.input(0);
    if (!first.contains(x)
        || last.containsKey(x)
        || used.contains(node.output(0))
        || !isImage(x)
        || !isConstantFloat(node.input(1))) {
      return false;
    }
    Conv conv = (Conv) node.operator();
    Shape shape = ((TensorType) types.type(x)).shape();
    Tensor w = types.constant(node.input(1));
    if (!shape.isStatic() || conv.group() != 1 || w.size() != w.dim(0) * w.dim(1)) {
      return false;
    }
    Geometry g = conv.geometry(shape.toArray(), w.shape());
    return g.inputSize() >= PIXELS
        && Arrays.stream(g.strides()).allMatch(s -> s == 1)
        && Arrays.stream(g.pads()).allMatch(p -> p == 0);
  }

  /** A mean over all pixels of an image that is there only channels last. */
  private boolean isMeanOfPixels(Node node) {
    Tensor axes = node.is("ReduceMean") ? types.constant(node.input(1)) : null;
    if (axes == null || !isImage(node.input(0)) || !isOnlyLast(node.input(0))) {
      return false;
    }
    int rank = rank(node.input(0));
    boolean inside = Arrays.stream(axes.toLongs()).allMatch(a -> a >= -rank && a < rank);
    long[] pixels = IntStream.range(2, rank).asLongStream().toArray();
    return inside
        && Arrays.equals(
            Arrays.stream(axes.toLongs()).map(a -> Axis.of(a, rank)).sorted().toArray(), pixels);
  }

  private static boolean isPool(Node node) {
    return (node.is("MaxPool") || node.is("AveragePool")) && !node.hasOutput(1);
  }

  private static boolean isOfBlocks(Node node) {
    return node.is("DepthToSpace") || node.is("SpaceToDepth");
  }

  /**
   * Whether a node quantizes or dequantizes with a scale for all or one for each index of an axis.
   */
  private static boolean isLinearQuantization(Node node) {
    return node.operator() instanceof QuantizeLinear q && q.blockSize() == 0
        || node.operator() instanceof DequantizeLinear d && d.blockSize() == 0;
  }

  /** Whether a Slice is told its axes by a constant of axes that there are. */
  private boolean hasConstantAxes(Node slice) {
    Tensor axes = types.constant(slice.input(3));
    int rank = rank(slice.input(0));
    return axes != null
        && axes.dtype().isInteger()
        && Arrays.stream(axes.toLongs()).allMatch(a -> a >= -rank && a < rank);
  }

  private boolean isTransposeToLast(Node node) {
    return node.operator() instanceof Transpose t
        && rank(node.output(0)) > 2
        && Arrays.equals(t.permutation(rank(node.output(0))), Layout.toLast(rank(node.output(0))));
  }

  private boolean isTransposeToFirst(Node node) {
    return node.operator() instanceof Transpose t
        && rank(node.output(0)) > 2
        && Arrays.equals(t.permutation(rank(node.output(0))), Layout.toFirst(rank(node.output(0))));
  }

  private boolean isOnlyLast(String value) {
    return last.containsKey(value) && !first.contains(value);
  }

  /** Element-wise operators of which some input is there only channels last. */
  private boolean worksOnEither(Node node) {
    boolean isLast = false;
    for (String input : node.inputs()) {
      isLast |= isOnlyLast(input);
    }
    if (!isLast) {
      return false;
    }
    if (UnaryFunctions.of(node, types::constant) != null) {
      // Parameters, such as the bounds of Clip; a damaged model may have anything there.
      return node.inputs().stream().skip(1).allMatch(v -> types.constant(v) != null || v.isEmpty());
    }
    return node.domain().isEmpty()
        && BINARY.contains(node.opType())
        && node.inputs().size() == 2
        && node.inputs().stream().allMatch(v -> hasLastForm(v, rank(node.output(0))));
  }

  private int rank(String value) {
    return types.type(value) instanceof TensorType t && t.shape().hasRank() ? t.shape().rank() : -1;
  }

  /** A value of the same rank, or a constant that broadcasts to it. */
  private boolean hasLastForm(String value, int rank) {
    return rank(value) == rank || types.constant(value) != null && rank(value) <= rank;
  }

  // ---- new nodes ----

  private void addConv(Node node) {
    Conv conv = (Conv) node.operator();
    String x = node.input(0);
    boolean planes =
        first.contains(x)
            && !last.containsKey(x)
            && ConvKernels.readsPlanes(conv, types.constant(node.input(1)));
    addLast(
        node,
        new ChannelsLastConv(conv, planes, UnaryFunction.IDENTITY),
        "ChannelsLastConv",
        planes ? node.inputs() : lastInputs(node));
  }

  /** The inputs of a node with the first one channels last. */
  private List<String> lastInputs(Node node) {
    List<String> inputs = new ArrayList<>(node.inputs());
    inputs.set(0, toLast(node.input(0)));
    inputs.stream().skip(1).forEach(this::channelsFirst);
    return inputs;
  }

  private void addPool(Node node) {
    Operator pool =
        node.operator() instanceof MaxPool p
            ? new ChannelsLastPool(node, p.window(), true, false, UnaryFunction.IDENTITY)
            : new ChannelsLastPool(
                node,
                ((AveragePool) node.operator()).window(),
                false,
                ((AveragePool) node.operator()).countIncludePad(),
                UnaryFunction.IDENTITY);
    addLast(node, pool, "ChannelsLastPool", List.of(toLast(node.input(0))));
  }

  private void addMean(Node node) {
    String x = toLast(node.input(0));
    if (((Reduction) node.operator()).keepDims()) {
      addLast(node, new ChannelsLastMean(), "ChannelsLastMean", List.of(x));
      return;
    }
    String mean = names.unused(node.output(0) + "/mean");
    nodes.add(
        new Node(
            node.name(),
            Lowering.DOMAIN,
            "ChannelsLastMean",
            List.of(x),
            List.of(mean),
            Attributes.NONE,
            new ChannelsLastMean()));
    // Reshape takes an extent of 0 as that of its input.
    nodes.add(reshape(mean, node.output(0), 0, -1));
    first.add(node.output(0));
  }

  private void addElementwise(Node node) {
    int rank = rank(node.output(0));
    List<String> inputs = new ArrayList<>(node.inputs());
    boolean unary = !BINARY.contains(node.opType());
    for (int i = 0; i < (unary ? 1 : inputs.size()); i++) {
      Tensor constant = types.constant(inputs.get(i));
      inputs.set(
          i,
          constant != null ? constantLast(inputs.get(i), constant, rank) : toLast(inputs.get(i)));
    }
    emitLast(node.withInputs(inputs));
  }

  private void addConcat(Node node) {
    int rank = rank(node.output(0));
    long axis = axesLast(rank)[Axis.of(((Concat) node.operator()).axis(), rank)];
    List<String> inputs = new ArrayList<>();
    for (String input : node.inputs()) {
      Tensor constant = types.constant(input);
      inputs.add(constant != null ? constantLast(input, constant, rank) : toLast(input));
    }
    emitLast(with("axis", Attribute.of(axis), node.withInputs(inputs)));
  }

  private void addResize(Node node) {
    int rank = rank(node.input(0));
    List<Integer> axes = ((Resize) node.operator()).axes();
    long[] moved = axesLast(rank);
    if (axes != null) {
      moved = axes.stream().mapToLong(a -> axesLast(rank)[Axis.of(a, rank)]).toArray();
    }
    emitLast(with("axes", Attribute.of(moved), node.withInputs(lastInputs(node))));
  }

  private void addPad(Node node) {
    String axes = names.unused(node.output(0) + "/axes");
    builder.initializer(axes, Tensor.vector(axesLast(rank(node.input(0)))));
    List<String> inputs = lastInputs(node);
    while (inputs.size() < 3) {
      inputs.add("");
    }
    inputs.add(3, axes);
    emitLast(node.withInputs(inputs.subList(0, 4)));
  }

  private void addSlice(Node node) {
    int rank = rank(node.input(0));
    long[] moved = types.constant(node.input(3)).toLongs();
    for (int i = 0; i < moved.length; i++) {
      moved[i] = axesLast(rank)[Axis.of(moved[i], rank)];
    }
    String axes = names.unused(node.output(0) + "/axes");
    builder.initializer(axes, Tensor.vector(moved));
    List<String> inputs = lastInputs(node);
    inputs.set(3, axes);
    emitLast(node.withInputs(inputs));
  }

  private void addSplit(Node node) {
    int rank = rank(node.input(0));
    long axis = axesLast(rank)[Axis.of(((Split) node.operator()).axis(), rank)];
    emitLast(with("axis", Attribute.of(axis), node.withInputs(lastInputs(node))));
  }

  private void addQuantization(Node node) {
    int rank = rank(node.input(0));
    int axis =
        node.operator() instanceof QuantizeLinear q
            ? q.axis()
            : ((DequantizeLinear) node.operator()).axis();
    long moved = axesLast(rank)[Axis.of(axis, rank)];
    emitLast(with("axis", Attribute.of(moved), node.withInputs(lastInputs(node))));
  }

  /** The same three nodes with all that is not a channel in front. */
  private void addShuffle(ChannelShuffle shuffle) {
    int rank = rank(shuffle.output());
    // Reshape takes an extent of 0 as that of its input.
    long[] apart = new long[rank + 1];
    apart[rank - 1] = shuffle.groups();
    apart[rank] = -1;
    long[] together = new long[rank];
    together[rank - 1] = -1;
    int[] perm = new int[rank + 1];
    Arrays.setAll(perm, d -> d);
    perm[rank - 1] = rank;
    perm[rank] = rank - 1;
    String grouped = names.unused(shuffle.output() + "/grouped");
    String shuffled = names.unused(shuffle.output() + "/shuffled");
    nodes.add(reshape(toLast(shuffle.input()), grouped, apart));
    nodes.add(transpose(grouped, shuffled, perm));
    emitLast(reshape(shuffled, shuffle.output(), together));
  }

  private Node reshape(String from, String to, long... target) {
    String shape = names.unused(to + "/shape");
    builder.initializer(shape, Tensor.vector(target));
    return new Node(
        "",
        "",
        "Reshape",
        List.of(from, shape),
        List.of(to),
        Attributes.NONE,
        graph.operators().bind("", "Reshape", Attributes.NONE));
  }

  private void addIdentity(String from, String to) {
    nodes.add(
        new Node(
            "",
            "",
            "Identity",
            List.of(from),
            List.of(to),
            Attributes.NONE,
            graph.operators().bind("", "Identity", Attributes.NONE)));
    first.add(to);
  }

  /** Where each axis is when channels come last. */
  private static long[] axesLast(int rank) {
    return Arrays.stream(Layout.toFirst(rank)).asLongStream().toArray();
  }

  private Node with(String attribute, Attribute value, Node node) {
    Attributes attributes = node.attributes().with(attribute, value);
    return new Node(
        node.name(),
        "",
        node.opType(),
        node.inputs(),
        node.outputs(),
        attributes,
        graph.operators().bind("", node.opType(), attributes));
  }

  private void addLast(Node node, Operator operator, String opType, List<String> inputs) {
    emitLast(
        new Node(
            node.name(),
            Lowering.DOMAIN,
            opType,
            inputs,
            node.outputs().subList(0, 1),
            Attributes.NONE,
            operator));
  }

  /** Adds a node that computes the channels-last forms of the values it names as its outputs. */
  private void emitLast(Node node) {
    List<String> outputs = new ArrayList<>();
    for (String value : node.outputs()) {
      if (value.isEmpty()) {
        outputs.add("");
      } else {
        String name = names.unused(value + "/last");
        last.put(value, name);
        outputs.add(name);
      }
    }
    nodes.add(node.withOutputs(outputs));
  }

  // ---- the two forms ----

  /** The name of a value's channels-last form, which is made if it is not there. */
  private String toLast(String value) {
    return last.computeIfAbsent(
        value,
        v -> {
          String name = names.unused(v + "/last");
          nodes.add(transpose(v, name, Layout.toLast(rank(v))));
          return name;
        });
  }

  /** Makes sure that a value exists channels first. */
  private void channelsFirst(String value) {
    if (isOnlyLast(value)) {
      nodes.add(transpose(last.get(value), value, Layout.toFirst(rank(value))));
      first.add(value);
    }
  }

  /** A constant that broadcasts to images of a rank, for images with channels last. */
  private String constantLast(String value, Tensor constant, int rank) {
    if (constant.size() == 1) {
      return value;
    }
    return constantsLast.computeIfAbsent(
        value + "/" + rank,
        key -> {
          int[] shape = new int[rank];
          Arrays.fill(shape, 1);
          int lead = rank - constant.rank();
          System.arraycopy(constant.shape(), 0, shape, lead, constant.rank());
          String name = names.unused(key + "/last");
          builder.initializer(name, Layout.channelsLast(constant.reshape(shape)));
          return name;
        });
  }

  private Node transpose(String from, String to, int... perm) {
    Attributes attributes =
        Attributes.NONE.with("perm", Attribute.of(Arrays.stream(perm).asLongStream().toArray()));
    return new Node(
        "",
        "",
        "Transpose",
        List.of(from),
        List.of(to),
        attributes,
        graph.operators().bind("", "Transpose", attributes));
  }
}
