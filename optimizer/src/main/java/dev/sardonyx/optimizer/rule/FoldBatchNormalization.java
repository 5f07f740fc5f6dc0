package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.constant;
import static dev.sardonyx.optimizer.Pattern.node;

import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import dev.sardonyx.tensor.Tensor;
import java.util.List;

/**
 * A batch normalization after a linear node is part of its weights.
 *
 * <pre>
 *   x → Conv(W, b) → BatchNormalization(γ, β, μ, σ²) → y        x → Conv(s·W, s·(b − μ) + β) → y
 *
 *   s = γ / √(σ² + ε), one per output channel
 * </pre>
 *
 * <p>For Conv and ConvTranspose of any rank and group, Gemm and MatMul. Declines in training mode
 * and where the linear node's own result is needed too.
 */
public final class FoldBatchNormalization implements Rule {
  @Override
  public List<NodePattern> patterns() {
    return List.of(
        node(
            "BatchNormalization",
            LinearNode.pattern(),
            constant("scale"),
            constant("shift"),
            constant("mean"),
            constant("variance")));
  }

  @Override
  public Outcome rewrite(Match m) {
    if (m.root().attributes().getFlag("training_mode", false)) {
      return Outcome.declined(
          "it is in training mode, where the statistics are those of the batch");
    }
    Tensor mean = m.constant("mean");
    double epsilon = m.root().attributes().getFloat("epsilon", 1e-5f);
    double[] scale = m.constant("scale").toDoubles();
    double[] shift = m.constant("shift").toDoubles();
    for (int c = 0; c < scale.length; c++) {
      scale[c] /= Math.sqrt(m.constant("variance").getDouble(c) + epsilon);
      shift[c] -= scale[c] * mean.getDouble(c);
    }
    return LinearNode.of(m).scaledAndShifted(scale, shift);
  }
}
