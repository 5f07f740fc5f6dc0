package dev.sardonyx.graph.io;

import com.google.protobuf.ByteString;
import dev.sardonyx.proto.AttributeProto;
import dev.sardonyx.proto.AttributeProto.AttributeType;
import dev.sardonyx.proto.FunctionProto;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.proto.NodeProto;
import dev.sardonyx.proto.TensorProto;
import dev.sardonyx.proto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Pieces of model files for tests. */
final class Protos {
  private Protos() {}

  static ModelProto.Builder model(int opset, GraphProto.Builder graph) {
    ModelProto.Builder m = ModelProto.newBuilder().setIrVersion(8).setGraph(graph);
    m.addOpsetImportBuilder().setDomain("").setVersion(opset);
    return m;
  }

  /** A graph of float vectors without fixed extent. */
  static GraphProto.Builder graph(List<String> inputs, List<String> outputs) {
    GraphProto.Builder g = GraphProto.newBuilder().setName("g");
    inputs.forEach(n -> g.addInput(floats(n)));
    outputs.forEach(n -> g.addOutput(floats(n)));
    return g;
  }

  static ValueInfoProto.Builder floats(String name, long... dims) {
    ValueInfoProto.Builder v = ValueInfoProto.newBuilder().setName(name);
    var tensor = v.getTypeBuilder().getTensorTypeBuilder().setElemType(1);
    for (long d : dims) {
      tensor.getShapeBuilder().addDimBuilder().setDimValue(d);
    }
    if (dims.length == 0) {
      tensor.getShapeBuilder().addDim(dev.sardonyx.proto.TensorShapeProto.Dimension.newBuilder());
    }
    return v;
  }

  static NodeProto.Builder node(String opType, String inputs, String outputs) {
    NodeProto.Builder n = NodeProto.newBuilder().setOpType(opType);
    names(inputs).forEach(n::addInput);
    names(outputs).forEach(n::addOutput);
    return n;
  }

  static FunctionProto.Builder function(String name, String inputs, String outputs) {
    FunctionProto.Builder f = FunctionProto.newBuilder().setDomain("own").setName(name);
    f.addAllInput(names(inputs)).addAllOutput(names(outputs));
    f.addOpsetImportBuilder().setDomain("").setVersion(17);
    return f;
  }

  /** Names between commas; "" for none. */
  private static List<String> names(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
  }

  static AttributeProto.Builder attribute(String name, float value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOAT).setF(value);
  }

  static AttributeProto.Builder ints(String name, long... values) {
    AttributeProto.Builder a =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (long v : values) {
      a.addInts(v);
    }
    return a;
  }

  static AttributeProto.Builder reference(String name, String to, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setRefAttrName(to).setType(type);
  }

  static AttributeProto.Builder subgraph(String name, GraphProto.Builder g) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH).setG(g);
  }

  static TensorProto.Builder tensor(String name, float... values) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      raw.putFloat(v);
    }
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(1)
        .addDims(values.length)
        .setRawData(ByteString.copyFrom(raw.flip()));
  }

  static TensorProto.Builder external(String location, long offset, long length) {
    TensorProto.Builder t =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(1)
            .addDims(2)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    t.addExternalDataBuilder().setKey("location").setValue(location);
    t.addExternalDataBuilder().setKey("offset").setValue(String.valueOf(offset));
    t.addExternalDataBuilder().setKey("length").setValue(String.valueOf(length));
    return t;
  }
}
