package dev.sardonyx.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MiniFloatTest {
  private static int width(MiniFloat f) {
    return switch (f) {
      case FLOAT16, BFLOAT16 -> 16;
      case E2M1 -> 4;
      default -> 8;
    };
  }

  @ParameterizedTest
  @EnumSource(MiniFloat.class)
  void everyPatternDecodesAndEncodesToItself(MiniFloat f) {
    for (int bits = 0; bits < 1 << width(f); bits++) {
      float value = f.decode(bits);
      if (Float.isNaN(value)) {
        assertThat(f.decode(f.encode(value))).isNaN();
      } else {
        assertThat(f.encode(value)).as("%s of pattern %x", value, bits).isEqualTo(bits);
      }
    }
  }

  /** Rounding is checked against a search among all finite values of the format. */
  @ParameterizedTest
  @EnumSource(MiniFloat.class)
  void everyNumberBecomesTheNearestValueTiesToEven(MiniFloat f) {
    List<Integer> patterns = new ArrayList<>();
    for (int bits = 0; bits < 1 << width(f); bits++) {
      if (Float.isFinite(f.decode(bits)) && f.decode(bits) > 0) {
        patterns.add(bits);
      }
    }
    Random random = new Random(5);
    for (int i = 0; i + 1 < patterns.size(); i++) {
      int low = patterns.get(i);
      int high = patterns.get(i + 1);
      double a = f.decode(low);
      double b = f.decode(high);
      double middle = (a + b) / 2;
      // E8M0 has no mantissa to be even: ties go up.
      int tie = f == MiniFloat.E8M0 ? high : low % 2 == 0 ? low : high;
      int sign = f == MiniFloat.E8M0 ? 0 : 1 << width(f) - 1;
      assertThat(f.encode(middle)).as("tie of %s and %s", a, b).isEqualTo(tie);
      assertThat(f.encode(Math.nextDown(middle))).isEqualTo(low);
      assertThat(f.encode(Math.nextUp(middle))).isEqualTo(high);
      double between = a + random.nextDouble() * (b - a);
      assertThat(f.encode(between)).isEqualTo(between < middle ? low : high);
      if (sign != 0) {
        assertThat(f.encode(-between)).isEqualTo(sign | f.encode(between));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(MiniFloat.class)
  void whatIsTooLargeBecomesTheLargestValueWhenSaturating(MiniFloat f) {
    float largest = 0;
    for (int bits = 0; bits < 1 << width(f); bits++) {
      float v = f.decode(bits);
      largest = Float.isFinite(v) ? Math.max(largest, v) : largest;
    }
    assertThat(f.decode(f.encode(1e300, true))).isEqualTo(largest);
    assertThat(f.decode(f.encode(Double.POSITIVE_INFINITY, true))).isEqualTo(largest);
    boolean hasInfinity = f == MiniFloat.FLOAT16 || f == MiniFloat.BFLOAT16 || f == MiniFloat.E5M2;
    float overflow = f.decode(f.encode(1e300, false));
    if (hasInfinity) {
      assertThat(overflow).isEqualTo(Float.POSITIVE_INFINITY);
    } else if (f == MiniFloat.E2M1) {
      assertThat(overflow).isEqualTo(largest);
    } else {
      assertThat(overflow).isNaN();
    }
  }
}
