package dev.sardonyx.op.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SignalTest {
  private static Tensor noise(int... shape) {
    Tensor t = Tensor.zeros(DType.DOUBLE, shape);
    Random random = new Random(7);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).containsExactly(expected.shape());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.getDouble(i)).isCloseTo(expected.getDouble(i), within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 8, 12, 15, 30})
  void theTransformIsItsDefinition(int n) {
    double[] re = noise(n).toDoubles();
    double[] im = noise(2, n).toDoubles();
    Fourier f = Fourier.transform(re, Arrays.copyOfRange(im, n, 2 * n), -1);
    for (int k = 0; k < n; k++) {
      double sumRe = 0;
      double sumIm = 0;
      for (int t = 0; t < n; t++) {
        double angle = -2 * Math.PI * k * t / n;
        sumRe += re[t] * Math.cos(angle) - im[n + t] * Math.sin(angle);
        sumIm += re[t] * Math.sin(angle) + im[n + t] * Math.cos(angle);
      }
      assertThat(f.re[k]).isCloseTo(sumRe, within(1e-9));
      assertThat(f.im[k]).isCloseTo(sumIm, within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7})
  void inversesUndoTheTransform(int n) {
    Tensor complex = noise(2, n, 2);
    Tensor spectrum = OneNode.of("DFT").run(complex);
    assertClose(OneNode.of("DFT").with("inverse", 1).run(spectrum), complex);
    Tensor real = noise(2, n, 1);
    Tensor half = OneNode.of("DFT").with("onesided", 1).run(real);
    assertThat(half.shape()).containsExactly(2, n / 2 + 1, 2);
    Tensor back =
        OneNode.of("DFT").with("onesided", 1).with("inverse", 1).run(half, Tensor.scalar((long) n));
    assertClose(back, real);
  }

  @Test
  void aLongerTransformFillsWithZeros() {
    Tensor x = noise(1, 3, 1);
    Tensor filled = Tensor.zeros(DType.DOUBLE, 1, 5, 1);
    filled.copyElements(0, x, 0, 3);
    assertClose(OneNode.of("DFT").run(x, Tensor.scalar(5L)), OneNode.of("DFT").run(filled));
  }

  @Test
  void theAxisOfOldVersionsIsTheSecondDimension() {
    Tensor x = noise(1, 4, 3, 1);
    assertClose(OneNode.of("DFT", 17).run(x), OneNode.of("DFT").run(x, null, Tensor.scalar(1L)));
    assertThatThrownBy(() -> OneNode.of("DFT").run(x, null, Tensor.scalar(3L)))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void stftIsTheTransformOfFrames() {
    Tensor signal = noise(1, 10, 1);
    Tensor y = OneNode.of("STFT").run(signal, Tensor.scalar(3L), null, Tensor.scalar(4L));
    assertThat(y.shape()).containsExactly(1, 3, 3, 2);
    Tensor frame = signal.reshape(10, 1).slice(6, 10).reshape(1, 4, 1);
    Tensor expected = OneNode.of("DFT").with("onesided", 1).run(frame);
    assertClose(y.reshape(3, 3, 2).slice(2, 3), expected);
  }

  @Test
  void windowsBeginAndEndAsTheirFormulasSay() {
    Tensor size = Tensor.scalar(5L);
    assertThat(OneNode.of("HannWindow").with("periodic", 0).run(size).toFloats())
        .containsExactly(0, 0.5f, 1, 0.5f, 0);
    Tensor hamming = OneNode.of("HammingWindow").with("periodic", 0).run(size);
    assertThat(hamming.getDouble(0)).isCloseTo(4.0 / 46, within(1e-7));
    Tensor blackman =
        OneNode.of("BlackmanWindow").with("output_datatype", DType.DOUBLE.code()).run(size);
    assertThat(blackman.getDouble(0)).isCloseTo(0, within(1e-15));
    assertThat(blackman.dtype()).isEqualTo(DType.DOUBLE);
  }
}
