package dev.sardonyx.op.shaping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Inference with symbolic extents: what exporters write to compute shapes must come out known. */
final class ShapeArithmeticTest {
  private static final Dim BATCH = Dim.symbol("batch");
  private static final Dim SEQ = Dim.symbol("seq");

  private final Graph.Builder graph = new Graph.Builder(StandardOperators.set());

  private ShapeArithmeticTest input(String name, Dim... dims) {
    graph.input(name, ValueType.tensor(DType.FLOAT, Shape.of(dims)));
    return this;
  }

  private ShapeArithmeticTest constant(String name, long... values) {
    graph.initializer(name, Tensor.vector(values));
    return this;
  }

  private ShapeArithmeticTest scalar(String name, long value) {
    graph.initializer(name, Tensor.scalar(value));
    return this;
  }

  private ShapeArithmeticTest node(String opType, List<String> inputs, String output) {
    return node(opType, inputs, output, Attributes.NONE);
  }

  private ShapeArithmeticTest node(
      String opType, List<String> inputs, String output, Attributes attributes) {
    graph.node(opType, inputs, List.of(output), attributes);
    return this;
  }

  private String typeOf(String value) {
    return Inference.of(graph.build()).type(value).toString();
  }

  private static Attributes axis(long axis) {
    return Attributes.NONE.with("axis", Attribute.of(axis));
  }

  @Test
  void headsAreSplitByComputedShape() {
    input("x", BATCH, SEQ, Dim.of(384))
        .scalar("0", 0)
        .scalar("1", 1)
        .constant("axes", 0)
        .constant("heads", 12)
        .constant("width", 32)
        .node("Shape", List.of("x"), "shape")
        .node("Gather", List.of("shape", "0"), "b")
        .node("Gather", List.of("shape", "1"), "s")
        .node("Unsqueeze", List.of("b", "axes"), "b1")
        .node("Unsqueeze", List.of("s", "axes"), "s1")
        .node("Concat", List.of("b1", "s1", "heads", "width"), "to", axis(0))
        .node("Reshape", List.of("x", "to"), "y");
    assertThat(typeOf("y")).isEqualTo("float[batch, seq, 12, 32]");
  }

  @Test
  void whatRemainsOfSymbolicExtentsIsDividedExactly() {
    input("x", BATCH, SEQ, Dim.of(12), Dim.of(32))
        .constant("to", 0, 0, -1)
        .constant("flat", -1, 384)
        .node("Reshape", List.of("x", "to"), "y")
        .node("Reshape", List.of("x", "flat"), "z");
    assertThat(typeOf("y")).isEqualTo("float[batch, seq, 384]");
    assertThat(typeOf("z")).isEqualTo("float[batch*seq, 384]");
  }

  @Test
  void sliceEndsAtAComputedExtent() {
    graph.initializer("positions", Tensor.zeros(DType.INT64, 1, 512));
    input("x", BATCH, SEQ)
        .constant("0", 0)
        .constant("1", 1)
        .node("Shape", List.of("x"), "shape")
        .node("Slice", List.of("shape", "1", "two"), "end")
        .constant("two", 2)
        .node("Slice", List.of("positions", "0", "end", "1"), "y")
        .constant("last", -1)
        .constant("far", Long.MAX_VALUE)
        .node("Slice", List.of("x", "1", "far", "1"), "tail")
        .node("Slice", List.of("x", "last", "far", "1"), "one")
        .node("Expand", List.of("y", "shape"), "rows");
    assertThat(typeOf("y")).isEqualTo("int64[1, min(512, seq)]");
    assertThat(typeOf("rows")).isEqualTo("int64[batch, seq]");
    assertThat(typeOf("tail")).isEqualTo("float[batch, seq - 1]");
    assertThat(typeOf("one")).isEqualTo("float[batch, 1]");
  }

  @Test
  void contentsPassThroughSplitTileExpandAndRange() {
    graph.input("x", ValueType.tensor(DType.FLOAT, Shape.of(BATCH, SEQ)));
    constant("two", 2)
        .scalar("start", 0)
        .scalar("step", 1)
        .scalar("at", 1)
        .node("Shape", List.of("x"), "shape")
        .node("Tile", List.of("shape", "two"), "tiled")
        .node("ConstantOfShape", List.of("tiled"), "zeros")
        .node("Gather", List.of("shape", "at"), "seq")
        .node("Range", List.of("start", "seq", "step"), "range")
        .node("Expand", List.of("range", "shape"), "expanded");
    graph.node("Split", List.of("shape"), List.of("first", "second"), axis(0));
    graph.node("ConstantOfShape", List.of("second"), List.of("row"), Attributes.NONE);
    assertThat(typeOf("zeros")).isEqualTo("float[batch, seq, batch, seq]");
    assertThat(typeOf("range")).isEqualTo("int64[seq]");
    assertThat(typeOf("expanded")).isEqualTo("int64[batch, seq]");
    assertThat(typeOf("row")).isEqualTo("float[seq]");
  }

  @Test
  void aReshapeThatCannotWorkIsRefused() {
    input("x", Dim.of(2), Dim.of(3)).constant("to", 4, -1).node("Reshape", List.of("x", "to"), "y");
    assertThatThrownBy(() -> typeOf("y"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Reshape 'y'")
        .hasMessageContaining("[2, 3]")
        .hasMessageContaining("[4, -1]");
  }
}
