package dev.sardonyx.op.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MatrixProductTest {
  private static final Tensor A = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
  private static final Tensor B = Tensor.of(new float[] {1, 0, 0, 1, 1, 1}, 3, 2);

  private static OneNode einsum(String equation) {
    return OneNode.of("Einsum").with("equation", equation);
  }

  @Test
  void integersAreMultipliedExactlyAndWrap() {
    long big = (1L << 53) + 1;
    assertThat(OneNode.of("MatMul").run(Tensor.vector(big, 1), Tensor.vector(1, 1)).toLongs())
        .containsExactly(big + 1);
    Tensor x = Tensor.of(new int[] {1 << 16}, 1);
    assertThat(OneNode.of("MatMul").run(x, x).toLongs()).containsExactly(0);
  }

  @Test
  void matMulKeepsSymbolsAndBroadcastsBatches() {
    Dim n = Dim.symbol("n");
    Dim s = Dim.symbol("s");
    Shape a = Shape.of(n, Dim.of(12), s, Dim.of(32));
    Shape b = Shape.of(Dim.of(12), Dim.of(32), s);
    assertThat(MatMul.inferShape(a, b)).isEqualTo(Shape.of(n, Dim.of(12), s, s));
    assertThat(MatMul.inferShape(Shape.of(s), Shape.of(s))).isEqualTo(Shape.scalar());
  }

  @Test
  void disagreeingInnerExtentsAreRefused() {
    assertThatThrownBy(() -> OneNode.of("MatMul").run(A, A))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected A and B to agree in K");
  }

  @Test
  void zeroPointsMayBePerRowAndPerColumn() {
    Tensor a = Tensor.wrap(DType.UINT8, new byte[] {10, 11, 20, 21}, 2, 2);
    Tensor b = Tensor.wrap(DType.INT8, new byte[] {1, 2, 3, 4}, 2, 2);
    Tensor aZero = Tensor.wrap(DType.UINT8, new byte[] {10, 20}, 2);
    Tensor bZero = Tensor.wrap(DType.INT8, new byte[] {0, 4}, 2);
    assertThat(OneNode.of("MatMulInteger").run(a, b, aZero, bZero).toLongs())
        .containsExactly(3, 0, 3, 0);
  }

  @Test
  void fusedMatMulTransposesAndScales() {
    Tensor expected = OneNode.of("MatMul").run(A, B);
    Tensor at = Tensor.of(new float[] {1, 4, 2, 5, 3, 6}, 3, 2);
    Tensor bt = Tensor.of(new float[] {1, 0, 1, 0, 1, 1}, 2, 3);
    assertThat(OneNode.microsoft("FusedMatMul").with("transA", 1).with("transB", 1).run(at, bt))
        .isEqualTo(expected);
    assertThat(OneNode.microsoft("FusedMatMul").with("alpha", 0.5f).run(A, B).toDoubles())
        .containsExactly(2, 2.5, 5, 5.5);
  }

  @Test
  void fusedGemmActivates() {
    Tensor c = Tensor.of(new float[] {-100, 0}, 2);
    assertThat(OneNode.microsoft("FusedGemm").with("activation", "Relu").run(A, B, c).toDoubles())
        .containsExactly(0, 5, 0, 11);
    assertThat(
            OneNode.microsoft("FusedGemm")
                .with("activation", "LeakyRelu")
                .with("activation_alpha", 0.5f)
                .run(A, B, c)
                .toDoubles())
        .containsExactly(-48, 5, -45, 11);
  }

  @Test
  void einsumOfThreeInputsContractsFromTheLeft() {
    Tensor v = Tensor.of(new float[] {1, 10}, 2);
    assertThat(einsum("ij,jk,k->i").run(A, B, v).toDoubles()).containsExactly(54, 120);
    assertThat(einsum("i,ij,j").run(v, A, Tensor.of(new float[] {1, 0, 0}, 3)).toDoubles())
        .containsExactly(41);
  }

  @Test
  void einsumTakesDiagonalsAndBroadcastsEllipses() {
    Tensor square = Tensor.of(new long[] {1, 2, 3, 4}, 2, 2);
    assertThat(einsum("ii").run(square).toLongs()).containsExactly(5);
    assertThat(einsum("ii->i").run(square).toLongs()).containsExactly(1, 4);
    Tensor x = Tensor.of(new long[] {1, 2}, 2, 1, 1);
    assertThat(einsum("...ij,...jk->...ik").run(x, Tensor.of(new long[] {3, 4}, 1, 2)).toLongs())
        .containsExactly(3, 4, 6, 8);
  }

  @Test
  void einsumWithoutArrowSortsItsOutput() {
    Tensor t = einsum("ba").run(A);
    assertThat(t.shape()).containsExactly(3, 2);
    assertThat(t.toDoubles()).containsExactly(1, 4, 2, 5, 3, 6);
  }

  @Test
  void einsumWithWrongLabelsIsRefused() {
    assertThatThrownBy(() -> einsum("ijk->i").run(A))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected labels for rank 2");
    assertThatThrownBy(() -> einsum("ij->z").run(A)).isInstanceOf(ModelException.class);
  }

  @Test
  void macsOfAnEinsumAreThoseOfItsProduct() {
    List<int[]> inputs = List.of(new int[] {8, 3, 4}, new int[] {8, 4, 5});
    assertThat(new Einsum("bij,bjk->bik").macs(inputs, List.of())).isEqualTo(8 * 3 * 4 * 5);
    assertThat(MatMul.countMacs(inputs.get(0), inputs.get(1))).isEqualTo(8 * 3 * 4 * 5);
  }
}
