package dev.sardonyx.op.activation;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.UpgradeContext;
import java.util.List;

/**
 * {@code gamma·x} above 0, else {@code gamma·alpha·(exp(x) − 1)} (ai.onnx Selu, newest version 22).
 * Version 1 has defaults of fewer digits.
 */
public record Selu(float alpha, float gamma) implements Activation {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Selu", Selu::parse).since(6, Selu::upgrade);

  private static Selu parse(Attributes a) {
    // The attributes are floats: these are 1.67326319… and 1.05070102…
    return new Selu(a.getFloat("alpha", 1.6732632f), a.getFloat("gamma", 1.050701f));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    Attributes a = node.attributes();
    Attributes explicit =
        a.without("consumed_inputs")
            .with("alpha", Attribute.of(a.getFloat("alpha", 1.6732f)))
            .with("gamma", Attribute.of(a.getFloat("gamma", 1.0507f)));
    return List.of(c.withAttributes(node, explicit));
  }

  @Override
  public double apply(double x) {
    return gamma * (x > 0 ? x : alpha * Math.expm1(x));
  }
}
