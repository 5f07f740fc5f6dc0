package dev.sardonyx.op.random;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.ArrayList;
import java.util.List;

/** The operators of this package: those that draw random numbers. */
public final class RandomOperators {
  private RandomOperators() {}

  public static List<OperatorDefinition> all() {
    List<OperatorDefinition> all = new ArrayList<>();
    all.add(Bernoulli.DEFINITION);
    all.add(Dropout.DEFINITION);
    all.add(Multinomial.DEFINITION);
    all.addAll(RandomTensor.definitions());
    return all;
  }
}
