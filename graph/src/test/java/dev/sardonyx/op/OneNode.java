package dev.sardonyx.op;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.proto.AttributeProto;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.proto.NodeProto;
import dev.sardonyx.proto.OperatorSetIdProto;
import dev.sardonyx.proto.TensorShapeProto;
import dev.sardonyx.proto.TypeProto;
import dev.sardonyx.proto.ValueInfoProto;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.HashMap;
import java.util.Map;

/** A model of one node with one output, as an ONNX file of any opset that is read and evaluated. */
public final class OneNode {
  private static final int NEWEST = 28;

  private final NodeProto.Builder node = NodeProto.newBuilder().addOutput("y");
  private final int opset;

  private OneNode(String domain, String opType, int opset) {
    this.opset = opset;
    node.setDomain(domain).setOpType(opType);
  }

  public static OneNode of(String opType) {
    return new OneNode("", opType, NEWEST);
  }

  public static OneNode of(String opType, int opset) {
    return new OneNode("", opType, opset);
  }

  public static OneNode microsoft(String opType) {
    return new OneNode("com.microsoft", opType, NEWEST);
  }

  public OneNode with(String attribute, long value) {
    return with(
        AttributeProto.newBuilder()
            .setName(attribute)
            .setType(AttributeProto.AttributeType.INT)
            .setI(value));
  }

  public OneNode with(String attribute, float value) {
    return with(
        AttributeProto.newBuilder()
            .setName(attribute)
            .setType(AttributeProto.AttributeType.FLOAT)
            .setF(value));
  }

  public OneNode with(String attribute, String value) {
    return with(
        AttributeProto.newBuilder()
            .setName(attribute)
            .setType(AttributeProto.AttributeType.STRING)
            .setS(com.google.protobuf.ByteString.copyFromUtf8(value)));
  }

  public OneNode with(String attribute, long... values) {
    AttributeProto.Builder a =
        AttributeProto.newBuilder().setName(attribute).setType(AttributeProto.AttributeType.INTS);
    for (long v : values) {
      a.addInts(v);
    }
    return with(a);
  }

  private OneNode with(AttributeProto.Builder a) {
    node.addAttribute(a);
    return this;
  }

  /** The output for these inputs; null is an omitted one. Inference must agree with it. */
  public Tensor run(Tensor... inputs) {
    Graph graph = read(inputs);
    Map<String, Value> values = new HashMap<>();
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] != null) {
        values.put("x" + i, inputs[i]);
      }
    }
    Tensor y = (Tensor) ReferenceEvaluator.run(graph, values).get("y");
    ValueType.TensorType inferred = (ValueType.TensorType) Inference.of(graph).type("y");
    boolean agrees =
        inferred.dtype() == y.dtype()
            && (!inferred.shape().isStatic() || y.hasShape(inferred.shape().toArray()));
    if (!agrees) {
      throw new AssertionError("inferred " + inferred + ", but evaluated " + y);
    }
    return y;
  }

  /** The graph that is read, with inputs x0, x1, … declared as these tensors and output y. */
  public Graph read(Tensor... inputs) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    for (int i = 0; i < inputs.length; i++) {
      node.addInput(inputs[i] == null ? "" : "x" + i);
      if (inputs[i] != null) {
        graph.addInput(ValueInfoProto.newBuilder().setName("x" + i).setType(type(inputs[i])));
      }
    }
    graph.addNode(node).addOutput(ValueInfoProto.newBuilder().setName("y"));
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(3)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
            .addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
            .setGraph(graph)
            .build();
    return OnnxReader.read(model.toByteArray());
  }

  private static TypeProto type(Tensor t) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int extent : t.shape()) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
    }
    return TypeProto.newBuilder()
        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(t.dtype().code()).setShape(shape))
        .build();
  }
}
