package dev.sardonyx.graph.io;

import com.google.protobuf.ByteString;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.OperatorSet;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.proto.AttributeProto;
import dev.sardonyx.proto.AttributeProto.AttributeType;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.proto.NodeProto;
import dev.sardonyx.proto.ValueInfoProto;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes the {@code ModelProto} of a graph. */
final class ModelWriter {
  private static final String PRODUCER = "sardonyx";

  /** The opset of graphs that do not name one: new enough for runtimes to be at home in it. */
  private static final int DEFAULT_OPSET = 21;

  /**
   * The IR version that came with each opset of ai.onnx, from 0 on; at least the lowest written.
   */
  private static final int[] IR_OF_OPSET = {
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 6, 7, 7, 7, 8, 8, 8, 8, 9, 9, 10, 10, 11, 12, 13
  };

  private final ExternalDataWriter external;
  private final Map<String, Integer> neededOpsets = new LinkedHashMap<>();
  private int neededIr;

  ModelWriter(ExternalDataWriter external) {
    this.external = external;
  }

  ModelProto write(Graph graph) {
    GraphProto.Builder body = graph(graph, true);
    ModelProto.Builder model = ModelProto.newBuilder();
    Map<String, Integer> opsets = new LinkedHashMap<>(graph.info().opsets());
    opsets.putIfAbsent("", DEFAULT_OPSET);
    neededOpsets.forEach((domain, version) -> opsets.merge(domain, version, Math::max));
    int opset = Math.min(opsets.get(""), IR_OF_OPSET.length - 1);
    long ir = Math.max(Math.max(IR_OF_OPSET[opset], neededIr), graph.info().irVersion());
    model.setIrVersion(ir).setProducerName(PRODUCER);
    if (!graph.info().domain().isEmpty()) {
      model.setDomain(graph.info().domain());
    }
    if (graph.info().modelVersion() != 0) {
      model.setModelVersion(graph.info().modelVersion());
    }
    if (!graph.info().docString().isEmpty()) {
      model.setDocString(graph.info().docString());
    }
    opsets.forEach((domain, v) -> model.addOpsetImportBuilder().setDomain(domain).setVersion(v));
    graph
        .info()
        .metadata()
        .forEach((key, value) -> model.addMetadataPropsBuilder().setKey(key).setValue(value));
    return model.setGraph(body).build();
  }

  private GraphProto.Builder graph(Graph g, boolean isModel) {
    GraphProto.Builder p = GraphProto.newBuilder();
    // The specification requires a name.
    p.setName(g.name().isEmpty() ? "graph" : g.name());
    g.inputs().forEach(v -> p.addInput(valueInfo(v, isModel)));
    g.outputs().forEach(v -> p.addOutput(valueInfo(v, false)));
    g.declaredTypes()
        .forEach((name, type) -> p.addValueInfo(valueInfo(new ValueInfo(name, type), false)));
    g.initializers()
        .forEach((name, tensor) -> p.addInitializer(external.place(needed(tensor)).setName(name)));
    g.nodes().forEach(n -> p.addNode(node(n, g.operators())));
    return p;
  }

  private ValueInfoProto.Builder valueInfo(ValueInfo v, boolean typeRequired) {
    note(v.type());
    return v.type() == ValueType.UNKNOWN && !typeRequired
        ? ValueInfoProto.newBuilder().setName(v.name())
        : TypeData.write(v);
  }

  private NodeProto.Builder node(Node n, OperatorSet operators) {
    OperatorDefinition d = operators.find(n.domain(), n.opType());
    neededOpsets.merge(n.domain(), d == null ? 1 : d.since(), Math::max);
    NodeProto.Builder p = NodeProto.newBuilder();
    p.addAllInput(n.inputs()).addAllOutput(n.outputs()).setOpType(n.opType());
    if (!n.name().isEmpty()) {
      p.setName(n.name());
    }
    if (!n.domain().isEmpty()) {
      p.setDomain(n.domain());
    }
    n.attributes().asMap().forEach((name, value) -> p.addAttribute(attribute(name, value)));
    return p;
  }

  private AttributeProto.Builder attribute(String name, Attribute value) {
    AttributeProto.Builder p = AttributeProto.newBuilder().setName(name);
    if (value instanceof Attribute.IntValue v) {
      p.setType(AttributeType.INT).setI(v.value());
    } else if (value instanceof Attribute.FloatValue v) {
      p.setType(AttributeType.FLOAT).setF(v.value());
    } else if (value instanceof Attribute.StringValue v) {
      p.setType(AttributeType.STRING).setS(utf8(v.value()));
    } else if (value instanceof Attribute.TensorValue v) {
      p.setType(AttributeType.TENSOR).setT(TensorData.write(needed(v.value())));
    } else if (value instanceof Attribute.SparseTensorValue v) {
      p.setType(AttributeType.SPARSE_TENSOR).setSparseTensor(TensorData.writeSparse(v.value()));
    } else if (value instanceof Attribute.GraphValue v) {
      p.setType(AttributeType.GRAPH).setG(graph(v.value(), false));
    } else if (value instanceof Attribute.TypeValue v) {
      note(v.value());
      p.setType(AttributeType.TYPE_PROTO).setTp(TypeData.write(v.value()));
    } else if (value instanceof Attribute.IntsValue v) {
      p.setType(AttributeType.INTS).addAllInts(v.values());
    } else if (value instanceof Attribute.FloatsValue v) {
      p.setType(AttributeType.FLOATS).addAllFloats(v.values());
    } else if (value instanceof Attribute.StringsValue v) {
      p.setType(AttributeType.STRINGS);
      v.values().forEach(s -> p.addStrings(utf8(s)));
    } else if (value instanceof Attribute.TensorsValue v) {
      p.setType(AttributeType.TENSORS);
      v.values().forEach(t -> p.addTensors(TensorData.write(needed(t))));
    } else if (value instanceof Attribute.SparseTensorsValue v) {
      p.setType(AttributeType.SPARSE_TENSORS);
      v.values().forEach(t -> p.addSparseTensors(TensorData.writeSparse(t)));
    } else if (value instanceof Attribute.GraphsValue v) {
      p.setType(AttributeType.GRAPHS);
      v.values().forEach(g -> p.addGraphs(graph(g, false)));
    } else if (value instanceof Attribute.TypesValue v) {
      p.setType(AttributeType.TYPE_PROTOS);
      v.values().forEach(t -> p.addTypeProtos(TypeData.write(t)));
    }
    return p;
  }

  private static ByteString utf8(String s) {
    return ByteString.copyFrom(s, StandardCharsets.UTF_8);
  }

  // ---- the IR version that types need ----

  private Tensor needed(Tensor t) {
    note(t.dtype());
    return t;
  }

  private void note(ValueType type) {
    if (type instanceof ValueType.TensorType t) {
      note(t.dtype());
    } else if (type instanceof ValueType.SequenceType t) {
      note(t.element());
    } else if (type instanceof ValueType.OptionalType t) {
      neededIr = Math.max(neededIr, 8);
      note(t.element());
    }
  }

  private void note(DType dtype) {
    int ir =
        switch (dtype) {
          case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> 9;
          case UINT4, INT4 -> 10;
          case FLOAT4E2M1 -> 11;
          case FLOAT8E8M0 -> 12;
          case UINT2, INT2 -> 13;
          default -> 4;
        };
    neededIr = Math.max(neededIr, ir);
  }
}
