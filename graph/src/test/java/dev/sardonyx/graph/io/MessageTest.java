package dev.sardonyx.graph.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.proto.AttributeProto;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.proto.NodeProto;
import dev.sardonyx.proto.TensorProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Message} against the classes that protoc generates. */
class MessageTest {
  private static Message of(com.google.protobuf.Message m) {
    return Message.of(ByteBuffer.wrap(m.toByteArray()));
  }

  @Test
  void fieldsAreWhatWasWritten() {
    TensorProto t =
        TensorProto.newBuilder()
            .setName("gewölbt")
            .setDataType(11)
            .addDims(-1)
            .addDims(1L << 40)
            .addFloatData(1.5f)
            .addFloatData(-0f)
            .addDoubleData(Math.PI)
            .addStringData(ByteString.copyFromUtf8("a"))
            .addStringData(ByteString.copyFromUtf8(""))
            .setRawData(ByteString.copyFrom(new byte[] {1, 2, 3}))
            .build();
    Message m = of(t);
    assertThat(m.text(TensorProto.NAME_FIELD_NUMBER)).isEqualTo("gewölbt");
    assertThat(m.number(TensorProto.DATA_TYPE_FIELD_NUMBER)).isEqualTo(11);
    assertThat(m.numbers(TensorProto.DIMS_FIELD_NUMBER)).containsExactly(-1, 1L << 40);
    assertThat(m.floats(TensorProto.FLOAT_DATA_FIELD_NUMBER)).containsExactly(1.5f, -0f);
    assertThat(m.doubles(TensorProto.DOUBLE_DATA_FIELD_NUMBER)).containsExactly(Math.PI);
    assertThat(m.texts(TensorProto.STRING_DATA_FIELD_NUMBER)).containsExactly("a", "");
    assertThat(m.bytes(TensorProto.RAW_DATA_FIELD_NUMBER))
        .isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    assertThat(m.has(TensorProto.SEGMENT_FIELD_NUMBER)).isFalse();
    assertThat(m.message(TensorProto.SEGMENT_FIELD_NUMBER).has(1)).isFalse();
    assertThat(of(AttributeProto.newBuilder().setF(2.5f).build()).real(2)).isEqualTo(2.5f);
  }

  @Test
  void repeatedNumbersMayBePackedOrNot() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeInt64(AttributeProto.INTS_FIELD_NUMBER, 7);
    out.writeByteArray(AttributeProto.INTS_FIELD_NUMBER, new byte[] {1, (byte) 0x80, 1, 3});
    out.writeInt64(AttributeProto.INTS_FIELD_NUMBER, -1);
    out.writeFloat(AttributeProto.FLOATS_FIELD_NUMBER, 3);
    out.writeByteArray(AttributeProto.FLOATS_FIELD_NUMBER, new byte[] {0, 0, (byte) 0x80, 0x3F});
    out.flush();
    Message m = Message.of(ByteBuffer.wrap(bytes.toByteArray()));
    assertThat(m.numbers(AttributeProto.INTS_FIELD_NUMBER)).containsExactly(7, 1, 128, 3, -1);
    assertThat(m.floats(AttributeProto.FLOATS_FIELD_NUMBER)).containsExactly(3, 1);
  }

  @Test
  void ofSeveralValuesTheLastCountsAndMessagesAreMerged() {
    ByteString twice =
        ModelProto.newBuilder()
            .setDomain("old")
            .setGraph(GraphProto.newBuilder().setName("g").addNode(NodeProto.newBuilder()))
            .build()
            .toByteString()
            .concat(
                ModelProto.newBuilder()
                    .setDomain("new")
                    .setGraph(GraphProto.newBuilder().addNode(NodeProto.newBuilder()))
                    .build()
                    .toByteString());
    Message m = Message.of(twice.asReadOnlyByteBuffer());
    assertThat(m.text(ModelProto.DOMAIN_FIELD_NUMBER)).isEqualTo("new");
    Message graph = m.message(ModelProto.GRAPH_FIELD_NUMBER);
    assertThat(graph.text(GraphProto.NAME_FIELD_NUMBER)).isEqualTo("g");
    List<Message> nodes = graph.messages(GraphProto.NODE_FIELD_NUMBER);
    assertThat(nodes).hasSize(2);
  }

  @Test
  void aFieldOfAnotherTypeIsNotThere() {
    Message m = of(ModelProto.newBuilder().setIrVersion(3).build());
    assertThat(m.text(ModelProto.IR_VERSION_FIELD_NUMBER)).isEmpty();
    assertThat(m.has(ModelProto.IR_VERSION_FIELD_NUMBER)).isFalse();
    assertThat(m.messages(ModelProto.IR_VERSION_FIELD_NUMBER)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\n\5ab", "\u0000", "\3\4", "\r\1\1", "\b", "\n\177\177"})
  void whatIsNoMessageIsRefused(String text) {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThatThrownBy(() -> Message.of(bytes))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected a whole message");
  }
}
