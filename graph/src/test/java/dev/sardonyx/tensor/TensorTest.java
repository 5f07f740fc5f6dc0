package dev.sardonyx.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class TensorTest {
  /** A tensor of random bits. */
  private static Tensor random(DType dtype, int... shape) {
    byte[] bytes = new byte[(int) dtype.byteSize(Tensor.sizeOf(shape))];
    new Random(dtype.code()).nextBytes(bytes);
    if (dtype == DType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] &= 1;
      }
    }
    int used = (int) ((long) Tensor.sizeOf(shape) * dtype.bits() % 8);
    if (used != 0) {
      bytes[bytes.length - 1] &= (byte) ((1 << used) - 1);
    }
    return Tensor.ofLittleEndian(dtype, ByteBuffer.wrap(bytes), shape);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = "STRING", mode = Mode.EXCLUDE)
  void packedBytesComeBackAsTheyWere(DType dtype) {
    Tensor t = random(dtype, 3, 5, 1);
    assertThat(Tensor.ofLittleEndian(dtype, ByteBuffer.wrap(t.toLittleEndian()), 3, 5, 1))
        .isEqualTo(t);
    assertThat(t.copy()).isEqualTo(t).hasSameHashCodeAs(t);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = "STRING", mode = Mode.EXCLUDE)
  void viewsShowTheSameElements(DType dtype) {
    Tensor t = random(dtype, 5, 3);
    Tensor view = t.slice(1, 4).reshape(9);
    Tensor copied = Tensor.zeros(dtype, 9);
    for (int i = 0; i < 9; i++) {
      copied.copyElement(i, t, i + 3);
    }
    assertThat(view).isEqualTo(copied).hasSameHashCodeAs(copied);
    assertThat(t.part(3, 9)).isEqualTo(copied);
    assertThatThrownBy(() -> t.part(7, 3, 3)).hasMessageContaining("0 to 15");
    assertThat(view.toLittleEndian()).isEqualTo(copied.toLittleEndian());
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = "STRING", mode = Mode.EXCLUDE)
  void elementsWrittenAsTheyAreReadStayTheSame(DType dtype) {
    Tensor t = random(dtype, 7, 9);
    Tensor u = Tensor.zeros(dtype, 7, 9);
    for (int i = 0; i < t.size(); i++) {
      switch (dtype.kind()) {
        case FLOATING -> u.setDouble(i, t.getDouble(i));
        case COMPLEX -> u.setComplex(i, t.getReal(i), t.getImaginary(i));
        default -> u.setLong(i, t.getLong(i));
      }
    }
    for (int i = 0; i < t.size(); i++) {
      if (dtype.isFloating() && Double.isNaN(t.getDouble(i))) {
        assertThat(u.getDouble(i)).isNaN();
      } else if (dtype.isComplex()) {
        assertThat(Double.compare(u.getReal(i), t.getReal(i))).isZero();
        assertThat(Double.compare(u.getImaginary(i), t.getImaginary(i))).isZero();
      } else if (dtype.isFloating()) {
        assertThat(u.getDouble(i)).isEqualTo(t.getDouble(i));
      } else {
        assertThat(u.getLong(i)).isEqualTo(t.getLong(i));
      }
    }
  }

  @Test
  void smallIntegersHaveTheirSign() {
    Tensor int4 =
        Tensor.ofLittleEndian(DType.INT4, ByteBuffer.wrap(new byte[] {(byte) 0x8F, 7}), 3);
    assertThat(int4.toLongs()).containsExactly(-1, -8, 7);
    Tensor uint4 =
        Tensor.ofLittleEndian(DType.UINT4, ByteBuffer.wrap(new byte[] {(byte) 0x8F, 7}), 3);
    assertThat(uint4.toLongs()).containsExactly(15, 8, 7);
    Tensor int2 =
        Tensor.ofLittleEndian(DType.INT2, ByteBuffer.wrap(new byte[] {(byte) 0b11_10_01_00}), 4);
    assertThat(int2.toLongs()).containsExactly(0, 1, -2, -1);
    Tensor uint32 = Tensor.zeros(DType.UINT32);
    uint32.setLong(0, 0xFFFF_FFFFL);
    assertThat(uint32.getLong(0)).isEqualTo(0xFFFF_FFFFL);
  }

  @Test
  void the64BitsOfAnUnsignedNumberAreOneNumber() {
    Tensor t = Tensor.zeros(DType.UINT64, 3);
    t.setLong(0, -1);
    t.setDouble(1, 0x1p63);
    t.setDouble(2, 0x1p64 - 2048);
    assertThat(t.getDouble(0)).isEqualTo(0x1p64);
    assertThat(t.getLong(1)).isEqualTo(Long.MIN_VALUE);
    assertThat(t.getDouble(2)).isEqualTo(0x1p64 - 2048);
    assertThat(t.toString())
        .isEqualTo("uint64[3] {18446744073709551615, 9223372036854775808, 18446744073709549568}");
  }

  @Test
  void aPackedTensorOfOddLengthIsWrittenWithoutItsNeighbours() {
    Tensor t = Tensor.zeros(DType.UINT4, 3, 3);
    for (int i = 0; i < 9; i++) {
      t.setLong(i, i + 1);
    }
    assertThat(t.slice(1, 2).toLittleEndian()).containsExactly(0x54, 0x06);
  }

  @Test
  void shapesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> Tensor.zeros(DType.FLOAT, 1 << 16, 1 << 16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fewer than 2^31 elements");
    assertThatThrownBy(() -> Tensor.zeros(DType.FLOAT, -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tensor.of(new float[3], 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4");
    assertThat(Tensor.sizeOf(Integer.MAX_VALUE, Integer.MAX_VALUE, 0)).isZero();
    assertThat(Tensor.of(new float[] {1}).rank()).isZero();
  }

  @Test
  void floatsConvertAsTheSpecificationSays() {
    Tensor t = Tensor.of(new float[] {1.5f, -2.5f, 300, Float.NaN}, 4);
    assertThat(t.convert(DType.INT32).toLongs()).containsExactly(1, -2, 300, 0);
    assertThat(t.convert(DType.FLOAT16).toDoubles()).containsExactly(1.5, -2.5, 300, Double.NaN);
    assertThat(t.convert(DType.BOOL).toLongs()).containsExactly(1, 1, 1, 1);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT", "DOUBLE", "INT64", "INT32", "INT16", "INT8", "FLOAT16", "COMPLEX64"})
  void contentThatIsElsewhereIsReadWhenItIsAskedFor(DType dtype) {
    Tensor all = random(dtype, 6, 5);
    AtomicInteger reads = new AtomicInteger();
    Tensor deferred =
        Tensor.deferred(
            dtype,
            (from, into) -> {
              reads.incrementAndGet();
              into.copyElements(0, all, from, into.size());
            },
            6,
            5);
    Tensor view = deferred.slice(1, 4).reshape(15).slice(2, 9);
    assertThat(reads).hasValue(0);
    assertThat(view).isEqualTo(all.reshape(30).slice(7, 14));
    assertThat(reads).hasValue(1);
    assertThat(deferred.part(7, 7)).isEqualTo(view);
    assertThat(reads).hasValue(2);
    assertThat(deferred.isLoaded()).isFalse();
    Tensor part = Tensor.zeros(dtype, 4);
    deferred.read(20, part);
    assertThat(part).isEqualTo(all.reshape(30).slice(20, 24));
    assertThat(deferred.isLoaded()).isFalse();
    assertThat(deferred).isEqualTo(all).hasSameHashCodeAs(all);
    deferred.read(20, part);
    assertThat(part).isEqualTo(all.reshape(30).slice(20, 24));
    assertThat(deferred.isLoaded()).isTrue();
    assertThat(reads).hasValue(4);
  }
}
