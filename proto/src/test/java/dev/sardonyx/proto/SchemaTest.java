package dev.sardonyx.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SchemaTest {
  /** Beside the checkout; absent on most machines. */
  private static final Path CONFORMANCE = Path.of("..", "..", "shared", "conformance");

  @Test
  void modelSurvivesTheRoundTrip() throws IOException {
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(Version.IR_VERSION.getNumber())
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(27))
            .setGraph(
                GraphProto.newBuilder()
                    .setName("g")
                    .addNode(
                        NodeProto.newBuilder()
                            .setOpType("Add")
                            .addInput("x")
                            .addInput("b")
                            .addOutput("y"))
                    .addInitializer(
                        TensorProto.newBuilder()
                            .setName("b")
                            .setDataType(TensorProto.DataType.FLOAT_VALUE)
                            .addDims(2)
                            .addFloatData(1.5f)
                            .addFloatData(-0f)))
            .build();

    ModelProto back = ModelProto.parseFrom(model.toByteArray());

    assertThat(back).isEqualTo(model);
    assertThat(back.getIrVersion()).isEqualTo(13);
  }

  @Test
  void anAbsentShapeIsNotAScalarShape() throws IOException {
    TypeProto.Tensor unknown = TypeProto.Tensor.parseFrom(new byte[0]);
    TypeProto.Tensor scalar =
        TypeProto.Tensor.newBuilder().setShape(TensorShapeProto.getDefaultInstance()).build();

    assertThat(unknown.hasShape()).isFalse();
    assertThat(TypeProto.Tensor.parseFrom(scalar.toByteArray()).hasShape()).isTrue();
  }

  @Test
  void elementTypesHaveTheNumbersOfTheSpecification() {
    assertThat(TensorProto.DataType.FLOAT4E2M1.getNumber()).isEqualTo(23);
    assertThat(TensorProto.DataType.FLOAT8E8M0.getNumber()).isEqualTo(24);
    assertThat(TensorProto.DataType.UINT2.getNumber()).isEqualTo(25);
    assertThat(TensorProto.DataType.INT2.getNumber()).isEqualTo(26);
    assertThat(TensorProto.DataType.forNumber(27)).isNull();
  }

  /** The bytes are written by hand, so that a wrong field number cannot cancel itself out. */
  @Test
  void typedDataIsReadPackedAndUnpacked() throws IOException {
    byte[] packed = {0x2A, 2, 7, 8};
    byte[] unpacked = {0x28, 7, 0x28, 8};

    assertThat(TensorProto.parseFrom(packed).getInt32DataList()).containsExactly(7, 8);
    assertThat(TensorProto.parseFrom(unpacked).getInt32DataList()).containsExactly(7, 8);
  }

  @Test
  void anOptionalMayHoldASequenceOfMaps() throws IOException {
    MapProto map =
        MapProto.newBuilder()
            .setKeyType(TensorProto.DataType.STRING_VALUE)
            .addStringKeys(ByteString.copyFromUtf8("k"))
            .setValues(
                SequenceProto.newBuilder()
                    .setElemType(SequenceProto.DataType.TENSOR_VALUE)
                    .addTensorValues(TensorProto.getDefaultInstance()))
            .build();
    OptionalProto optional =
        OptionalProto.newBuilder()
            .setElemType(OptionalProto.DataType.SEQUENCE_VALUE)
            .setSequenceValue(
                SequenceProto.newBuilder()
                    .setElemType(SequenceProto.DataType.MAP_VALUE)
                    .addMapValues(map))
            .build();

    assertThat(OptionalProto.parseFrom(optional.toByteArray())).isEqualTo(optional);
  }

  @Test
  void conformanceModelsHoldNoFieldTheSchemaLacks() throws IOException {
    assumeTrue(Files.isDirectory(CONFORMANCE), "no conformance data beside the checkout");
    List<Path> models;
    try (Stream<Path> files = Files.walk(CONFORMANCE)) {
      models = files.filter(p -> p.endsWith("model.onnx")).toList();
    }

    assertThat(models).hasSizeGreaterThan(1000);
    for (Path path : models) {
      CodedInputStream in = CodedInputStream.newInstance(Files.readAllBytes(path));
      in.setRecursionLimit(1000);
      assertThat(unknownFields(ModelProto.parseFrom(in))).as("%s", path).isZero();
    }
  }

  private static int unknownFields(Message message) {
    int count = message.getUnknownFields().asMap().size();
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      if (field.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        continue;
      }
      if (field.getValue() instanceof Message child) {
        count += unknownFields(child);
      } else {
        for (Object child : (List<?>) field.getValue()) {
          count += unknownFields((Message) child);
        }
      }
    }
    return count;
  }
}
