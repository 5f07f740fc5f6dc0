package dev.sardonyx.graph.io;

import static dev.sardonyx.graph.io.Protos.attribute;
import static dev.sardonyx.graph.io.Protos.external;
import static dev.sardonyx.graph.io.Protos.floats;
import static dev.sardonyx.graph.io.Protos.function;
import static dev.sardonyx.graph.io.Protos.graph;
import static dev.sardonyx.graph.io.Protos.ints;
import static dev.sardonyx.graph.io.Protos.model;
import static dev.sardonyx.graph.io.Protos.node;
import static dev.sardonyx.graph.io.Protos.reference;
import static dev.sardonyx.graph.io.Protos.subgraph;
import static dev.sardonyx.graph.io.Protos.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.proto.AttributeProto;
import dev.sardonyx.proto.AttributeProto.AttributeType;
import dev.sardonyx.proto.FunctionProto;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.proto.SparseTensorProto;
import dev.sardonyx.proto.TensorProto;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxReaderTest {
  private static Graph read(ModelProto.Builder m) {
    return OnnxReader.read(m.build().toByteArray());
  }

  private static Tensor run(Graph g, float... x) {
    return (Tensor)
        ReferenceEvaluator.run(g, Map.of("x", Tensor.of(x, x.length)))
            .get(g.outputs().get(0).name());
  }

  private static GraphProto.Builder xToY() {
    return graph(List.of("x"), List.of("y"));
  }

  private static void refused(ModelProto.Builder m, String... words) {
    assertThatThrownBy(() -> read(m))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll(words);
  }

  // ---- tensors ----

  @ParameterizedTest
  @EnumSource(DType.class)
  void typedFieldsHoldTheSameAsRawData(DType dtype) {
    Tensor t = Tensor.zeros(dtype, 5);
    TensorProto.Builder typed = TensorData.describe(t);
    Random random = new Random(3);
    for (int i = 0; i < 5; i++) {
      switch (dtype) {
        case STRING -> t.setString(i, "é" + i);
        case COMPLEX64, COMPLEX128 -> t.setComplex(i, random.nextFloat(), i);
        case FLOAT, DOUBLE -> t.setDouble(i, random.nextFloat());
        case INT64, UINT64 -> t.setLong(i, random.nextLong());
        case BOOL -> t.setLong(i, i % 2);
        default -> t.setBits(i, random.nextInt());
      }
    }
    switch (dtype) {
      case STRING ->
          List.of(t.stringArray()).forEach(s -> typed.addStringData(ByteString.copyFromUtf8(s)));
      case FLOAT, COMPLEX64 -> {
        for (float v : t.floatArray()) {
          typed.addFloatData(v);
        }
      }
      case DOUBLE, COMPLEX128 -> {
        for (double v : t.doubleArray()) {
          typed.addDoubleData(v);
        }
      }
      case INT64 -> {
        for (long v : t.longArray()) {
          typed.addInt64Data(v);
        }
      }
      case UINT32, UINT64 -> {
        for (long v : t.toLongs()) {
          typed.addUint64Data(v);
        }
      }
      case UINT4, INT4, FLOAT4E2M1, UINT2, INT2 -> {
        for (byte v : t.toLittleEndian()) {
          typed.addInt32Data(v & 0xFF);
        }
      }
      default -> {
        for (int i = 0; i < 5; i++) {
          typed.addInt32Data(dtype.isFloating() ? t.getBits(i) : (int) t.getLong(i));
        }
      }
    }
    ExternalData none = new ExternalData(null, null, false);
    assertThat(TensorData.read(message(typed), none)).isEqualTo(t);
    assertThat(TensorData.read(message(TensorData.write(t)), none)).isEqualTo(t);
  }

  private static Message message(TensorProto.Builder t) {
    return Message.of(t.build().toByteString().asReadOnlyByteBuffer());
  }

  @Test
  void aTensorThatClaimsMoreThanItHasIsRefusedBeforeItIsMade() {
    TensorProto.Builder raw = tensor("w", 1).clearDims().addDims(1 << 30);
    refused(model(17, xToY().addInitializer(raw)), "'w'", "4294967296 bytes", "got 4");
    TensorProto.Builder typed =
        TensorProto.newBuilder().setName("w").setDataType(7).addDims(1 << 30).addInt64Data(1);
    refused(model(17, xToY().addInitializer(typed)), "'w'", "1073741824 entries", "got 1");
    TensorProto.Builder huge = tensor("w", 1).clearDims().addDims(1L << 40);
    refused(model(17, xToY().addInitializer(huge)), "2^31");
    TensorProto.Builder negative = tensor("w", 1).clearDims().addDims(-1);
    refused(model(17, xToY().addInitializer(negative)), "-1");
    TensorProto.Builder strange = tensor("w", 1).setDataType(99);
    refused(model(17, xToY().addInitializer(strange)), "99");
    TensorProto.Builder piece = tensor("w", 1);
    piece.getSegmentBuilder().setBegin(0);
    refused(model(17, xToY().addInitializer(piece)), "segment");
  }

  @Test
  void sparseInitializersAreDense() {
    SparseTensorProto.Builder sparse =
        SparseTensorProto.newBuilder()
            .setValues(tensor("w", 5, 7))
            .setIndices(
                TensorProto.newBuilder().setDataType(7).addDims(2).addInt64Data(1).addInt64Data(3))
            .addDims(4);
    Graph g = read(model(17, xToY().addSparseInitializer(sparse).addNode(node("Add", "x,w", "y"))));
    assertThat(g.initializers().get("w").toDoubles()).containsExactly(0, 5, 0, 7);
    sparse.clearDims().addDims(1 << 30);
    refused(model(17, xToY().addSparseInitializer(sparse)), "sparse", "at most");
  }

  // ---- external data ----

  @Test
  void externalDataIsReadBesideTheModel(@TempDir Path folder) throws IOException {
    ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(8, 3).putFloat(12, 4);
    Files.createDirectory(folder.resolve("sub"));
    Files.write(folder.resolve("sub/w.bin"), data.array());
    ModelProto.Builder m =
        model(
            17,
            xToY().addInitializer(external("sub/w.bin", 8, 8)).addNode(node("Add", "x,w", "y")));
    Path file = folder.resolve("m.onnx");
    Files.write(file, m.build().toByteArray());
    assertThat(OnnxReader.read(file).initializers().get("w").toDoubles()).containsExactly(3, 4);
    refused(m, "external data", "folder");
    ByteBuffer bytes = ByteBuffer.wrap(m.build().toByteArray());
    assertThat(OnnxReader.read(bytes, folder, StandardOperators.set()).initializers())
        .containsKey("w");
  }

  @Test
  void externalDataOutsideTheModelsFolderIsRefused(@TempDir Path temp) throws IOException {
    Path folder = Files.createDirectory(temp.resolve("model"));
    Path secret = Files.write(temp.resolve("secret"), new byte[8]);
    Files.createSymbolicLink(folder.resolve("link"), secret);
    Files.createSymbolicLink(folder.resolve("up"), temp);
    Files.write(folder.resolve("short"), new byte[7]);
    for (String location :
        List.of("../secret", secret.toString(), "link", "up/secret", "a/../../secret", "", ".")) {
      refusedFile(folder, external(location, 0, 8), "'" + location + "'");
    }
    refusedFile(folder, external("missing", 0, 8), "'missing'", "beside the model");
    refusedFile(folder, external("short", 0, 8), "'short'", "7");
    refusedFile(folder, external("short", Long.MAX_VALUE, 8), "'short'");
    refusedFile(folder, external("short", -1, 8), "offset");
    refusedFile(folder, external("short", 0, 4), "8 bytes", "length 4");
  }

  private static void refusedFile(Path folder, TensorProto.Builder t, String... words)
      throws IOException {
    Path file = folder.resolve("m.onnx");
    Files.write(file, model(17, xToY().addInitializer(t)).build().toByteArray());
    assertThatThrownBy(() -> OnnxReader.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("m.onnx")
        .hasMessageContainingAll(words);
  }

  // ---- constants, types, graphs ----

  @Test
  void constantNodesOfEveryKindAreInitializers() {
    GraphProto.Builder g =
        xToY()
            .addNode(node("Constant", "", "a").addAttribute(attribute("value_float", 2)))
            .addNode(node("Constant", "", "b").addAttribute(ints("value_ints", 1, 2)))
            .addNode(
                node("Constant", "", "c")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("value_strings")
                            .setType(AttributeType.STRINGS)
                            .addStrings(ByteString.copyFromUtf8("s"))))
            .addNode(
                node("Constant", "", "d")
                    .addAttribute(
                        AttributeProto.newBuilder().setName("value").setT(tensor("", 1, 2))))
            .addNode(node("Add", "x,a", "y"));
    Graph read = read(model(17, g));
    assertThat(read.nodes()).hasSize(1);
    assertThat(read.initializers())
        .containsEntry("a", Tensor.scalar(2f))
        .containsEntry("b", Tensor.vector(1, 2))
        .containsEntry("c", Tensor.of(new String[] {"s"}, 1))
        .containsEntry("d", Tensor.of(new float[] {1, 2}, 2));
  }

  @Test
  void extentsThatTheFileDoesNotSayAreSymbolsOfTheirOwn() {
    GraphProto.Builder g = GraphProto.newBuilder().addInput(floats("x", -1, 0, 3));
    g.addInput(floats("z", -1));
    g.getInputBuilder(1)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .addDimBuilder()
        .setDimParam("batch");
    Graph read = read(model(17, g));
    TensorType x = (TensorType) read.inputs().get(0).type();
    TensorType z = (TensorType) read.inputs().get(1).type();
    assertThat(x.shape().dim(2).is(3)).isTrue();
    assertThat(z.shape().dim(1)).hasToString("batch");
    assertThat(List.of(x.shape().dim(0), x.shape().dim(1), z.shape().dim(0)))
        .doesNotHaveDuplicates()
        .noneMatch(d -> d.isKnown());
  }

  @Test
  void initializersThatOldFilesListAsInputsAreConstants() {
    GraphProto.Builder g =
        graph(List.of("x", "w"), List.of("y"))
            .addInitializer(tensor("w", 1))
            .addNode(node("Add", "x,w", "y"));
    assertThat(read(model(7, g).setIrVersion(3)).inputs()).hasSize(1);
    assertThat(read(model(7, g).setIrVersion(4)).inputs()).hasSize(2);
  }

  @Test
  void anAttributeWithoutTypeIsWhatItsFieldIs() {
    AttributeProto.Builder axes = ints("axes", 0).clearType();
    GraphProto.Builder g =
        GraphProto.newBuilder()
            .addInput(floats("x", 1, 3))
            .addOutput(floats("y"))
            .addNode(node("Squeeze", "x", "y").addAttribute(axes));
    assertThat(read(model(1, g)).nodes().get(0).inputs()).hasSize(2);
  }

  @Test
  void nodesInASubgraphAreUpgradedToo() {
    GraphProto.Builder branch =
        graph(List.of(), List.of("b"))
            .addNode(node("Squeeze", "x", "b").addAttribute(ints("axes", 0)));
    GraphProto.Builder other = graph(List.of(), List.of("b2")).addNode(node("Squeeze", "x", "b2"));
    GraphProto.Builder g =
        GraphProto.newBuilder()
            .addInput(floats("x", 1, 3))
            .addOutput(floats("y"))
            .addNode(
                node("Constant", "", "c")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("value")
                            .setT(TensorProto.newBuilder().setDataType(9).addInt32Data(1))))
            .addNode(
                node("If", "c", "y")
                    .addAttribute(subgraph("then_branch", branch))
                    .addAttribute(subgraph("else_branch", other)));
    Graph read = read(model(11, g));
    Graph then = read.nodes().get(0).subgraphs().get(0);
    assertThat(then.nodes().get(0).inputs()).hasSize(2);
    assertThat(then.nodes().get(0).attributes().asMap()).isEmpty();
    assertThat(then.captures()).containsExactly("x");
    assertThat(read.info().opsets()).containsEntry("", 13);
    Map<String, Tensor> x = Map.of("x", Tensor.of(new float[] {1, 2, 3}, 1, 3));
    assertThat(ReferenceEvaluator.run(read, x))
        .containsEntry("y", Tensor.of(new float[] {1, 2, 3}, 3));
  }

  // ---- functions ----

  @Test
  void functionsAreInlinedWithTheirAttributes() {
    FunctionProto.Builder scale =
        function("Scale", "a", "b")
            .addAttributeProto(attribute("by", 3))
            .addNode(
                node("Constant", "", "t")
                    .addAttribute(reference("value_float", "by", AttributeType.FLOAT)))
            .addNode(node("Mul", "a,t", "b"));
    FunctionProto.Builder twice =
        function("Twice", "a", "b,c")
            .addAttribute("first")
            .addNode(
                node("Scale", "a", "t")
                    .setDomain("own")
                    .addAttribute(reference("by", "first", AttributeType.FLOAT)))
            .addNode(node("Scale", "t", "b").setDomain("own"))
            .addNode(node("Neg", "t", "c"));
    GraphProto.Builder g =
        xToY()
            // The names of the caller are those of the function's inside, to be kept apart.
            .addNode(node("Twice", "x,", "t,").setDomain("own").addAttribute(attribute("first", 2)))
            .addNode(node("Add", "t,x", "y"));
    g.setNode(0, g.getNode(0).toBuilder().clearInput().addInput("x"));
    Graph read = read(model(17, g).addFunctions(scale).addFunctions(twice));
    assertThat(read.nodes()).extracting(Node::opType).doesNotContain("Twice", "Scale");
    assertThat(run(read, 1, 10).toDoubles()).containsExactly(7, 70);
  }

  @Test
  void subgraphsInFunctionsKeepTheirNamesApart() {
    GraphProto.Builder then = graph(List.of(), List.of("r")).addNode(node("Neg", "a", "r"));
    GraphProto.Builder other = graph(List.of(), List.of("r")).addNode(node("Abs", "a", "r"));
    FunctionProto.Builder f =
        function("Pick", "c,a", "b")
            .addNode(
                node("If", "c", "b")
                    .addAttribute(subgraph("then_branch", then))
                    .addAttribute(subgraph("else_branch", other)));
    GraphProto.Builder g =
        xToY()
            .addNode(
                node("Constant", "", "r")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("value")
                            .setT(TensorProto.newBuilder().setDataType(9).addInt32Data(1))))
            .addNode(node("Pick", "r,x", "a").setDomain("own"))
            .addNode(node("Pick", "r,a", "b").setDomain("own"))
            .addNode(node("Add", "b,a", "y"));
    Graph read = read(model(17, g).addFunctions(f));
    assertThat(run(read, 2).toDoubles()).containsExactly(0);
  }

  @Test
  void aFunctionMayPassItsInputOn() {
    FunctionProto.Builder f = function("Same", "a", "a,b,b").addNode(node("Neg", "a", "b"));
    GraphProto.Builder g =
        xToY()
            .addNode(node("Same", "x", "p,q,r").setDomain("own"))
            .addNode(node("Sub", "q,p", "s"))
            .addNode(node("Add", "s,r", "y"));
    assertThat(run(read(model(17, g).addFunctions(f)), 2).toDoubles()).containsExactly(-6);
  }

  @Test
  void functionsOfOldOpsetsAreUpgradedByTheirOwnImports() {
    FunctionProto.Builder f =
        function("Flat", "a", "b")
            .clearOpsetImport()
            .addNode(node("Squeeze", "a", "b").addAttribute(ints("axes", 0)));
    f.addOpsetImportBuilder().setDomain("").setVersion(11);
    GraphProto.Builder g =
        GraphProto.newBuilder()
            .addInput(floats("x", 1, 3))
            .addOutput(floats("y"))
            .addNode(node("Flat", "x", "y").setDomain("own"));
    Graph read = read(model(17, g).addFunctions(f));
    assertThat(read.nodes().get(0).inputs()).hasSize(2);
  }

  @Test
  void functionsWithoutEndAreRefused() {
    FunctionProto.Builder self =
        function("F", "a", "b").addNode(node("F", "a", "b").setDomain("own"));
    GraphProto.Builder g = xToY().addNode(node("F", "x", "y").setDomain("own"));
    refused(model(17, g).addFunctions(self), "do not call themselves");
    GraphProto.Builder h = xToY().addNode(node("F0", "x", "y").setDomain("own"));
    ModelProto.Builder m = model(17, h);
    for (int i = 0; i < 40; i++) {
      String next = i == 39 ? "Neg" : "F" + (i + 1);
      String domain = i == 39 ? "" : "own";
      m.addFunctions(
          function("F" + i, "a", "b")
              .addNode(node(next, "a", "t").setDomain(domain))
              .addNode(node(next, "t", "b").setDomain(domain)));
    }
    refused(m, "250000 nodes");
  }

  // ---- what is no model ----

  @ParameterizedTest
  @ValueSource(strings = {"", "version https://git-lfs", "PK\u0003\u0004", "<html>", "{\"a\": 1}"})
  void otherFilesAreRefusedAsWhatTheyAre(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> OnnxReader.read(bytes))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("not an ONNX model: expected");
    assertThatThrownBy(() -> OnnxReader.read(new ByteArrayInputStream(bytes)))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> OnnxReader.read(Path.of("no/such.onnx")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("such.onnx");
  }

  @Test
  void graphsThatAreNoneAreRefused() {
    refused(model(17, xToY()), "'y'", "computes");
    refused(model(17, xToY().addNode(node("Abs", "q", "y"))), "Abs 'y'", "'q'", "computes");
    refused(model(17, xToY().addNode(node("Abs", "x", "x"))), "'x'", "twice");
    refused(
        model(17, xToY().addInitializer(tensor("w", 1)).addInitializer(tensor("w", 1))),
        "'w'",
        "twice");
    refused(
        model(17, xToY().addNode(node("Abs", "y", "z")).addNode(node("Abs", "z", "y"))), "cycles");
    refused(
        model(17, xToY()).clearOpsetImport().setGraph(xToY().addNode(node("Abs", "x", "y"))),
        "opset");
    refused(
        model(17, xToY().addNode(node("Gemm", "x,x", "y").addAttribute(ints("alpha", 1)))),
        "Gemm 'y'",
        "alpha",
        "float");
    GraphProto.Builder untyped = xToY();
    untyped.getInputBuilder(0).clearType();
    refused(model(17, untyped), "'x'", "type");
  }

  @Test
  void graphsNestedWithoutEndAreRefused() {
    GraphProto.Builder inner = graph(List.of(), List.of("x"));
    for (int i = 0; i < 60; i++) {
      inner =
          graph(List.of(), List.of("x"))
              .addNode(node("Nest", "", "n" + i).addAttribute(subgraph("body", inner)));
    }
    refused(model(17, inner), "not an ONNX model", "nesting");
  }

  @Test
  void unknownOperatorsAndNamesThatAreJsonAreKept() {
    String name = "{\"layer\": [1, 2]}";
    GraphProto.Builder g =
        xToY().addNode(node("Strange", "x", "y").setName(name).setDomain("com.example"));
    Graph read = read(model(17, g));
    assertThat(read.nodes().get(0).name()).isEqualTo(name);
    assertThat(read.info().opsets()).containsEntry("com.example", 1);
  }

  @Test
  void largeTensorsOfAFileInUseAreReadWhenTheyAreAskedFor(@TempDir Path folder) throws IOException {
    float[] content = new float[300_000];
    for (int i = 0; i < content.length; i++) {
      content[i] = i;
    }
    Path file = folder.resolve("m.onnx");
    Graph written =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, 1))
            .initializer("w", Tensor.of(content, 3, 100_000))
            .initializer("v", Tensor.of(content.clone(), 300_000))
            .initializer("small", Tensor.of(new float[] {1, 2}, 2))
            .node("Add", List.of("x", "w"), List.of("y"), Attributes.NONE)
            .output("y", ValueType.UNKNOWN)
            .build();
    OnnxWriter.write(written, file);
    Graph graph =
        OnnxReader.use(
            file,
            g -> {
              assertThat(g.initializers().get("small").isLoaded()).isTrue();
              Tensor w = g.initializers().get("w");
              assertThat(w.isLoaded()).isFalse();
              Tensor part = Tensor.zeros(DType.FLOAT, 100_001);
              w.read(199_999, part);
              assertThat(part.getFloat(0)).isEqualTo(199_999);
              assertThat(part.getFloat(100_000)).isEqualTo(299_999);
              assertThat(w.isLoaded()).isFalse();
              w.load();
              return g;
            });
    assertThat(graph.initializers().get("w")).isEqualTo(written.initializers().get("w"));
    Tensor v = graph.initializers().get("v");
    assertThatThrownBy(v::load).isInstanceOf(ModelException.class);
    assertThat(OnnxReader.read(file).initializers()).isEqualTo(written.initializers());
  }
}
