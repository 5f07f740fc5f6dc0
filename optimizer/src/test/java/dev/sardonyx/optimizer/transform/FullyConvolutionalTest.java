package dev.sardonyx.optimizer.transform;

import static dev.sardonyx.optimizer.TestGraph.attribute;
import static dev.sardonyx.optimizer.TestGraph.number;
import static dev.sardonyx.optimizer.TestGraph.operators;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.optimizer.TestGraph;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FullyConvolutionalTest {
  private static final int SIZE = 10;
  private static final int ROWS = 3;
  private static final int COLUMNS = 4;

  private final TestGraph g = new TestGraph();

  /** A map [n, 4, 6, 6] of pictures [n, 3, 10, 10]. */
  private String map() {
    String a = g.op("Relu", g.op("Conv", g.input("x", -1, 3, SIZE, SIZE), g.random(5, 3, 3, 3)));
    return g.op("Relu", g.op("Conv", a, g.random(4, 5, 3, 3), g.random(4)));
  }

  private String gemm(String x, int from, int to) {
    Attributes transposed = number("transB", 1).with("alpha", Attribute.of(0.1f));
    return g.op("Gemm", transposed, x, g.random(to, from), g.random(to));
  }

  /** Every window of a bigger picture gives what the model gives for that window alone. */
  private void assertWindowsAgree(Graph model) {
    Graph convolutional = FullyConvolutional.of(model);
    Tensor picture = g.randomTensor(1, 3, SIZE + ROWS - 1, SIZE + COLUMNS - 1);
    Tensor map = run(convolutional, picture);
    int classes = map.dim(1);
    assertThat(map.shape()).containsExactly(1, classes, ROWS, COLUMNS);
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < COLUMNS; column++) {
        Tensor window = window(picture, row, column);
        Tensor expected = run(model, window);
        Tensor alone = run(convolutional, window);
        assertThat(alone.shape()).containsExactly(1, classes, 1, 1);
        for (int k = 0; k < classes; k++) {
          assertThat(map.getDouble((k * ROWS + row) * COLUMNS + column))
              .isCloseTo(expected.getDouble(k), within(1e-5));
          assertThat(alone.getDouble(k)).isCloseTo(expected.getDouble(k), within(1e-5));
        }
      }
    }
  }

  private static Tensor run(Graph graph, Tensor x) {
    return (Tensor) ReferenceEvaluator.run(graph, Map.of("x", x)).values().iterator().next();
  }

  private static Tensor window(Tensor picture, int row, int column) {
    Tensor w = Tensor.zeros(DType.FLOAT, 1, 3, SIZE, SIZE);
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < SIZE; i++) {
        int from = (c * picture.dim(2) + row + i) * picture.dim(3) + column;
        w.copyElements((c * SIZE + i) * SIZE, picture, from, SIZE);
      }
    }
    return w;
  }

  @Test
  void denseLayersBecomeConvolutions() {
    String a = g.op("Relu", gemm(g.op("Flatten", map()), 4 * 6 * 6, 7));
    Graph model = g.build(gemm(g.op("Dropout", a), 7, 5));
    assertThat(operators(FullyConvolutional.of(model)))
        .isEqualTo("Conv Relu Conv Relu Conv Relu Conv");
    assertWindowsAgree(model);
  }

  @Test
  void inputAndOutputSizesAreSymbols() {
    Graph model = g.build(gemm(g.op("Flatten", map()), 4 * 6 * 6, 7));
    Graph convolutional = FullyConvolutional.of(model);
    assertThat(convolutional.inputs().get(0).type()).hasToString("float[n1, 3, height, width]");
    assertThat(convolutional.outputs().get(0).type())
        .hasToString("float[n1, 7, height - 9, width - 9]");
    assertThat(convolutional.outputs().get(0).name()).isEqualTo(model.outputs().get(0).name());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Softmax", "LogSoftmax"})
  void softmaxMovesToTheClasses(String softmax) {
    String y = gemm(g.op("Reshape", map(), g.vector(0, -1)), 4 * 6 * 6, 7);
    assertWindowsAgree(g.build(g.op(softmax, number("axis", -1), y)));
  }

  @Test
  void matrixProductsAndConstantsPerClassAreConverted() {
    String y = g.op("MatMul", g.op("Relu", g.op("Flatten", map())), g.random(4 * 6 * 6, 7));
    String z = g.op("Mul", g.op("Add", y, g.random(7)), g.scalar(0.01));
    assertWindowsAgree(g.build(g.op("Sub", g.random(1, 7), z)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GlobalAveragePool", "GlobalMaxPool", "ReduceMean"})
  void globalPoolingBecomesPooling(String pooling) {
    String m = map();
    String p = pooling.equals("ReduceMean") ? g.op(pooling, m, g.vector(2, -1)) : g.op(pooling, m);
    assertWindowsAgree(g.build(gemm(g.op("Flatten", p), 4, 7)));
  }

  @Test
  void shapeThatIsComputedIsSeenThrough() {
    String m = map();
    String n = g.op("Gather", g.op("Shape", m), g.vector(0));
    String shape = g.op("Concat", number("axis", 0), n, g.vector(-1));
    assertWindowsAgree(g.build(gemm(g.op("Reshape", m, shape), 4 * 6 * 6, 7)));
  }

  private void assertRefused(String output, String... reasons) {
    Graph model = g.build(output);
    assertThatThrownBy(() -> FullyConvolutional.of(model))
        .isInstanceOf(ModelException.class)
        .hasMessageContainingAll(reasons);
  }

  @Test
  void modelWithoutDenseLayersIsRefused() {
    assertRefused(map(), "output 'Relu", "expected what a Gemm makes");
  }

  @Test
  void flattenedMapAsOutputIsRefused() {
    assertRefused(g.op("Flatten", map()), "output 'Flatten", "expected what a Gemm makes");
  }

  @Test
  void otherOperatorsAreRefusedByName() {
    String y = g.op("Transpose", attribute("perm", 0, 2, 3, 1), map());
    assertRefused(gemm(g.op("Flatten", y), 144, 5), "Transpose '", "depends on the size");
  }

  @Test
  void constantsThatDifferBetweenPositionsAreRefused() {
    String y = g.op("Add", map(), g.random(4, 6, 6));
    assertRefused(gemm(g.op("Flatten", y), 144, 5), "Add '", "same constant at every position");
  }

  @Test
  void poolingThatFlowsBackIntoTheMapIsRefused() {
    String m = map();
    String y = g.op("Mul", m, g.op("Sigmoid", g.op("GlobalAveragePool", m)));
    assertRefused(gemm(g.op("Flatten", y), 144, 5), "Mul '", "rows of the same features");
  }

  @Test
  void inputsThatAreNoPicturesAreRefused() {
    assertRefused(gemm(g.input("x", 2, 3), 3, 5), "input 'x'", "pictures of a known size");
  }
}
