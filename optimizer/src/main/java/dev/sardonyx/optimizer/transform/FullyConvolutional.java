package dev.sardonyx.optimizer.transform;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.optimizer.Level;
import dev.sardonyx.optimizer.Optimizer;
import dev.sardonyx.optimizer.Rule;
import dev.sardonyx.optimizer.Rules;
import dev.sardonyx.optimizer.rule.MatMulAddToGemm;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes a classifier of pictures of one size a classifier of every window of a bigger picture
 * (Sermanet et al. 2014, arXiv 1312.6229; Long et al. 2015, arXiv 1411.4038).
 *
 * <pre>
 *   x[N, C, 32, 32] → Conv … → m[N, 256, 18, 18] → Flatten → Gemm → Relu → Gemm → y[N, 10]
 *
 *   x[N, C, height, width] → Conv … → m → Conv 18×18 → Relu → Conv 1×1 → y[N, 10, h, w]
 * </pre>
 *
 * <p>The first Gemm after the flattened map becomes a convolution whose kernel is the map; further
 * ones become 1×1 convolutions; a global pooling becomes a pooling with the map as its kernel.
 * Without padding and with strides of 1, each position of the output is exactly what the model
 * gives for the window of the picture that begins there; strides in front step the windows. Where
 * the model pads, windows inside the picture see their neighbours instead of zeros.
 *
 * <p>On the original size the result is the same, as a map of 1×1. This changes the model's
 * contract and is therefore no part of any {@link Level}.
 */
public final class FullyConvolutional {
  /** Operators that do the same at every position, whatever the size. */
  private static final Set<String> LOCAL =
      Set.of(
          "Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "BatchNormalization", "LRN");

  /** Operators that do the same to every element; constants must not depend on the position. */
  private static final Set<String> ELEMENTWISE =
      Set.of(
          "Abs",
          "Add",
          "Cast",
          "Celu",
          "Clip",
          "Div",
          "Dropout",
          "Elu",
          "Erf",
          "Exp",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LeakyRelu",
          "Log",
          "Max",
          "Mean",
          "Min",
          "Mish",
          "Mul",
          "Neg",
          "PRelu",
          "Pow",
          "Reciprocal",
          "Relu",
          "Selu",
          "Sigmoid",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Sub",
          "Sum",
          "Tanh",
          "ThresholdedRelu");

  private static final Set<String> RESHAPES = Set.of("Flatten", "Reshape", "Squeeze", "Unsqueeze");

  private final Graph model;
  private final Inference types;
  private final Graph.Builder result;
  private final Set<String> usedNames = new HashSet<>();

  /** What a row of a value has become, for values behind the flattening or global pooling. */
  private final Map<String, Window> windows = new HashMap<>();

  /** New names of values whose node went. */
  private final Map<String, String> renamed = new HashMap<>();

  /** A row of {@code channels · height · width} features is a window of a map. */
  private record Window(int channels, int height, int width) {
    boolean isPoint() {
      return height == 1 && width == 1;
    }
  }

  private FullyConvolutional(Graph model) {
    this.model = model;
    types = Inference.of(model);
    result = new Graph.Builder(model.operators()).name(model.name()).info(model.info());
    model.nodes().forEach(n -> usedNames.addAll(n.outputs()));
    usedNames.addAll(model.initializers().keySet());
  }

  /**
   * The fully convolutional form of a model.
   *
   * @throws ModelException if the model is not of the form above; names the node and the reason
   */
  public static Graph of(Graph model) {
    // Shape arithmetic and the like must be gone before operators are looked at.
    List<Rule> rules =
        Stream.concat(Rules.of(Level.BASIC).stream(), Stream.of(new MatMulAddToGemm())).toList();
    Graph simple = Optimizer.of(rules).optimize(model).graph();
    return Optimizer.of(Level.BASIC).optimize(new FullyConvolutional(simple).transform()).graph();
  }

  private Graph transform() {
    List<ValueInfo> inputs = new ArrayList<>();
    for (ValueInfo input : model.inputs()) {
      boolean constant = model.initializers().containsKey(input.name());
      inputs.add(constant ? input : withFreeSize(input));
    }
    result.inputs(inputs).initializers(model.initializers());
    for (Node n : model.nodes()) {
      try {
        convert(n);
      } catch (ModelException e) {
        throw e.in(n.describe());
      }
    }
    for (ValueInfo output : model.outputs()) {
      Window w = windows.get(output.name());
      if (w == null || !w.isPoint() || renamed.containsKey(output.name())) {
        throw new ModelException(
            "output '"
                + output.name()
                + "': expected what a Gemm makes of a flattened feature map, got "
                + types.type(output.name()));
      }
      result.output(output.name(), ValueType.UNKNOWN);
    }
    Graph untyped = result.build();
    Inference inferred = Inference.of(untyped);
    return untyped.toBuilder()
        .outputs(
            model.outputs().stream()
                .map(v -> new ValueInfo(v.name(), inferred.type(v.name())))
                .toList())
        .build();
  }

  private static ValueInfo withFreeSize(ValueInfo input) {
    boolean picture =
        input.type() instanceof TensorType t
            && t.dtype().isFloating()
            && t.shape().hasRank()
            && t.shape().rank() == 4
            && t.shape().dim(1).isKnown()
            && t.shape().dim(2).isKnown()
            && t.shape().dim(3).isKnown();
    if (!picture) {
      throw new ModelException(
          "input '"
              + input.name()
              + "': expected pictures of a known size, [N, C, H, W], got "
              + input.type());
    }
    TensorType t = (TensorType) input.type();
    Shape free =
        Shape.of(t.shape().dim(0), t.shape().dim(1), Dim.symbol("height"), Dim.symbol("width"));
    return new ValueInfo(input.name(), ValueType.tensor(t.dtype(), free));
  }

  private void convert(Node n) {
    if (!n.domain().isEmpty() || !n.subgraphs().isEmpty()) {
      throw notLocal();
    }
    Window w = windows.get(n.input(0));
    for (String v : n.inputs()) {
      if (!v.isEmpty() && types.constant(v) == null && w == null && windows.containsKey(v)) {
        w = windows.get(v);
      }
    }
    if (isGlobalPooling(n)) {
      pool(n, w);
    } else if (w != null) {
      convertRows(n, w);
    } else if (RESHAPES.contains(n.opType())) {
      flatten(n);
    } else if (LOCAL.contains(n.opType()) || isChannelConcat(n)) {
      result.node(n);
    } else if (ELEMENTWISE.contains(n.opType())) {
      n.inputs().forEach(v -> checkConstantOfMap(v));
      result.node(n);
    } else {
      throw notLocal();
    }
  }

  private static ModelException notLocal() {
    return new ModelException(
        "expected convolutions, poolings and element-wise operators, then Flatten and Gemm; this"
            + " operator depends on the size of the picture");
  }

  private boolean isChannelConcat(Node n) {
    return n.is("Concat") && n.attributes().getInt("axis", 0) == 1;
  }

  private void checkConstantOfMap(String value) {
    Tensor c = types.constant(value);
    for (int d = Math.max(0, c == null ? 0 : c.rank() - 2); c != null && d < c.rank(); d++) {
      if (c.dim(d) != 1) {
        throw new ModelException(
            "expected the same constant at every position, got one of shape " + types.type(value));
      }
    }
  }

  // ---- from the map to rows ----

  private boolean isGlobalPooling(Node n) {
    if (n.is("GlobalAveragePool") || n.is("GlobalMaxPool")) {
      return true;
    }
    Tensor axes = n.is("ReduceMean") ? types.constant(n.input(1)) : null;
    if (axes == null || axes.size() != 2 || extents(n.input(0)).length != 4) {
      return false;
    }
    long first = Math.floorMod(axes.getLong(0), 4);
    long second = Math.floorMod(axes.getLong(1), 4);
    return first + second == 5 && Math.min(first, second) == 2;
  }

  private void pool(Node n, Window already) {
    if (already != null) {
      throw new ModelException("expected one global pooling or flattening, this is the second");
    }
    int[] map = extents(n.input(0));
    Attributes kernel =
        Attributes.NONE.with("kernel_shape", Attribute.of((long) map[2], (long) map[3]));
    String type = n.is("GlobalMaxPool") ? "MaxPool" : "AveragePool";
    result.node(node(n, type, kernel, n.input(0)));
    windows.put(n.output(0), new Window(map[1], 1, 1));
  }

  private void flatten(Node n) {
    int[] map = extents(n.input(0));
    int[] rows = extents(n.output(0));
    if (map.length != 4 || rows.length != 2 || rows[1] != map[1] * map[2] * map[3]) {
      throw new ModelException(
          "expected a map [N, C, H, W] flattened to [N, C·H·W], got "
              + types.type(n.input(0))
              + " to "
              + types.type(n.output(0)));
    }
    windows.put(n.output(0), new Window(map[1], map[2], map[3]));
    renamed.put(n.output(0), name(n.input(0)));
  }

  /** The extents of a tensor but the first one, which is 0 here; these must be known. */
  private int[] extents(String value) {
    Shape s = types.type(value) instanceof TensorType t ? t.shape() : Shape.UNKNOWN;
    boolean known = s.hasRank() && s.dims().stream().skip(1).allMatch(Dim::isKnown);
    if (!known) {
      throw new ModelException(
          "expected a tensor of known size but for the batch, got " + types.type(value));
    }
    int[] extents = new int[s.rank()];
    for (int i = 1; i < extents.length; i++) {
      extents[i] = Math.toIntExact(s.dim(i).value());
    }
    return extents;
  }

  // ---- rows that have become windows ----

  private void convertRows(Node n, Window w) {
    for (String v : n.inputs()) {
      if (!v.isEmpty() && types.constant(v) == null && !w.equals(windows.get(v))) {
        throw new ModelException(
            "expected all inputs to be rows of the same features, but '" + v + "' is not");
      }
    }
    if (n.is("Gemm") || n.is("MatMul")) {
      convolve(n, w);
    } else if (RESHAPES.contains(n.opType())) {
      int[] rows = extents(n.output(0));
      int[] before = extents(n.input(0));
      if (rows.length < 2 || rows[1] != before[1] || Tensor.sizeOf(tail(rows)) != rows[1]) {
        throw new ModelException(
            "expected rows of features to stay so, got " + types.type(n.output(0)));
      }
      windows.put(n.output(0), w);
      renamed.put(n.output(0), name(n.input(0)));
    } else if (n.is("Softmax") || n.is("LogSoftmax")) {
      int rank = extents(n.input(0)).length;
      int axis = Math.floorMod(n.attributes().getInt("axis", -1), rank);
      if (axis != 1 || !w.isPoint()) {
        throw new ModelException("expected axis 1, the classes, got " + axis);
      }
      Attributes classes = n.attributes().with("axis", Attribute.of(1L));
      keep(n, w, classes, name(n.input(0)));
    } else if (n.is("BatchNormalization") && w.isPoint()) {
      keep(n, w, n.attributes(), named(n.inputs()));
    } else if (n.is("Conv") && w.isPoint() && isPointwise(n)) {
      keep(n, new Window(extents(n.output(0))[1], 1, 1), n.attributes(), named(n.inputs()));
    } else if (ELEMENTWISE.contains(n.opType())) {
      boolean isRows = extents(n.input(types.constant(n.input(0)) == null ? 0 : 1)).length == 2;
      List<String> inputs = new ArrayList<>();
      for (String v : n.inputs()) {
        inputs.add(isRows && types.constant(v) != null ? perChannel(v, w) : name(v));
      }
      keep(n, w, n.attributes(), inputs.toArray(String[]::new));
    } else {
      throw notLocal();
    }
  }

  private static int[] tail(int[] extents) {
    int[] tail = extents.clone();
    tail[0] = 1;
    return tail;
  }

  private boolean isPointwise(Node conv) {
    int[] w =
        types.constant(conv.input(1)) == null ? new int[0] : types.constant(conv.input(1)).shape();
    return w.length == 4 && w[2] == 1 && w[3] == 1;
  }

  /** A constant that broadcasts against rows of features, turned to broadcast against maps. */
  private String perChannel(String value, Window w) {
    Tensor c = types.constant(value);
    if (c.size() == 1) {
      return constant(c.reshape());
    }
    if (!w.isPoint() || c.size() != w.channels() || c.dim(-1) != w.channels()) {
      throw new ModelException(
          "expected a constant per class, [" + w.channels() + "], got " + types.type(value));
    }
    return constant(c.reshape(w.channels(), 1, 1));
  }

  /** Gemm over a window's features is a convolution with a kernel of the window. */
  private void convolve(Node n, Window w) {
    boolean gemm = n.is("Gemm");
    boolean transposed = gemm && n.attributes().getFlag("transB", false);
    Tensor b = types.constant(n.input(1));
    if (b == null || b.rank() != 2 || gemm && n.attributes().getFlag("transA", false)) {
      throw new ModelException("expected rows of features times a constant matrix");
    }
    int features = w.channels() * w.height() * w.width();
    int classes = b.dim(transposed ? 0 : 1);
    double alpha = gemm ? n.attributes().getFloat("alpha", 1) : 1;
    Tensor kernel = Tensor.zeros(b.dtype(), classes, w.channels(), w.height(), w.width());
    for (int k = 0; k < classes; k++) {
      for (int f = 0; f < features; f++) {
        double v = b.getDouble(transposed ? k * features + f : f * classes + k);
        kernel.setDouble(k * features + f, alpha * v);
      }
    }
    List<String> inputs = new ArrayList<>(List.of(name(n.input(0)), constant(kernel)));
    if (gemm && n.hasInput(2)) {
      inputs.add(constant(bias(n, classes)));
    }
    Attributes shape =
        Attributes.NONE.with("kernel_shape", Attribute.of((long) w.height(), (long) w.width()));
    result.node(node(n, "Conv", shape, inputs.toArray(String[]::new)));
    windows.put(n.output(0), new Window(classes, 1, 1));
  }

  private Tensor bias(Node gemm, int classes) {
    Tensor c = types.constant(gemm.input(2));
    boolean perClass = c != null && (c.size() == 1 || c.size() == classes && c.dim(-1) == classes);
    if (!perClass) {
      throw new ModelException(
          "expected a constant bias per class, ["
              + classes
              + "], got "
              + types.type(gemm.input(2)));
    }
    Tensor bias = Tensor.zeros(c.dtype(), classes);
    double beta = gemm.attributes().getFloat("beta", 1);
    for (int k = 0; k < classes; k++) {
      bias.setDouble(k, beta * c.getDouble(c.size() == 1 ? 0 : k));
    }
    return bias;
  }

  private void keep(Node n, Window w, Attributes attributes, String... inputs) {
    result.node(
        new Node(
            n.name(),
            n.domain(),
            n.opType(),
            List.of(inputs),
            n.outputs(),
            attributes,
            model.operators().bind(n.domain(), n.opType(), attributes)));
    windows.put(n.output(0), w);
  }

  private Node node(Node old, String opType, Attributes attributes, String... inputs) {
    return new Node(
        old.name(),
        "",
        opType,
        List.of(inputs),
        List.of(old.output(0)),
        attributes,
        model.operators().bind("", opType, attributes));
  }

  private String name(String value) {
    return renamed.getOrDefault(value, value);
  }

  private String[] named(List<String> values) {
    return values.stream().map(this::name).toArray(String[]::new);
  }

  private String constant(Tensor t) {
    String name = "convolutional";
    for (int i = 1; !usedNames.add(name); i++) {
      name = "convolutional." + i;
    }
    result.initializer(name, t);
    return name;
  }
}
