package dev.sardonyx.op.reduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class ReductionTest {
  private static final Tensor X = Tensor.of(new int[] {-1, 2, -3, 4, 5, -7}, 2, 3);

  private static Tensor rows(String operator, Tensor x) {
    return OneNode.of(operator).with("keepdims", 0).run(x, Tensor.vector(-1));
  }

  @Test
  void integersAreReducedAsIntegers() {
    assertThat(rows("ReduceSum", X).toLongs()).containsExactly(-2, 2);
    assertThat(rows("ReduceMean", X).toLongs()).containsExactly(0, 0);
    assertThat(rows("ReduceProd", X).toLongs()).containsExactly(6, -140);
    assertThat(rows("ReduceL1", X).toLongs()).containsExactly(6, 16);
    assertThat(rows("ReduceL2", X).toLongs()).containsExactly(3, 9);
    assertThat(rows("ReduceSumSquare", X).toLongs()).containsExactly(14, 90);
    assertThat(rows("ReduceMax", X).toLongs()).containsExactly(2, 5);
    assertThat(rows("ReduceMin", X).toLongs()).containsExactly(-3, -7);
    assertThat(rows("ReduceLogSumExp", X).toLongs()).containsExactly(2, 5);
    assertThat(rows("ReduceSum", Tensor.vector(Long.MAX_VALUE, 1)).getLong(0))
        .isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void nothingReducesToTheNeutralElement() {
    Tensor empty = Tensor.zeros(DType.FLOAT, 2, 0);
    assertThat(rows("ReduceSum", empty).toDoubles()).containsExactly(0, 0);
    assertThat(rows("ReduceProd", empty).toDoubles()).containsExactly(1, 1);
    assertThat(rows("ReduceMean", empty).toDoubles()).containsExactly(Double.NaN, Double.NaN);
    assertThat(rows("ReduceMax", empty).getDouble(0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(rows("ReduceLogSum", empty).getDouble(0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(rows("ReduceLogSumExp", empty).getDouble(0)).isEqualTo(Double.NEGATIVE_INFINITY);
    Tensor bytes = Tensor.zeros(DType.UINT8, 1, 0);
    assertThat(rows("ReduceMax", bytes).getLong(0)).isZero();
    assertThat(rows("ReduceMin", bytes).getLong(0)).isEqualTo(255);
    assertThat(rows("ReduceMax", Tensor.zeros(DType.INT8, 1, 0)).getLong(0)).isEqualTo(-128);
    assertThat(rows("ReduceMin", Tensor.zeros(DType.INT32, 1, 0)).getLong(0))
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(rows("ReduceMin", Tensor.zeros(DType.BOOL, 1, 0)).getBoolean(0)).isTrue();
  }

  @Test
  void noAxesMeansAllUnlessToldOtherwise() {
    assertThat(OneNode.of("ReduceL1").run(X)).isEqualTo(Tensor.of(new int[] {22}, 1, 1));
    assertThat(OneNode.of("ReduceL1").with("noop_with_empty_axes", 1).run(X))
        .isEqualTo(Tensor.of(new int[] {1, 2, 3, 4, 5, 7}, 2, 3));
  }

  @Test
  void logSumExpDoesNotOverflow() {
    Tensor x = Tensor.of(new float[] {1000, 1000}, 2);
    assertThat(OneNode.of("ReduceLogSumExp").run(x).getFloat(0))
        .isEqualTo((float) (1000 + Math.log(2)));
  }

  @Test
  void oldAxesAreAnAttribute() {
    Tensor y = OneNode.of("ReduceMean", 11).with("axes", new long[] {0}).run(X);
    assertThat(y).isEqualTo(Tensor.of(new int[] {1, 3, -5}, 1, 3));
    assertThat(OneNode.of("ReduceSum", 12).with("keepdims", 0).run(X).getLong(0)).isZero();
  }

  @Test
  void ofEqualElementsTheFirstIsTaken() {
    Tensor x = Tensor.of(new float[] {1, 3, 3, -0f, 0, 1}, 2, 3);
    OneNode first = OneNode.of("ArgMax").with("axis", 1).with("keepdims", 0);
    assertThat(first.run(x).toLongs()).containsExactly(1, 2);
    assertThat(OneNode.of("ArgMax").with("axis", 1).with("select_last_index", 1).run(x).toLongs())
        .containsExactly(2, 2);
    assertThat(OneNode.of("ArgMin").with("axis", 1).run(x).toLongs()).containsExactly(0, 0);
  }

  @Property(tries = 100)
  void topKIsTheBeginningOfTheSortedRow(@ForAll @Size(max = 20) float[] x) {
    int k = x.length / 2;
    double[] sorted = Tensor.of(x, x.length).toDoubles();
    java.util.Arrays.sort(sorted);
    Tensor smallest =
        OneNode.of("TopK").with("largest", 0).run(Tensor.of(x, x.length), Tensor.vector(k));
    Tensor largest = OneNode.of("TopK").run(Tensor.of(x, x.length), Tensor.vector(k));
    for (int i = 0; i < k; i++) {
      assertThat(smallest.getDouble(i) == sorted[i]).isTrue();
      assertThat(largest.getDouble(i) == sorted[x.length - 1 - i]).isTrue();
    }
  }

  @Test
  void topKOfOpset9HasKAsAttribute() {
    assertThat(OneNode.of("TopK", 9).with("k", 2).with("axis", 0).run(X))
        .isEqualTo(Tensor.of(new int[] {4, 5, -3, -1, 2, -7}, 2, 3));
  }

  @Test
  void moreThanThereIsCannotBeChosen() {
    assertThatThrownBy(() -> OneNode.of("TopK").run(X, Tensor.vector(4)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected a K from 0 to the axis's 3, got 4");
  }
}
