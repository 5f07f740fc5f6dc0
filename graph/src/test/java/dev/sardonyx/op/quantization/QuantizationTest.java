package dev.sardonyx.op.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import org.junit.jupiter.api.Test;

final class QuantizationTest {
  private static Tensor bytes(DType type, int... values) {
    Tensor t = Tensor.zeros(type, values.length);
    for (int i = 0; i < values.length; i++) {
      t.setLong(i, values[i]);
    }
    return t;
  }

  private static Tensor floats(float... values) {
    return Tensor.of(values, values.length);
  }

  @Test
  void halvesAreRoundedToEvenAndKeptInRange() {
    Tensor x = floats(-1000, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 1000);
    Tensor one = Tensor.scalar(1f);
    Tensor zero = bytes(DType.INT8, 10).reshape();
    assertThat(OneNode.of("QuantizeLinear").run(x, one, zero).toLongs())
        .containsExactly(-128, 8, 10, 10, 12, 12, 127);
    assertThat(OneNode.of("QuantizeLinear").run(x, one).toLongs())
        .containsExactly(0, 0, 0, 0, 2, 2, 255);
  }

  @Test
  void smallIntegersSaturateAtTheirOwnRange() {
    Tensor x = floats(-100, 100);
    for (DType type : new DType[] {DType.INT4, DType.UINT4, DType.INT2, DType.UINT2}) {
      Tensor y = OneNode.of("QuantizeLinear").with("output_dtype", type.code()).run(x, floats(1));
      long span = 1L << type.bits();
      assertThat(y.dtype()).isEqualTo(type);
      assertThat(y.getLong(0)).isEqualTo(type.isSigned() ? -span / 2 : 0);
      assertThat(y.getLong(1)).isEqualTo(type.isSigned() ? span / 2 - 1 : span - 1);
    }
  }

  @Test
  void float8SaturatesUnlessToldOtherwise() {
    Tensor x = floats(1e9f);
    OneNode saturating =
        OneNode.of("QuantizeLinear").with("output_dtype", DType.FLOAT8E4M3FN.code());
    assertThat(saturating.run(x, floats(1)).getDouble(0)).isEqualTo(448);
    OneNode plain =
        OneNode.of("QuantizeLinear")
            .with("output_dtype", DType.FLOAT8E4M3FN.code())
            .with("saturate", 0);
    assertThat(plain.run(x, floats(1)).getDouble(0)).isNaN();
  }

  @Test
  void blocksShareAScale() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 10, 20, 30}, 2, 3);
    Tensor scales = Tensor.of(new float[] {1, 3, 10, 30}, 2, 2);
    Tensor y = OneNode.of("QuantizeLinear").with("block_size", 2).run(x, scales);
    assertThat(y.toLongs()).containsExactly(1, 2, 1, 1, 2, 1);
    assertThat(OneNode.of("DequantizeLinear").with("block_size", 2).run(y, scales)).isEqualTo(x);
  }

  @Test
  void scalesOfAnotherAxisAreRefused() {
    Tensor x = Tensor.zeros(DType.FLOAT, 2, 3);
    assertThatThrownBy(() -> OneNode.of("QuantizeLinear").run(x, floats(1, 2)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected scales of shape [3] for axis 1");
  }

  @Test
  void theOutputTypeOfDequantizeLinearMayDifferFromTheScale() {
    Tensor y =
        OneNode.of("DequantizeLinear")
            .with("output_dtype", DType.FLOAT16.code())
            .run(bytes(DType.INT8, 4), floats(0.25f));
    assertThat(y.dtype()).isEqualTo(DType.FLOAT16);
    assertThat(y.getDouble(0)).isEqualTo(1);
  }

  @Test
  void dynamicQuantizationCoversZero() {
    assertThat(OneNode.of("DynamicQuantizeLinear").run(floats(0, 0)).toLongs())
        .containsExactly(0, 0);
    assertThat(OneNode.of("DynamicQuantizeLinear").run(floats(5, 255)).toLongs())
        .containsExactly(5, 255);
    assertThat(OneNode.of("DynamicQuantizeLinear").run(floats(-255, -5)).toLongs())
        .containsExactly(0, 250);
  }

  @Test
  void quantizedMatMulScalesRowsAndColumns() {
    Tensor a = bytes(DType.INT8, 1, 2, 3, 4).reshape(2, 2);
    Tensor b = bytes(DType.INT8, 1, 0, 0, 1).reshape(2, 2);
    Tensor zero = bytes(DType.INT8, 0).reshape();
    Tensor y =
        OneNode.of("QLinearMatMul")
            .run(a, floats(1, 2), zero, b, floats(1, 10), zero, Tensor.scalar(1f), zero);
    assertThat(y.toLongs()).containsExactly(1, 20, 6, 80);
  }

  @Test
  void quantizedConvolutionScalesOutputChannels() {
    Tensor x = bytes(DType.UINT8, 1, 2).reshape(1, 1, 2);
    Tensor w = bytes(DType.INT8, 1, 1).reshape(2, 1, 1);
    Tensor zero = bytes(DType.UINT8, 0).reshape();
    Tensor wZero = bytes(DType.INT8, 0).reshape();
    Tensor bias = Tensor.of(new int[] {3, 0}, 2);
    Tensor y =
        OneNode.of("QLinearConv")
            .run(
                x, Tensor.scalar(2f), zero, w, floats(1, 10), wZero, Tensor.scalar(4f), zero, bias);
    assertThat(y.toLongs()).containsExactly(2, 2, 5, 10);
  }
}
