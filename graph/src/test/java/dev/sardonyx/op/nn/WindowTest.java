package dev.sardonyx.op.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.nn.Window.AutoPad;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.op.nn.Window.Run;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class WindowTest {
  private static Window window(int kernel, int stride, int dilation, int begin, int end) {
    return new Window(
        List.of(kernel),
        List.of(stride),
        List.of(dilation),
        List.of(begin, end),
        AutoPad.NOTSET,
        false);
  }

  private static Window withAutoPad(int kernel, int stride, AutoPad autoPad) {
    return new Window(List.of(kernel), List.of(stride), List.of(), List.of(), autoPad, false);
  }

  private static Window ceiling(int kernel, int stride, int begin, int end) {
    return new Window(
        List.of(kernel), List.of(stride), List.of(), List.of(begin, end), AutoPad.NOTSET, true);
  }

  private static Dim symbolic(Window window) {
    return window
        .outputExtents(
            List.of(Dim.symbol("w")),
            List.of(Dim.of(window.kernel().get(0))),
            () -> Dim.symbol("unknown"))
        .get(0);
  }

  @Test
  void extentsFollowTheTextbook() {
    assertThat(window(3, 1, 1, 1, 1).over(7).output()).containsExactly(7);
    assertThat(window(3, 2, 1, 0, 1).over(8).output()).containsExactly(4);
    assertThat(window(3, 1, 2, 0, 0).over(5).output()).containsExactly(1);
    assertThat(withAutoPad(3, 2, AutoPad.VALID).over(8).output()).containsExactly(3);
  }

  @Test
  void samePaddingPutsTheOddOneWhereItsNameSays() {
    Geometry upper = withAutoPad(4, 1, AutoPad.SAME_UPPER).over(5);
    assertThat(upper.output()).containsExactly(5);
    assertThat(upper.pads()).containsExactly(1, 2);
    assertThat(withAutoPad(4, 1, AutoPad.SAME_LOWER).over(5).pads()).containsExactly(2, 1);
    assertThat(withAutoPad(1, 2, AutoPad.SAME_UPPER).over(5).pads()).containsExactly(0, 0);
  }

  @Test
  void ceilModeCountsALastWindowOnlyIfItBeginsBeforeTheEndPadding() {
    assertThat(ceiling(3, 2, 0, 0).over(4).output()).containsExactly(2);
    assertThat(ceiling(1, 2, 0, 0).over(2).output()).containsExactly(1);
    assertThat(ceiling(2, 3, 0, 1).over(3).output()).containsExactly(1);
  }

  @Test
  void symbolicExtentsAreExactWhereTheyCanBe() {
    Dim w = Dim.symbol("w");
    assertThat(symbolic(window(3, 1, 1, 1, 1))).isEqualTo(w);
    assertThat(symbolic(window(3, 1, 1, 0, 0))).isEqualTo(w.plus(-2));
    assertThat(symbolic(withAutoPad(3, 1, AutoPad.SAME_LOWER))).isEqualTo(w);
    assertThat(symbolic(window(2, 2, 1, 0, 0)))
        .isEqualTo(w.plus(-2).floorDividedBy(Dim.of(2)).plus(1));
    assertThat(symbolic(ceiling(2, 2, 0, 0)))
        .isEqualTo(w.plus(-2).ceilDividedBy(Dim.of(2)).plus(1));
    // Whether the last window counts depends on w.
    assertThat(symbolic(ceiling(1, 2, 0, 0))).isEqualTo(Dim.symbol("unknown"));
  }

  @Test
  void aKernelLargerThanThePaddedInputIsRefused() {
    assertThatThrownBy(() -> window(5, 1, 1, 0, 1).over(3))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("got extent 3 with pads 0 and 1 for a kernel of 5");
  }

  @Test
  void attributesForAnotherRankAreRefused() {
    assertThatThrownBy(() -> window(3, 1, 1, 0, 0).over(5, 5))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("attribute kernel_shape: expected 2 numbers");
  }

  /** Runs are exactly the pairs of output and input that the definition names. */
  @Property(tries = 200)
  void runsAreAllPairsOfOutputAndInputThatMeet(
      @ForAll @IntRange(min = 1, max = 7) int height,
      @ForAll @IntRange(min = 1, max = 7) int width,
      @ForAll @IntRange(min = 1, max = 3) int kernel,
      @ForAll @IntRange(min = 1, max = 3) int stride,
      @ForAll @IntRange(min = 1, max = 2) int dilation,
      @ForAll @IntRange(min = 0, max = 3) int begin,
      @ForAll @IntRange(min = 4, max = 5) int end) {
    Window window =
        new Window(
            List.of(kernel, kernel),
            List.of(stride, stride),
            List.of(dilation, dilation),
            List.of(begin, begin, end, end),
            AutoPad.NOTSET,
            false);
    Geometry g = window.over(height, width);
    boolean[][][] met = new boolean[g.kernelSize()][g.outputSize()][g.inputSize()];
    for (Run r : g.runs()) {
      for (int j = 0; j < r.count(); j++) {
        assertThat(met[r.kernel()][r.output() + j][r.input() + j * g.runStep()]).isFalse();
        met[r.kernel()][r.output() + j][r.input() + j * g.runStep()] = true;
      }
    }
    for (int k = 0; k < g.kernelSize(); k++) {
      for (int o = 0; o < g.outputSize(); o++) {
        int y = o / g.output()[1] * stride - begin + k / kernel * dilation;
        int x = o % g.output()[1] * stride - begin + k % kernel * dilation;
        for (int i = 0; i < g.inputSize(); i++) {
          assertThat(met[k][o][i]).isEqualTo(i / width == y && i % width == x);
        }
      }
    }
  }
}
