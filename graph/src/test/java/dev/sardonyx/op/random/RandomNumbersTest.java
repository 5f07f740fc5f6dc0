package dev.sardonyx.op.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Random operators against the published numbers of MT19937 and the distributions they promise. */
final class RandomNumbersTest {
  @Test
  void aSeedMeansTheNumbersOfMt19937() {
    // numpy.random.RandomState(0).random_sample(3) and standard_normal(3)
    MersenneTwister uniform = new MersenneTwister(0);
    assertThat(uniform.nextDouble()).isCloseTo(0.5488135039273248, within(1e-15));
    assertThat(uniform.nextDouble()).isCloseTo(0.7151893663724195, within(1e-15));
    assertThat(uniform.nextDouble()).isCloseTo(0.6027633760716439, within(1e-15));
    MersenneTwister normal = new MersenneTwister(0);
    assertThat(normal.nextGaussian()).isCloseTo(1.764052345967664, within(1e-14));
    assertThat(normal.nextGaussian()).isCloseTo(0.4001572083672233, within(1e-14));
    assertThat(normal.nextGaussian()).isCloseTo(0.9787379841057392, within(1e-14));
  }

  @Test
  void uniformNumbersLieBetweenTheirEnds() {
    Tensor y =
        OneNode.of("RandomUniform")
            .with("shape", 4, 500)
            .with("low", -1f)
            .with("high", 3f)
            .with("seed", 0f)
            .run();
    assertThat(y.shape()).containsExactly(4, 500);
    assertThat(y.getDouble(0)).isCloseTo(-1 + 4 * 0.5488135, within(1e-6));
    double sum = 0;
    for (double v : y.toDoubles()) {
      assertThat(v).isBetween(-1.0, 3.0);
      sum += v;
    }
    assertThat(sum / y.size()).isCloseTo(1, within(0.1));
  }

  @Test
  void normalNumbersHaveTheirMeanAndDeviation() {
    Tensor like = Tensor.zeros(DType.FLOAT, 2000);
    Tensor y =
        OneNode.of("RandomNormalLike")
            .with("mean", 2f)
            .with("scale", 0.5f)
            .with("seed", 1f)
            .with("dtype", DType.DOUBLE.code())
            .run(like);
    assertThat(y.dtype()).isEqualTo(DType.DOUBLE);
    double sum = 0;
    double squares = 0;
    for (double v : y.toDoubles()) {
      sum += v;
      squares += (v - 2) * (v - 2);
    }
    assertThat(sum / y.size()).isCloseTo(2, within(0.05));
    assertThat(Math.sqrt(squares / y.size())).isCloseTo(0.5, within(0.05));
  }

  @Test
  void equalSeedsGiveEqualNumbersAndNoSeedOthers() {
    Tensor like = Tensor.zeros(DType.FLOAT, 50);
    Tensor a = OneNode.of("RandomUniformLike").with("seed", 7f).run(like);
    assertThat(OneNode.of("RandomUniformLike").with("seed", 7f).run(like)).isEqualTo(a);
    assertThat(OneNode.of("RandomUniformLike").with("seed", 8f).run(like)).isNotEqualTo(a);
    assertThat(new RandomTensor(RandomTensor.Distribution.NORMAL, 0, 1, null, null, null))
        .matches(r -> !r.isDeterministic());
  }

  @Test
  void multinomialDrawsWithTheProbabilitiesOfSoftmax() {
    float quarter = (float) Math.log(0.25);
    float half = (float) Math.log(0.5);
    Tensor x = Tensor.of(new float[] {quarter, half, quarter, 0, -1000, -1000}, 2, 3);
    Tensor y =
        OneNode.of("Multinomial")
            .with("sample_size", 2000)
            .with("seed", 3f)
            .with("dtype", DType.INT64.code())
            .run(x);
    int[] counts = new int[3];
    for (int i = 0; i < 2000; i++) {
      counts[(int) y.getLong(i)]++;
      assertThat(y.getLong(2000 + i)).isZero();
    }
    assertThat(counts[0] / 2000.0).isCloseTo(0.25, within(0.05));
    assertThat(counts[1] / 2000.0).isCloseTo(0.5, within(0.05));
  }

  @Test
  void bernoulliIsCertainAtTheEnds() {
    Tensor x = Tensor.of(new float[] {0, 1, 0, 1}, 4);
    assertThat(OneNode.of("Bernoulli").run(x)).isEqualTo(x);
  }

  @Test
  void dropoutOfOldOpsetsIsTheDataItself() {
    Tensor x = Tensor.of(new float[] {1, 2, 3}, 3);
    assertThat(OneNode.of("Dropout", 7).with("ratio", 0.9f).run(x)).isEqualTo(x);
    assertThat(OneNode.of("Dropout", 1).with("is_test", 1).run(x)).isEqualTo(x);
  }
}
