package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.TestGraph.attribute;
import static dev.sardonyx.optimizer.TestGraph.declined;
import static dev.sardonyx.optimizer.TestGraph.number;
import static dev.sardonyx.optimizer.TestGraph.operators;
import static dev.sardonyx.optimizer.TestGraph.rewritten;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.optimizer.TestGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules that move arithmetic into weights. */
class FoldingTest {
  private final TestGraph g = new TestGraph();

  private String batchNormalization(String x, int channels, long training) {
    Attributes a = number("training_mode", training).with("epsilon", Attribute.of(1e-3f));
    return g.op(
        "BatchNormalization",
        a,
        x,
        g.random(channels),
        g.random(channels),
        g.random(channels),
        g.positive(channels));
  }

  private String convolution(String opType, int rank, int group, boolean bias) {
    int[] x = new int[rank + 2];
    int[] w = new int[rank + 2];
    for (int i = 2; i < x.length; i++) {
      x[i] = 4 + i;
      w[i] = i;
    }
    boolean transposed = opType.equals("ConvTranspose");
    x[0] = 2;
    x[1] = 4;
    w[0] = transposed ? 4 : 6;
    w[1] = (transposed ? 6 : 4) / group;
    return g.op(
        opType, number("group", group), g.input("x", x), g.random(w), bias ? g.random(6) : "");
  }

  @ParameterizedTest
  @CsvSource({
    "Conv, 1, 1, true",
    "Conv, 1, 2, false",
    "Conv, 2, 1, false",
    "Conv, 2, 2, true",
    "Conv, 3, 1, true",
    "Conv, 3, 2, false",
    "ConvTranspose, 1, 1, true",
    "ConvTranspose, 2, 2, true",
    "ConvTranspose, 2, 1, false",
    "ConvTranspose, 3, 2, false"
  })
  void batchNormalizationFoldsIntoConvolutions(String op, int rank, int group, boolean bias) {
    String y = batchNormalization(convolution(op, rank, group, bias), 6, 0);
    assertThat(operators(rewritten(g.build(y), new FoldBatchNormalization()))).isEqualTo(op);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "0, 0.5", "1, 0"})
  void batchNormalizationFoldsIntoGemm(int transB, float beta) {
    Attributes a =
        number("transB", transB).with("alpha", Attribute.of(2f)).with("beta", Attribute.of(beta));
    String w = transB == 1 ? g.random(5, 3) : g.random(3, 5);
    String y = g.op("Gemm", a, g.input("x", 4, 3), w, beta == 0 ? "" : g.random(1, 5));
    Graph after = rewritten(g.build(batchNormalization(y, 5, 0)), new FoldBatchNormalization());
    assertThat(operators(after)).isEqualTo("Gemm");
  }

  @Test
  void batchNormalizationAfterMatMulMakesGemm() {
    String y = g.op("MatMul", g.input("x", 4, 3), g.random(3, 5));
    Graph after = rewritten(g.build(batchNormalization(y, 5, 0)), new FoldBatchNormalization());
    assertThat(operators(after)).isEqualTo("Gemm");
  }

  @Test
  void batchNormalizationInTrainingModeIsDeclined() {
    String y = batchNormalization(convolution("Conv", 2, 1, true), 6, 1);
    assertThat(declined(g.build(y), new FoldBatchNormalization())).contains("training mode");
  }

  @Test
  void convolutionWhoseOwnResultIsNeededIsLeftAlone() {
    String conv = convolution("Conv", 2, 1, true);
    String relu = g.op("Relu", conv);
    Graph graph = g.build(batchNormalization(conv, 6, 0), relu);
    assertThat(declined(graph, new FoldBatchNormalization())).contains("also used by Relu");
  }

  @Test
  void convolutionThatIsAnOutputIsLeftAlone() {
    String conv = convolution("Conv", 2, 1, true);
    Graph graph = g.build(batchNormalization(conv, 6, 0), conv);
    assertThat(declined(graph, new FoldBatchNormalization())).contains("is an output of the graph");
  }

  @Test
  void gemmWhoseBiasDiffersBetweenRowsIsLeftAlone() {
    String y = g.op("Gemm", g.input("x", 4, 3), g.random(3, 5), g.random(4, 5));
    Graph graph = g.build(batchNormalization(y, 5, 0));
    assertThat(declined(graph, new FoldBatchNormalization())).contains("differs between rows");
  }

  @ParameterizedTest
  @CsvSource({"Add", "Sub", "Mul", "Div"})
  void constantPerChannelFoldsOnTheRight(String op) {
    String y = g.op(op, convolution("Conv", 2, 2, false), g.positive(1, 6, 1, 1));
    assertThat(operators(rewritten(g.build(y), new FoldScaleAndShift()))).isEqualTo("Conv");
  }

  @ParameterizedTest
  @CsvSource({"Add", "Sub", "Mul"})
  void constantPerChannelFoldsOnTheLeft(String op) {
    String y = g.op(op, g.positive(6, 1, 1), convolution("ConvTranspose", 2, 1, true));
    Graph after = rewritten(g.build(y), new FoldScaleAndShift());
    assertThat(operators(after)).isEqualTo("ConvTranspose");
  }

  @Test
  void quotientOfAConstantAndAConvolutionStays() {
    String y = g.op("Div", g.positive(6, 1, 1), convolution("Conv", 2, 1, true));
    assertThat(declined(g.build(y), new FoldScaleAndShift())).isEmpty();
  }

  @Test
  void factorFoldsIntoMatMulOfAnyRank() {
    String y = g.op("Mul", g.op("MatMul", g.input("x", 2, -1, 3), g.random(3, 5)), g.scalar(0.25));
    assertThat(operators(rewritten(g.build(y), new FoldScaleAndShift()))).isEqualTo("MatMul");
  }

  @Test
  void constantThatDiffersWithinAChannelIsDeclined() {
    String y = g.op("Mul", convolution("Conv", 2, 1, true), g.random(6, 5, 5));
    assertThat(declined(g.build(y), new FoldScaleAndShift())).contains("one number per channel");
  }

  @Test
  void constantThatAddsADimensionIsDeclined() {
    String y = g.op("Mul", convolution("Conv", 2, 1, true), g.random(1, 1, 6, 1, 1));
    assertThat(declined(g.build(y), new FoldScaleAndShift())).contains("one number per channel");
  }

  @Test
  void matMulWithBiasIsGemm() {
    String y = g.op("Add", g.random(5), g.op("MatMul", g.input("x", -1, 3), g.random(3, 5)));
    assertThat(operators(rewritten(g.build(y), new MatMulAddToGemm()))).isEqualTo("Gemm");
  }

  @Test
  void matMulOfRankThreeIsDeclined() {
    String y = g.op("Add", g.op("MatMul", g.input("x", 2, 4, 3), g.random(3, 5)), g.random(5));
    assertThat(declined(g.build(y), new MatMulAddToGemm())).contains("Gemm takes matrices");
  }

  @Test
  void sumThatIsBiggerThanTheProductIsDeclined() {
    String y = g.op("Add", g.op("MatMul", g.input("x", 1, 3), g.random(3, 5)), g.random(2, 5));
    assertThat(declined(g.build(y), new MatMulAddToGemm())).contains("does not broadcast");
  }

  @Test
  void padOfZerosBelongsToTheConvolution() {
    String pad =
        g.op("Pad", g.input("x", 2, 4, 5, 5), g.vector(0, 0, 1, 2, 0, 0, 3, 0), g.scalar(0));
    Attributes pads = attribute("pads", 1, 0, 0, 1);
    Graph after = rewritten(g.build(g.op("Conv", pads, pad, g.random(6, 4, 3, 3))), new FoldPad());
    assertThat(operators(after)).isEqualTo("Conv");
    assertThat(after.nodes().get(0).attributes().getInts("pads")).containsExactly(2, 2, 3, 1);
  }

  @Test
  void padOfSomeAxesBelongsToTheAveragePool() {
    String pad = g.op("Pad", g.input("x", 2, 4, 5, 5), g.vector(1, 0), g.scalar(0), g.vector(-1));
    Attributes kernel = attribute("kernel_shape", 2, 2);
    Graph after = rewritten(g.build(g.op("AveragePool", kernel, pad)), new FoldPad());
    assertThat(operators(after)).isEqualTo("AveragePool");
  }

  @ParameterizedTest
  @CsvSource({
    "constant, 0, 1, 0, 0, batch or channels",
    "constant, 1, 0, 1, 1, batch or channels",
    "constant, 0, 0, -1, 0, crops",
    "reflect, 0, 0, 1, 0, ''"
  })
  void padsThatConvolutionsDoNotHaveAreDeclined(
      String mode, int batch, int channel, int row, int column, String reason) {
    Attributes a = Attributes.NONE.with("mode", Attribute.of(mode));
    String pads = g.vector(batch, channel, row, column, 0, 0, 0, 0);
    String pad = g.op("Pad", a, g.input("x", 2, 4, 5, 5), pads, g.scalar(0));
    Graph graph = g.build(g.op("Conv", pad, g.random(6, 4 + channel, 2, 2)));
    assertThat(declined(graph, new FoldPad())).contains(reason);
  }

  private Graph poolAfterPad(Attributes attributes, long pad) {
    String x = g.input("x", 1, 1, 4, 4);
    String padded = g.op("Pad", x, g.vector(0, 0, pad, 0, 0, 0, 0, 0), g.scalar(0));
    Attributes a = attributes.with("kernel_shape", Attribute.of(2, 2));
    return g.build(g.op("AveragePool", a, padded));
  }

  @Test
  void padsThatPoolingDoesNotHaveAreDeclined() {
    assertThat(declined(poolAfterPad(Attributes.NONE, 2), new FoldPad()))
        .contains("not smaller than the kernel");
  }

  @Test
  void poolingThatDoesNotCountItsOwnPadsIsDeclined() {
    assertThat(declined(poolAfterPad(attribute("pads", 0, 1, 0, 0), 1), new FoldPad()))
        .contains("does not count its own pads");
  }

  @Test
  void poolingThatRoundsUpIsDeclined() {
    assertThat(declined(poolAfterPad(number("ceil_mode", 1), 1), new FoldPad()))
        .contains("ceil_mode");
  }

  @Test
  void automaticPaddingIsDeclined() {
    Attributes same = Attributes.NONE.with("auto_pad", Attribute.of("SAME_UPPER"));
    assertThat(declined(poolAfterPad(same, 1), new FoldPad())).contains("auto_pad is SAME_UPPER");
  }
}
