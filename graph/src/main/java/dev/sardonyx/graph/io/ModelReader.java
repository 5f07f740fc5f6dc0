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
import dev.sardonyx.proto.FunctionProto;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.proto.NodeProto;
import dev.sardonyx.proto.OperatorSetIdProto;
import dev.sardonyx.proto.SparseTensorProto;
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

  private final ModelProto model;
  private final OperatorSet operators;
  private final ExternalData external;
  private final TypeData types = new TypeData();
  private final Names names = new Names();
  private final Map<String, FunctionProto> functions = new LinkedHashMap<>();
  private final Map<String, Integer> opsets;
  private long sparseBudget;
  private int inlinedNodes;

  ModelReader(ModelProto model, long fileBytes, OperatorSet operators, ExternalData external) {
    this.model = model;
    this.operators = operators;
    this.external = external;
    this.sparseBudget = SPARSE_BYTES + SPARSE_FACTOR * fileBytes;
    this.opsets = opsets(model.getOpsetImportList());
    if (model.getIrVersion() < 3) {
      opsets.putIfAbsent("", 1);
    }
  }

  Graph read() {
    for (FunctionProto f : model.getFunctionsList()) {
      if (functions.put(functionKey(f.getDomain(), f.getName(), f.getOverload()), f) != null) {
        throw new ModelException("expected each function once, got two of " + f.getName());
      }
    }
    if (opsets.getOrDefault("", 0) > NEWEST_OPSET) {
      LoggerFactory.getLogger(OnnxReader.class)
          .warn(
              "The model is of opset {}; the newest one known is {}, and its meaning is used",
              opsets.get(""),
              NEWEST_OPSET);
    }
    names.reserveAll(model.getGraph());
    Frame frame = Frame.ofModel(opsets);
    Graph.Builder graph = readGraph(model.getGraph(), frame, null);
    Map<String, String> metadata = new LinkedHashMap<>();
    for (StringStringEntryProto e : model.getMetadataPropsList()) {
      metadata.put(e.getKey(), e.getValue());
    }
    Graph whole =
        graph
            .info(
                new ModelInfo(
                    model.getIrVersion(),
                    opsets,
                    model.getProducerName(),
                    model.getProducerVersion(),
                    model.getDomain(),
                    model.getModelVersion(),
                    model.getDocString(),
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

  private static Map<String, Integer> opsets(List<OperatorSetIdProto> imports) {
    Map<String, Integer> m = new LinkedHashMap<>();
    for (OperatorSetIdProto id : imports) {
      String domain = OperatorSet.canonicalDomain(id.getDomain());
      if (id.getVersion() < 1 || id.getVersion() > Integer.MAX_VALUE) {
        throw new ModelException(
            "expected an opset version of 1 or more, got "
                + id.getVersion()
                + " of '"
                + domain
                + "'");
      }
      m.merge(domain, (int) id.getVersion(), Math::max);
    }
    return m;
  }

  private static String functionKey(String domain, String name, String overload) {
    return OperatorSet.canonicalDomain(domain) + "::" + name + "::" + overload;
  }

  // ---- graphs ----

  private Graph.Builder readGraph(GraphProto p, Frame frame, Scope outer) {
    List<ValueInfo> inputs = new ArrayList<>();
    Map<String, ValueType> declared = new LinkedHashMap<>();
    Set<String> initialized = new HashSet<>();
    p.getInitializerList().forEach(t -> initialized.add(t.getName()));
    p.getSparseInitializerList().forEach(t -> initialized.add(t.getValues().getName()));
    for (ValueInfoProto v : p.getInputList()) {
      if (outer == null && !v.hasType()) {
        throw new ModelException("input '" + v.getName() + "': expected a type, but it has none");
      }
      // Up to IR version 3 initializers had to be listed as inputs too, and were constants.
      boolean constant = model.getIrVersion() < 4 && initialized.contains(v.getName());
      if (!constant) {
        inputs.add(readValueInfo(v, frame));
      }
    }
    for (ValueInfoProto v : p.getValueInfoList()) {
      ValueInfo info = readValueInfo(v, frame);
      if (info.type() != ValueType.UNKNOWN) {
        declared.put(info.name(), info.type());
      }
    }
    Scope scope = new Scope(operators, names, outer, inputs, declared);
    for (TensorProto t : p.getInitializerList()) {
      scope.initializer(frame.rename(t.getName()), TensorData.read(t, external));
    }
    for (SparseTensorProto t : p.getSparseInitializerList()) {
      scope.initializer(
          frame.rename(t.getValues().getName()), dense(TensorData.readSparse(t, external)));
    }
    for (NodeProto node : p.getNodeList()) {
      readNode(node, frame, scope);
    }
    Graph.Builder graph = scope.toGraph().name(p.getName());
    for (ValueInfoProto v : p.getOutputList()) {
      ValueInfo info = readValueInfo(v, frame);
      graph.output(info.name(), info.type());
    }
    return graph;
  }

  private ValueInfo readValueInfo(ValueInfoProto p, Frame frame) {
    try {
      return types.read(p, frame.rename(p.getName()));
    } catch (ModelException e) {
      throw e.in("value '" + p.getName() + "'");
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

  private void readNode(NodeProto p, Frame frame, Scope scope) {
    try {
      String domain = OperatorSet.canonicalDomain(p.getDomain());
      Attributes attributes = readAttributes(p, frame, scope);
      List<String> inputs = p.getInputList().stream().map(frame::rename).toList();
      List<String> outputs = p.getOutputList().stream().map(frame::rename).toList();
      String functionKey = functionKey(domain, p.getOpType(), p.getOverload());
      FunctionProto function = functions.get(functionKey);
      if (function != null) {
        if (frame.isWithin(functionKey)) {
          throw new ModelException("expected functions that do not call themselves");
        }
        inline(function, p, inputs, outputs, attributes, frame, scope);
      } else if (domain.isEmpty() && p.getOpType().equals("Constant")) {
        if (outputs.size() != 1) {
          throw new ModelException("expected 1 output, got " + outputs.size());
        }
        scope.constantNode(outputs.get(0), constant(attributes));
      } else {
        addNode(frame.prefix() + p.getName(), domain, p, inputs, outputs, attributes, frame, scope);
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

  private static String describe(NodeProto p) {
    String output = p.getOutputCount() == 0 ? "" : p.getOutput(0);
    return p.getOpType() + " '" + (p.getName().isEmpty() ? output : p.getName()) + "'";
  }

  private void addNode(
      String name,
      String domain,
      NodeProto p,
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
            name,
            domain,
            p.getOpType(),
            inputs,
            outputs,
            attributes,
            version == null ? 1 : version);
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
      FunctionProto function,
      NodeProto call,
      List<String> inputs,
      List<String> outputs,
      Attributes arguments,
      Frame frame,
      Scope scope) {
    if (inputs.size() > function.getInputCount() || outputs.size() > function.getOutputCount()) {
      throw new ModelException(
          "expected at most "
              + function.getInputCount()
              + " inputs and "
              + function.getOutputCount()
              + " outputs, as the function has, got "
              + inputs.size()
              + " and "
              + outputs.size());
    }
    countInlined(1);
    String prefix =
        call.getName().isEmpty() ? frame.prefix() : frame.prefix() + call.getName() + "/";
    Map<String, Integer> functionOpsets = new LinkedHashMap<>(frame.opsets());
    functionOpsets.putAll(opsets(function.getOpsetImportList()));
    Frame body =
        frame.ofFunction(
            functionKey(function.getDomain(), function.getName(), function.getOverload()),
            prefix,
            functionOpsets,
            arguments(function, arguments, frame, scope));
    for (int i = 0; i < function.getInputCount(); i++) {
      body.define(function.getInput(i), i < inputs.size() ? inputs.get(i) : "");
    }
    // Outputs that are inputs, or named twice, are copied; all others get the caller's name.
    Map<String, String> copies = new LinkedHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).isEmpty()) {
        continue;
      }
      if (body.defines(function.getOutput(i))) {
        copies.put(outputs.get(i), function.getOutput(i));
      } else {
        body.define(function.getOutput(i), outputs.get(i));
      }
    }
    for (NodeProto node : function.getNodeList()) {
      body.defineFresh(node.getOutputList(), names);
    }
    for (NodeProto node : function.getNodeList()) {
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
      FunctionProto function, Attributes given, Frame frame, Scope scope) {
    Map<String, Attribute> m = new LinkedHashMap<>();
    for (AttributeProto p : function.getAttributeProtoList()) {
      m.put(p.getName(), readAttribute(p, frame, scope));
    }
    m.putAll(given.asMap());
    return m;
  }

  // ---- attributes ----

  private Attributes readAttributes(NodeProto p, Frame frame, Scope scope) {
    if (p.getAttributeCount() == 0) {
      return Attributes.NONE;
    }
    Map<String, Attribute> m = new LinkedHashMap<>();
    for (AttributeProto a : p.getAttributeList()) {
      Attribute value;
      if (a.getRefAttrName().isEmpty()) {
        value = readAttribute(a, frame, scope);
      } else if (frame.isFunction()) {
        value = frame.argument(a.getRefAttrName());
      } else {
        throw new ModelException(
            "attribute "
                + a.getName()
                + ": expected a value, but it refers to a function's attribute");
      }
      if (value != null && m.put(a.getName(), value) != null) {
        throw new ModelException("attribute " + a.getName() + ": expected it once, got it twice");
      }
    }
    return new Attributes(m);
  }

  private Attribute readAttribute(AttributeProto p, Frame frame, Scope scope) {
    try {
      return switch (kind(p)) {
        case INT -> Attribute.of(p.getI());
        case FLOAT -> Attribute.of(p.getF());
        case STRING -> Attribute.of(p.getS().toStringUtf8());
        case TENSOR -> Attribute.of(TensorData.read(p.getT(), external));
        case SPARSE_TENSOR ->
            new Attribute.SparseTensorValue(TensorData.readSparse(p.getSparseTensor(), external));
        case GRAPH -> Attribute.of(readSubgraph(p.getG(), frame, scope));
        case TYPE_PROTO -> new Attribute.TypeValue(types.read(p.getTp(), p.getName()));
        case INTS -> new Attribute.IntsValue(p.getIntsList());
        case FLOATS -> new Attribute.FloatsValue(p.getFloatsList());
        case STRINGS ->
            new Attribute.StringsValue(
                p.getStringsList().stream().map(s -> s.toStringUtf8()).toList());
        case TENSORS ->
            new Attribute.TensorsValue(
                p.getTensorsList().stream().map(t -> TensorData.read(t, external)).toList());
        case SPARSE_TENSORS ->
            new Attribute.SparseTensorsValue(
                p.getSparseTensorsList().stream()
                    .map(t -> TensorData.readSparse(t, external))
                    .toList());
        case GRAPHS ->
            new Attribute.GraphsValue(
                p.getGraphsList().stream().map(g -> readSubgraph(g, frame, scope)).toList());
        case TYPE_PROTOS ->
            new Attribute.TypesValue(
                p.getTypeProtosList().stream().map(t -> types.read(t, p.getName())).toList());
        case UNDEFINED -> throw new ModelException("expected a type and a value, got none");
      };
    } catch (ModelException e) {
      throw e.in("attribute " + p.getName());
    }
  }

  private Graph readSubgraph(GraphProto p, Frame frame, Scope scope) {
    Frame inner = frame.isFunction() ? frame.ofSubgraph(p, names) : frame;
    return readGraph(p, inner, scope).build();
  }

  /** The attribute's type; in IR version 1, which had none, that of the field that is set. */
  private static AttributeProto.AttributeType kind(AttributeProto p) {
    if (p.getType() != AttributeProto.AttributeType.UNDEFINED) {
      return p.getType();
    } else if (p.hasF()) {
      return AttributeProto.AttributeType.FLOAT;
    } else if (p.hasI()) {
      return AttributeProto.AttributeType.INT;
    } else if (p.hasS()) {
      return AttributeProto.AttributeType.STRING;
    } else if (p.hasT()) {
      return AttributeProto.AttributeType.TENSOR;
    } else if (p.hasG()) {
      return AttributeProto.AttributeType.GRAPH;
    } else if (p.getFloatsCount() > 0) {
      return AttributeProto.AttributeType.FLOATS;
    } else if (p.getIntsCount() > 0) {
      return AttributeProto.AttributeType.INTS;
    } else if (p.getStringsCount() > 0) {
      return AttributeProto.AttributeType.STRINGS;
    } else if (p.getTensorsCount() > 0) {
      return AttributeProto.AttributeType.TENSORS;
    } else if (p.getGraphsCount() > 0) {
      return AttributeProto.AttributeType.GRAPHS;
    }
    return AttributeProto.AttributeType.UNDEFINED;
  }
}
