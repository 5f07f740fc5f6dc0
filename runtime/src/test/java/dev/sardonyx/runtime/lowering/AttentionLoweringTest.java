package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AttentionLoweringTest {
  private static final int TRIES = 60;

  private static int between(Random random, int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  /** Batch, sequence, heads and size as PyTorch's BERT has them. */
  @Property(tries = TRIES)
  void headsOfABatchReadAndWriteTheSequence(@ForAll Random random) {
    Model m = new Model(random);
    int n = between(random, 1, 3);
    int s = between(random, 1, 40);
    int l = random.nextInt(4) == 0 ? between(random, 200, 300) : between(random, 1, 70);
    int h = between(random, 1, 4);
    int d = between(random, 1, 40);
    String q = m.transpose(m.input(n, s, h, d), 0, 2, 1, 3);
    String k = m.transpose(m.input(n, l, h, d), 0, 2, 3, 1);
    String v = m.transpose(m.input(n, l, h, between(random, 1, 70)), 0, 2, 1, 3);
    String scores = m.node("Div", m.node("MatMul", q, k), m.scalar((float) Math.sqrt(d)));
    int form = random.nextInt(5);
    if (form < 4) {
      int[][] shapes = {{n, 1, 1, l}, {1, 1, s, l}, {l}, {n, h, s, l}};
      String mask = m.input(shapes[form]);
      scores = random.nextBoolean() ? m.node("Add", scores, mask) : m.node("Add", mask, scores);
    }
    String y = m.transpose(m.node("MatMul", m.node("Softmax", scores), v), 0, 2, 1, 3);
    m.check(y, "ScaledDotProductAttention");
  }

  /**
   * Heads and batches in one dimension, as in PyTorch's nn.MultiheadAttention.
   *
   * <p>The scores must be scaled by √D as there: a weight is off by a part of itself as large as
   * its score is off, and scores that grow with D are off by more than is allowed for here (with a
   * third of Q·K, 3 of 10,000 such cases by exact rounding of every step). A single column, in
   * turn, may cancel as a whole.
   */
  @Property(tries = TRIES)
  void batchesOfHeadsReadAndWriteTheSequence(@ForAll Random random) {
    Model m = new Model(random);
    int s = between(random, 1, 60);
    int b = between(random, 1, 5);
    int d = between(random, 2, 70);
    String q = m.transpose(m.input(s, b, d), 1, 0, 2);
    String k = m.transpose(m.input(s, b, d), 1, 2, 0);
    String v = m.transpose(m.input(s, b, d), 1, 0, 2);
    String scores = m.node("MatMul", m.node("Div", q, m.scalar((float) Math.sqrt(d))), k);
    String y = m.transpose(m.node("MatMul", m.node("Softmax", scores), v), 1, 0, 2);
    m.check(y, "ScaledDotProductAttention");
  }

  /** As PyTorch's scaled_dot_product_attention is exported: half the scale on either side. */
  @Property(tries = TRIES)
  void scaledQueriesAndKeysNeedNoTransposes(@ForAll Random random) {
    Model m = new Model(random);
    int s = between(random, 1, 50);
    int d = between(random, 1, 20);
    String q = m.node("Mul", m.input(2, 3, s, d), m.scalar(0.6f));
    String k = m.node("Mul", m.transpose(m.input(2, 3, s, d), 0, 1, 3, 2), m.scalar(0.6f));
    String y = m.node("MatMul", m.node("Softmax", m.node("MatMul", q, k)), m.input(2, 3, s, d));
    m.check(y, "ScaledDotProductAttention");
  }

  @Example
  void maskedPositionsTakeNoPart() {
    Model m = new Model(new Random(1));
    Tensor mask = Tensor.zeros(DType.FLOAT, 1, 17);
    mask.setDouble(3, Double.NEGATIVE_INFINITY);
    mask.setDouble(16, -3.4028234663852886e38);
    String scores = m.node("MatMul", m.input(5, 8), m.input(8, 17));
    scores = m.node("Add", scores, m.input(mask));
    String y = m.node("MatMul", m.node("Softmax", scores), m.input(17, 9));
    m.check(y, "ScaledDotProductAttention");
  }

  @Example
  void aTransposeThatWouldScatterRowsStays() {
    Model m = new Model(new Random(2));
    String q = m.transpose(m.input(8, 5), 1, 0);
    String weights = m.node("Softmax", m.node("MatMul", q, m.input(8, 7)));
    String y = m.transpose(m.node("MatMul", weights, m.input(7, 6)), 1, 0);
    m.check(y, "Transpose", "ScaledDotProductAttention", "Transpose");
  }

  @Example
  void weightsThatOthersUseStay() {
    Model m = new Model(new Random(3));
    String weights = m.node("Softmax", m.node("MatMul", m.input(5, 8), m.input(8, 7)));
    String y = m.node("Add", m.node("MatMul", weights, m.input(7, 7)), m.node("Neg", m.input(7)));
    String z = m.node("Concat", Attributes.NONE.with("axis", Attribute.of(0)), y, weights);
    m.check(z, "MatMul", "Softmax", "MatMul", "Neg", "Add", "Concat");
  }

  @Example
  void broadcastBatchesAndNegativeScalesStay() {
    Model m = new Model(new Random(4));
    String one = m.node("Softmax", m.node("MatMul", m.input(2, 5, 8), m.input(1, 8, 7)));
    m.check(m.node("MatMul", one, m.input(2, 7, 3)), "MatMul", "Softmax", "MatMul");
    m = new Model(new Random(5));
    String scores = m.node("Mul", m.node("MatMul", m.input(5, 8), m.input(8, 7)), m.scalar(-1));
    String y = m.node("MatMul", m.node("Softmax", scores), m.input(7, 3));
    m.check(y, "MatMul", "Mul", "Softmax", "MatMul");
  }

  @Property(tries = TRIES)
  void theOperatorOfRankFourTakesItsInputsAsTheyAre(@ForAll Random random) {
    Model m = new Model(random);
    int s = between(random, 1, 50);
    int l = between(random, 1, 50);
    int d = between(random, 1, 20);
    String y = m.node("Attention", m.input(2, 3, s, d), m.input(2, 3, l, d), m.input(2, 3, l, 5));
    m.check(y, "ScaledDotProductAttention");
  }

  @Property(tries = TRIES)
  void theOperatorOfRankThreeSplitsHeadsInPlace(@ForAll Random random) {
    Model m = new Model(random);
    int s = between(random, 1, 50);
    int h = between(random, 1, 4);
    int d = between(random, 1, 20);
    Attributes attributes =
        Attributes.NONE
            .with("q_num_heads", Attribute.of(h))
            .with("kv_num_heads", Attribute.of(h))
            .with("scale", Attribute.of(0.4f));
    String q = m.input(2, s, h * d);
    String y = m.node("Attention", attributes, q, m.input(2, s, h * d), m.input(2, s, h * 7));
    m.check(y, "Reshape", "Reshape", "Reshape", "ScaledDotProductAttention", "Reshape");
  }

  @Example
  void theOperatorStaysWhereItDoesMore() {
    Model m = new Model(new Random(6));
    Attributes causal = Attributes.NONE.with("is_causal", Attribute.of(1));
    String q = m.input(1, 2, 4, 3);
    m.check(m.node("Attention", causal, q, m.input(1, 2, 4, 3), m.input(1, 2, 4, 3)), "Attention");
    m = new Model(new Random(7));
    q = m.input(1, 4, 4, 3);
    m.check(m.node("Attention", q, m.input(1, 2, 4, 3), m.input(1, 2, 4, 3)), "Attention");
  }
}
