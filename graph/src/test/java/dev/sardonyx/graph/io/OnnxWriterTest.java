package dev.sardonyx.graph.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelInfo;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.MapValue;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.SparseTensor;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxWriterTest {
  /** A graph of unary and binary nodes, constants of every type and all kinds of attributes. */
  private static Graph random(long seed) {
    Random r = new Random(seed);
    Graph.Builder g =
        new Graph.Builder(StandardOperators.set())
            .name("g" + seed)
            .info(new ModelInfo(8, Map.of("", 17), "me", "1", "d", 3, "doc", Map.of("k", "v")))
            .input("x", ValueType.tensor(DType.FLOAT, Shape.of(Dim.symbol("n"), Dim.of(4))));
    List<String> values = new ArrayList<>(List.of("x"));
    int nodes = 1 + r.nextInt(12);
    for (int i = 0; i < nodes; i++) {
      String output = "v" + i;
      String a = values.get(r.nextInt(values.size()));
      String b = values.get(r.nextInt(values.size()));
      switch (r.nextInt(4)) {
        case 0 -> g.node("Abs", List.of(a), List.of(output), Attributes.NONE);
        case 1 -> g.node("Add", List.of(a, b), List.of(output), Attributes.NONE);
        case 2 -> g.node("Anything", List.of(a, "", b), List.of(output, ""), attributes(r, 2));
        default -> {
          g.initializer("w" + i, tensor(r));
          g.node("Abs", List.of(a), List.of(output), Attributes.NONE);
        }
      }
      values.add(output);
      if (r.nextBoolean()) {
        g.declaredType(output, ValueType.tensor(DType.FLOAT, Shape.of(Dim.symbol("m"), Dim.of(4))));
      }
    }
    return g.output("v" + (nodes - 1), ValueType.UNKNOWN).build();
  }

  private static Tensor tensor(Random r) {
    DType dtype = DType.ofCode(1 + r.nextInt(26));
    int n = r.nextInt(7);
    if (dtype == DType.STRING) {
      return Tensor.of(new String[] {"a", "", "ü"}, 3);
    }
    byte[] bytes = new byte[(int) dtype.byteSize(8L * n)];
    r.nextBytes(bytes);
    if (dtype == DType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] &= 1;
      }
    }
    return Tensor.ofLittleEndian(dtype, ByteBuffer.wrap(bytes), 2, n, 4);
  }

  private static Attributes attributes(Random r, int depth) {
    Map<String, Attribute> m = new LinkedHashMap<>();
    m.put("i", Attribute.of(r.nextLong()));
    m.put("f", Attribute.of(r.nextFloat()));
    m.put("s", Attribute.of("text"));
    m.put("t", Attribute.of(tensor(r)));
    m.put("is", Attribute.of(1, -2, r.nextInt()));
    m.put("none", new Attribute.IntsValue(List.of()));
    m.put("fs", new Attribute.FloatsValue(List.of(1f, Float.NaN)));
    m.put("ss", new Attribute.StringsValue(List.of("a", "")));
    m.put("ts", new Attribute.TensorsValue(List.of(tensor(r), tensor(r))));
    m.put(
        "type",
        new Attribute.TypeValue(new ValueType.SequenceType(ValueType.tensor(DType.INT4, 2))));
    if (depth > 0) {
      Graph body =
          new Graph.Builder(StandardOperators.set())
              .name("body")
              .input("in" + depth, ValueType.UNKNOWN)
              .initializer("c" + depth, tensor(r))
              .node(
                  "Other",
                  List.of("x", "in" + depth),
                  List.of("o" + depth),
                  attributes(r, depth - 1))
              .output("o" + depth, ValueType.UNKNOWN)
              .build();
      m.put("g", Attribute.of(body));
    }
    return new Attributes(m);
  }

  @Property(tries = 200)
  void whatIsWrittenAndReadIsWrittenTheSame(@ForAll long seed) {
    Graph g = random(seed);
    byte[] bytes = OnnxWriter.toBytes(g);
    Graph read = OnnxReader.read(bytes);
    assertThat(OnnxWriter.toBytes(read)).isEqualTo(bytes);
    assertThat(OnnxWriter.toBytes(random(seed))).isEqualTo(bytes);
    assertThat(read.initializers()).isEqualTo(g.initializers());
    assertThat(read.declaredTypes()).isEqualTo(g.declaredTypes());
    assertThat(read.inputs()).isEqualTo(g.inputs());
    assertThat(read.nodes()).hasSameSizeAs(g.nodes());
    for (int i = 0; i < g.nodes().size(); i++) {
      assertThat(read.nodes().get(i).inputs()).isEqualTo(g.nodes().get(i).inputs());
      assertThat(read.nodes().get(i).outputs()).isEqualTo(g.nodes().get(i).outputs());
      assertThat(read.nodes().get(i).attributes().without("g"))
          .isEqualTo(g.nodes().get(i).attributes().without("g"));
    }
  }

  @Test
  void theIrVersionSuitsWhatIsWritten() throws IOException {
    Graph.Builder plain = new Graph.Builder(StandardOperators.set());
    plain.info(ModelInfo.NONE.withOpset("", 13));
    assertThat(ir(plain.build())).isEqualTo(7);
    assertThat(ir(plain.info(ModelInfo.NONE.withOpset("", 21)).build())).isEqualTo(10);
    Graph.Builder int2 = plain.build().toBuilder().initializer("w", Tensor.zeros(DType.INT2, 3));
    assertThat(ir(int2.build())).isEqualTo(13);
  }

  private static long ir(Graph g) throws IOException {
    ModelProto m = ModelProto.parseFrom(OnnxWriter.toBytes(g));
    assertThat(m.getProducerName()).isEqualTo("sardonyx");
    return m.getIrVersion();
  }

  @Test
  void largeWeightsCanStandBesideTheModel(@TempDir Path folder) throws IOException {
    Tensor small = Tensor.of(new float[] {1, 2}, 2);
    Tensor large = Tensor.zeros(DType.FLOAT, 3_000_000);
    large.setDouble(2_999_999, 7);
    Tensor packed = Tensor.zeros(DType.INT4, 4_000_001);
    packed.setLong(4_000_000, -3);
    Graph g =
        new Graph.Builder(StandardOperators.set())
            .initializer("small", small)
            .initializer("large", large)
            .initializer("packed", packed)
            .build();
    Path file = folder.resolve("m.onnx");
    OnnxWriter.write(g, file, 1000);
    assertThat(Files.size(file)).isLessThan(1000);
    assertThat(OnnxReader.read(file).initializers()).isEqualTo(g.initializers());
    assertThat(files(folder)).containsExactlyInAnyOrder("m.onnx", "m.onnx.data");
    OnnxWriter.write(g, file);
    assertThat(OnnxReader.read(file).initializers()).isEqualTo(g.initializers());
  }

  @Test
  void aFileThatCannotBeWrittenLeavesNothingBehind(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("old"), "kept");
    assertThatThrownBy(
            () ->
                WholeFile.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new IOException("no space");
                    }))
        .hasMessage("no space");
    assertThat(file).hasContent("kept");
    assertThat(files(folder)).containsExactly("old");
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }

  @Test
  void valuesOfEveryKindAreFiles(@TempDir Path folder) throws IOException {
    Tensor t = Tensor.of(new float[] {1, 2}, 2);
    ValueType tensor = ValueType.tensor(DType.FLOAT, 2);
    ValueType sequence = new ValueType.SequenceType(tensor);
    Map<Object, Value> byText = new LinkedHashMap<>();
    byText.put("b", t);
    byText.put("a", t);
    roundTrip(folder, t, tensor);
    roundTrip(folder, SequenceValue.of(t, t), sequence);
    roundTrip(folder, SequenceValue.of(SequenceValue.of(t)), new ValueType.SequenceType(sequence));
    roundTrip(folder, SequenceValue.of(), sequence);
    roundTrip(folder, OptionalValue.of(t), new ValueType.OptionalType(tensor));
    roundTrip(
        folder,
        OptionalValue.of(SequenceValue.of(t)),
        new ValueType.OptionalType(new ValueType.SequenceType(tensor)));
    roundTrip(folder, OptionalValue.EMPTY, new ValueType.OptionalType(tensor));
    roundTrip(
        folder, new MapValue(DType.STRING, byText), new ValueType.MapType(DType.STRING, tensor));
    roundTrip(
        folder,
        new MapValue(DType.INT64, Map.of(5L, t)),
        new ValueType.MapType(DType.INT64, tensor));
    Path file = folder.resolve("sparse.pb");
    SparseTensor sparse = new SparseTensor(t, Tensor.vector(0, 3), new int[] {2, 2});
    ValueFile.write(file, sparse);
    SparseTensor read =
        (SparseTensor)
            ValueFile.read(file, new ValueType.SparseTensorType(DType.FLOAT, Shape.of(2, 2)));
    assertThat(read.toDense()).isEqualTo(sparse.toDense());
  }

  private static void roundTrip(Path folder, Value value, ValueType type) throws IOException {
    Path file = folder.resolve("value.pb");
    ValueFile.write(file, value);
    assertThat(ValueFile.read(file, type)).isEqualTo(value);
  }
}
