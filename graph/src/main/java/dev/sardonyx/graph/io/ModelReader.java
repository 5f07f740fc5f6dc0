package dev.sardonyx.graph.io;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.ModelInfo;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.OperatorSet;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.proto.AttributeProto;
import dev.sardonyx.proto.AttributeProto.AttributeType;
import dev.sardonyx.proto.FunctionProto;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.proto.NodeProto;
import dev.sardonyx.proto.OperatorSetIdProto;
import dev.sardonyx.proto.StringStringEntryProto;
import dev.sardonyx.proto.TensorProto;
import dev.sardonyx.proto.ValueInfoProto;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.SparseTensor;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Makes a graph of a parsed file: nodes are bound to operators after being brought to their newest
 * meaning, constants become initializers, calls of model-local functions become what they do.
 *
 * <p>A function takes precedence over an operator of the same name: the specification leaves it to
 * the runtime, and the file says there what it means.
 */
final class ModelReader {
  /** The newest version of ai.onnx that the operators' meaning is taken from. */
  private static final int NEWEST_OPSET = 28;

  /** A file of a few bytes can call functions that call functions … : more nodes are refused. */
  private static final int MAX_INLINED_NODES = 250_000;

  /** Sparse initializers may grow to this many bytes, and to {@link #SPARSE_FACTOR} × the file. */
  private static final long SPARSE_BYTES = 64 << 20;

  private static final long SPARSE_FACTOR = 100;

  private final Message model;
  private final OperatorSet operators;
  private final ExternalData external;
  private final TypeData types = new TypeData();
  private final Names names = new Names();
  private final Map<String, Message> functions = new LinkedHashMap<>();
  private final Map<String, Integer> opsets;
  private final long irVersion;
  private long sparseBudget;
  private int inlinedNodes;

  ModelReader(Message model, long fileBytes, OperatorSet operators, ExternalData external) {
    this.model = model;
    this.operators = operators;
    this.external = external;
    this.sparseBudget = SPARSE_BYTES + SPARSE_FACTOR * fileBytes;
    this.opsets = opsets(model.messages(ModelProto.OPSET_IMPORT_FIELD_NUMBER));
    irVersion = model.number(ModelProto.IR_VERSION_FIELD_NUMBER);
    if (irVersion < 3) {
      opsets.putIfAbsent("", 1);
    }
  }

  Graph read() {
    for (Message f : model.messages(ModelProto.FUNCTIONS_FIELD_NUMBER)) {
      if (functions.put(functionKey(f), f) != null) {
        String name = f.text(FunctionProto.NAME_FIELD_NUMBER);
        throw new ModelException("expected each function once, got two of " + name);
      }
    }
    if (opsets.getOrDefault("", 0) > NEWEST_OPSET) {
      LoggerFactory.getLogger(OnnxReader.class)
          .warn(
              "The model is of opset {}; the newest one known is {}, and its meaning is used",
              opsets.get(""),
              NEWEST_OPSET);
    }
    Message main = model.message(ModelProto.GRAPH_FIELD_NUMBER);
    names.reserveAll(main);
    Frame frame = Frame.ofModel(opsets);
    Graph.Builder graph = readGraph(main, frame, null);
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Message e : model.messages(ModelProto.METADATA_PROPS_FIELD_NUMBER)) {
      metadata.put(
          e.text(StringStringEntryProto.KEY_FIELD_NUMBER),
          e.text(StringStringEntryProto.VALUE_FIELD_NUMBER));
    }
    Graph whole =
        graph
            .info(
                new ModelInfo(
                    irVersion,
                    opsets,
                    model.text(ModelProto.PRODUCER_NAME_FIELD_NUMBER),
                    model.text(ModelProto.PRODUCER_VERSION_FIELD_NUMBER),
                    model.text(ModelProto.DOMAIN_FIELD_NUMBER),
                    model.number(ModelProto.MODEL_VERSION_FIELD_NUMBER),
                    model.text(ModelProto.DOC_STRING_FIELD_NUMBER),
                    metadata))
            .build();
    check(whole);
    return whole;
  }

  private static void check(Graph graph) {
    for (ValueInfo input : graph.inputs()) {
      if (input.name().isEmpty()) {
        throw new ModelException("expected every input to have a name");
      }
    }
    for (ValueInfo output : graph.outputs()) {
      if (graph.captures().contains(output.name())) {
        throw new ModelException(
            "output '" + output.name() + "': expected a node that computes it, but there is none");
      }
    }
    for (Node node : graph.nodes()) {
      for (String use : node.uses()) {
        if (graph.captures().contains(use)) {
          throw new ModelException(
              node.describe() + ": uses '" + use + "', but nothing computes it");
        }
      }
    }
  }

  private static Map<String, Integer> opsets(List<Message> imports) {
    Map<String, Integer> m = new LinkedHashMap<>();
    for (Message id : imports) {
      String domain = OperatorSet.canonicalDomain(id.text(OperatorSetIdProto.DOMAIN_FIELD_NUMBER));
      long version = id.number(OperatorSetIdProto.VERSION_FIELD_NUMBER);
      if (version < 1 || version > Integer.MAX_VALUE) {
        throw new ModelException(
            "expected an opset version of 1 or more, got " + version + " of '" + domain + "'");
      }
      m.merge(domain, (int) version, Math::max);
    }
    return m;
  }

  private static String functionKey(Message function) {
    return functionKey(
        function.text(FunctionProto.DOMAIN_FIELD_NUMBER),
        function.text(FunctionProto.NAME_FIELD_NUMBER),
        function.text(FunctionProto.OVERLOAD_FIELD_NUMBER));
  }

  private static String functionKey(String domain, String name, String overload) {
    return OperatorSet.canonicalDomain(domain) + "::" + name + "::" + overload;
  }

  // ---- graphs ----

  private Graph.Builder readGraph(Message p, Frame frame, Scope outer) {
    List<ValueInfo> inputs = new ArrayList<>();
    Map<String, ValueType> declared = new LinkedHashMap<>();
    Set<String> initialized = new HashSet<>(Names.initializers(p));
    for (Message v : p.messages(GraphProto.INPUT_FIELD_NUMBER)) {
      String name = v.text(ValueInfoProto.NAME_FIELD_NUMBER);
      if (outer == null && !v.has(ValueInfoProto.TYPE_FIELD_NUMBER)) {
        throw new ModelException("input '" + name + "': expected a type, but it has none");
      }
      // Up to IR version 3 initializers had to be listed as inputs too, and were constants.
      boolean constant = irVersion < 4 && initialized.contains(name);
      if (!constant) {
        inputs.add(readValueInfo(v, frame));
      }
    }
    for (Message v : p.messages(GraphProto.VALUE_INFO_FIELD_NUMBER)) {
      ValueInfo info = readValueInfo(v, frame);
      if (info.type() != ValueType.UNKNOWN) {
        declared.put(info.name(), info.type());
      }
    }
    Scope scope = new Scope(operators, names, outer, inputs, declared);
    for (Message t : p.messages(GraphProto.INITIALIZER_FIELD_NUMBER)) {
      String name = frame.rename(t.text(TensorProto.NAME_FIELD_NUMBER));
      scope.initializer(name, TensorData.read(t, external));
    }
    for (Message t : p.messages(GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER)) {
      String name = frame.rename(Names.ofSparse(t));
      scope.initializer(name, dense(TensorData.readSparse(t, external)));
    }
    for (Message node : p.messages(GraphProto.NODE_FIELD_NUMBER)) {
      readNode(node, frame, scope);
    }
    Graph.Builder graph = scope.toGraph().name(p.text(GraphProto.NAME_FIELD_NUMBER));
    for (Message v : p.messages(GraphProto.OUTPUT_FIELD_NUMBER)) {
      ValueInfo info = readValueInfo(v, frame);
      graph.output(info.name(), info.type());
    }
    return graph;
  }

  private ValueInfo readValueInfo(Message p, Frame frame) {
    String name = p.text(ValueInfoProto.NAME_FIELD_NUMBER);
    try {
      return types.read(p, frame.rename(name));
    } catch (ModelException e) {
      throw e.in("value '" + name + "'");
    }
  }

  private Tensor dense(SparseTensor sparse) {
    try {
      sparseBudget -= sparse.values().dtype().byteSize(Tensor.sizeOf(sparse.shape()));
      if (sparseBudget < 0) {
        throw new ModelException(
            "sparse tensors: expected at most "
                + SPARSE_BYTES
                + " bytes and "
                + SPARSE_FACTOR
                + " times the file when written out");
      }
      return sparse.toDense();
    } catch (IllegalArgumentException e) {
      throw new ModelException("sparse tensor: " + e.getMessage(), e);
    }
  }

  // ---- nodes ----

  private void readNode(Message p, Frame frame, Scope scope) {
    try {
      String domain = OperatorSet.canonicalDomain(p.text(NodeProto.DOMAIN_FIELD_NUMBER));
      String opType = p.text(NodeProto.OP_TYPE_FIELD_NUMBER);
      Attributes attributes = readAttributes(p, frame, scope);
      List<String> inputs = p.texts(NodeProto.INPUT_FIELD_NUMBER);
      List<String> outputs = p.texts(NodeProto.OUTPUT_FIELD_NUMBER);
      inputs.replaceAll(frame::rename);
      outputs.replaceAll(frame::rename);
      String functionKey = functionKey(domain, opType, p.text(NodeProto.OVERLOAD_FIELD_NUMBER));
      Message function = functions.get(functionKey);
      if (function != null) {
        if (frame.isWithin(functionKey)) {
          throw new ModelException("expected functions that do not call themselves");
        }
        inline(function, p, inputs, outputs, attributes, frame, scope);
      } else if (domain.isEmpty() && opType.equals("Constant")) {
        if (outputs.size() != 1) {
          throw new ModelException("expected 1 output, got " + outputs.size());
        }
        scope.constantNode(outputs.get(0), constant(attributes));
      } else {
        String name = frame.prefix() + p.text(NodeProto.NAME_FIELD_NUMBER);
        addNode(name, domain, opType, inputs, outputs, attributes, frame, scope);
      }
    } catch (ModelException e) {
      throw e.in(describe(p));
    } catch (ArithmeticException
        | ClassCastException
        | IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | NegativeArraySizeException e) {
      throw new ModelException(
          describe(p) + ": inputs or attributes do not fit the operator: " + e.getMessage(), e);
    }
  }

  private static String describe(Message p) {
    List<String> outputs = p.texts(NodeProto.OUTPUT_FIELD_NUMBER);
    String output = outputs.isEmpty() ? "" : outputs.get(0);
    String name = p.text(NodeProto.NAME_FIELD_NUMBER);
    return p.text(NodeProto.OP_TYPE_FIELD_NUMBER) + " '" + (name.isEmpty() ? output : name) + "'";
  }

  private void addNode(
      String name,
      String domain,
      String opType,
      List<String> inputs,
      List<String> outputs,
      Attributes attributes,
      Frame frame,
      Scope scope) {
    Integer version = frame.opset(domain);
    if (version == null && domain.isEmpty()) {
      throw new ModelException(
          "expected the file to say which opset of ai.onnx it uses, but it does not");
    }
    List<Node> added =
        scope.node(
            name, domain, opType, inputs, outputs, attributes, version == null ? 1 : version);
    if (frame.isFunction()) {
      countInlined(added.size());
    }
    for (Node node : added) {
      OperatorDefinition d = operators.find(node.domain(), node.opType());
      opsets.merge(node.domain(), d == null ? 1 : d.since(), Math::max);
    }
    opsets.merge(domain, version == null ? 1 : version, Math::max);
  }

  private void countInlined(int more) {
    inlinedNodes += more;
    if (inlinedNodes > MAX_INLINED_NODES) {
      throw new ModelException(
          "expected functions to expand to at most " + MAX_INLINED_NODES + " nodes, got more");
    }
  }

  /** The content of a Constant node. */
  private Tensor constant(Attributes a) {
    if (a.asMap().size() != 1) {
      throw new ModelException("expected one attribute, got " + a.asMap().keySet());
    }
    Attribute value = a.asMap().values().iterator().next();
    if (value instanceof Attribute.TensorValue t) {
      return t.value();
    } else if (value instanceof Attribute.SparseTensorValue t) {
      return dense(t.value());
    } else if (value instanceof Attribute.FloatValue f) {
      return Tensor.scalar(f.value());
    } else if (value instanceof Attribute.FloatsValue f) {
      Tensor t = Tensor.zeros(DType.FLOAT, f.values().size());
      for (int i = 0; i < t.size(); i++) {
        t.setDouble(i, f.values().get(i));
      }
      return t;
    } else if (value instanceof Attribute.IntValue i) {
      return Tensor.scalar(i.value());
    } else if (value instanceof Attribute.IntsValue i) {
      return Tensor.vector(i.values().stream().mapToLong(Long::longValue).toArray());
    } else if (value instanceof Attribute.StringValue s) {
      return Tensor.of(new String[] {s.value()});
    } else if (value instanceof Attribute.StringsValue s) {
      return Tensor.of(s.values().toArray(String[]::new), s.values().size());
    }
    throw new ModelException(
        "expected a tensor, numbers or strings, got " + value.getClass().getSimpleName());
  }

  // ---- functions ----

  private void inline(
      Message function,
      Message call,
      List<String> inputs,
      List<String> outputs,
      Attributes arguments,
      Frame frame,
      Scope scope) {
    List<String> inputNames = function.texts(FunctionProto.INPUT_FIELD_NUMBER);
    List<String> outputNames = function.texts(FunctionProto.OUTPUT_FIELD_NUMBER);
    if (inputs.size() > inputNames.size() || outputs.size() > outputNames.size()) {
      throw new ModelException(
          "expected at most "
              + inputNames.size()
              + " inputs and "
              + outputNames.size()
              + " outputs, as the function has, got "
              + inputs.size()
              + " and "
              + outputs.size());
    }
    countInlined(1);
    String name = call.text(NodeProto.NAME_FIELD_NUMBER);
    String prefix = name.isEmpty() ? frame.prefix() : frame.prefix() + name + "/";
    Map<String, Integer> functionOpsets = new LinkedHashMap<>(frame.opsets());
    functionOpsets.putAll(opsets(function.messages(FunctionProto.OPSET_IMPORT_FIELD_NUMBER)));
    Frame body =
        frame.ofFunction(
            functionKey(function),
            prefix,
            functionOpsets,
            arguments(function, arguments, frame, scope));
    for (int i = 0; i < inputNames.size(); i++) {
      body.define(inputNames.get(i), i < inputs.size() ? inputs.get(i) : "");
    }
    // Outputs that are inputs, or named twice, are copied; all others get the caller's name.
    Map<String, String> copies = new LinkedHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).isEmpty()) {
        continue;
      }
      if (body.defines(outputNames.get(i))) {
        copies.put(outputs.get(i), outputNames.get(i));
      } else {
        body.define(outputNames.get(i), outputs.get(i));
      }
    }
    List<Message> nodes = function.messages(FunctionProto.NODE_FIELD_NUMBER);
    for (Message node : nodes) {
      body.defineFresh(node.texts(NodeProto.OUTPUT_FIELD_NUMBER), names);
    }
    for (Message node : nodes) {
      readNode(node, body, scope);
    }
    copies.forEach(
        (to, from) -> {
          String source = body.rename(from);
          if (source.isEmpty()) {
            throw new ModelException("output '" + to + "' is an input that is not given");
          }
          scope.node(prefix, "", "Identity", List.of(source), List.of(to), Attributes.NONE, 1);
        });
  }

  /**
   * The attributes that a function's body may refer to: those of the call, and defaults. Nodes that
   * refer to one that is neither take their operator's default.
   */
  private Map<String, Attribute> arguments(
      Message function, Attributes given, Frame frame, Scope scope) {
    Map<String, Attribute> m = new LinkedHashMap<>();
    for (Message p : function.messages(FunctionProto.ATTRIBUTE_PROTO_FIELD_NUMBER)) {
      m.put(p.text(AttributeProto.NAME_FIELD_NUMBER), readAttribute(p, frame, scope));
    }
    m.putAll(given.asMap());
    return m;
  }

  // ---- attributes ----

  private Attributes readAttributes(Message p, Frame frame, Scope scope) {
    if (!p.has(NodeProto.ATTRIBUTE_FIELD_NUMBER)) {
      return Attributes.NONE;
    }
    Map<String, Attribute> m = new LinkedHashMap<>();
    for (Message a : p.messages(NodeProto.ATTRIBUTE_FIELD_NUMBER)) {
      String name = a.text(AttributeProto.NAME_FIELD_NUMBER);
      String reference = a.text(AttributeProto.REF_ATTR_NAME_FIELD_NUMBER);
      Attribute value;
      if (reference.isEmpty()) {
        value = readAttribute(a, frame, scope);
      } else if (frame.isFunction()) {
        value = frame.argument(reference);
      } else {
        throw new ModelException(
            "attribute " + name + ": expected a value, but it refers to a function's attribute");
      }
      if (value != null && m.put(name, value) != null) {
        throw new ModelException("attribute " + name + ": expected it once, got it twice");
      }
    }
    return new Attributes(m);
  }

  private Attribute readAttribute(Message p, Frame frame, Scope scope) {
    try {
      return switch (kind(p)) {
        case AttributeType.INT_VALUE -> Attribute.of(p.number(AttributeProto.I_FIELD_NUMBER));
        case AttributeType.FLOAT_VALUE -> Attribute.of(p.real(AttributeProto.F_FIELD_NUMBER));
        case AttributeType.STRING_VALUE -> Attribute.of(p.text(AttributeProto.S_FIELD_NUMBER));
        case AttributeType.TENSOR_VALUE ->
            Attribute.of(TensorData.read(p.message(AttributeProto.T_FIELD_NUMBER), external));
        case AttributeType.SPARSE_TENSOR_VALUE ->
            new Attribute.SparseTensorValue(
                TensorData.readSparse(
                    p.message(AttributeProto.SPARSE_TENSOR_FIELD_NUMBER), external));
        case AttributeType.GRAPH_VALUE ->
            Attribute.of(readSubgraph(p.message(AttributeProto.G_FIELD_NUMBER), frame, scope));
        case AttributeType.TYPE_PROTO_VALUE ->
            new Attribute.TypeValue(
                types.type(
                    p.message(AttributeProto.TP_FIELD_NUMBER),
                    p.text(AttributeProto.NAME_FIELD_NUMBER)));
        case AttributeType.INTS_VALUE -> Attribute.of(p.numbers(AttributeProto.INTS_FIELD_NUMBER));
        case AttributeType.FLOATS_VALUE -> {
          List<Float> floats = new ArrayList<>();
          for (float f : p.floats(AttributeProto.FLOATS_FIELD_NUMBER)) {
            floats.add(f);
          }
          yield new Attribute.FloatsValue(floats);
        }
        case AttributeType.STRINGS_VALUE ->
            new Attribute.StringsValue(p.texts(AttributeProto.STRINGS_FIELD_NUMBER));
        case AttributeType.TENSORS_VALUE ->
            new Attribute.TensorsValue(
                p.messages(AttributeProto.TENSORS_FIELD_NUMBER).stream()
                    .map(t -> TensorData.read(t, external))
                    .toList());
        case AttributeType.SPARSE_TENSORS_VALUE ->
            new Attribute.SparseTensorsValue(
                p.messages(AttributeProto.SPARSE_TENSORS_FIELD_NUMBER).stream()
                    .map(t -> TensorData.readSparse(t, external))
                    .toList());
        case AttributeType.GRAPHS_VALUE ->
            new Attribute.GraphsValue(
                p.messages(AttributeProto.GRAPHS_FIELD_NUMBER).stream()
                    .map(g -> readSubgraph(g, frame, scope))
                    .toList());
        case AttributeType.TYPE_PROTOS_VALUE ->
            new Attribute.TypesValue(
                p.messages(AttributeProto.TYPE_PROTOS_FIELD_NUMBER).stream()
                    .map(t -> types.type(t, p.text(AttributeProto.NAME_FIELD_NUMBER)))
                    .toList());
        default -> throw new ModelException("expected a type and a value, got none");
      };
    } catch (ModelException e) {
      throw e.in("attribute " + p.text(AttributeProto.NAME_FIELD_NUMBER));
    }
  }

  private Graph readSubgraph(Message p, Frame frame, Scope scope) {
    Frame inner = frame.isFunction() ? frame.ofSubgraph(p, names) : frame;
    return readGraph(p, inner, scope).build();
  }

  /** The attribute's type; in IR version 1, which had none, that of the field that is set. */
  private static int kind(Message p) {
    long type = p.number(AttributeProto.TYPE_FIELD_NUMBER);
    if (type != AttributeType.UNDEFINED_VALUE) {
      return (int) type;
    } else if (p.has(AttributeProto.F_FIELD_NUMBER, Message.FIXED32)) {
      return AttributeType.FLOAT_VALUE;
    } else if (p.has(AttributeProto.I_FIELD_NUMBER, Message.VARINT)) {
      return AttributeType.INT_VALUE;
    } else if (p.has(AttributeProto.S_FIELD_NUMBER)) {
      return AttributeType.STRING_VALUE;
    } else if (p.has(AttributeProto.T_FIELD_NUMBER)) {
      return AttributeType.TENSOR_VALUE;
    } else if (p.has(AttributeProto.G_FIELD_NUMBER)) {
      return AttributeType.GRAPH_VALUE;
    } else if (p.floats(AttributeProto.FLOATS_FIELD_NUMBER).length > 0) {
      return AttributeType.FLOATS_VALUE;
    } else if (p.numbers(AttributeProto.INTS_FIELD_NUMBER).length > 0) {
      return AttributeType.INTS_VALUE;
    } else if (p.has(AttributeProto.STRINGS_FIELD_NUMBER)) {
      return AttributeType.STRINGS_VALUE;
    } else if (p.has(AttributeProto.TENSORS_FIELD_NUMBER)) {
      return AttributeType.TENSORS_VALUE;
    } else if (p.has(AttributeProto.GRAPHS_FIELD_NUMBER)) {
      return AttributeType.GRAPHS_VALUE;
    }
    return AttributeType.UNDEFINED_VALUE;
  }
}
