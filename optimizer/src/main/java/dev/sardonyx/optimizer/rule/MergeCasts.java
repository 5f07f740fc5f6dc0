package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.any;
import static dev.sardonyx.optimizer.Pattern.node;

import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import dev.sardonyx.tensor.DType;
import java.util.List;

/**
 * A cast to a type that holds every value of the one before is not needed before another cast.
 *
 * <pre>
 *   x[int32] → Cast(int64) → Cast(float) → y        x → Cast(float) → y
 * </pre>
 *
 * <p>Declines if the first cast may change a value.
 */
public final class MergeCasts implements Rule {
  @Override
  public List<NodePattern> patterns() {
    return List.of(node("Cast", node("Cast", any("x")).as("first").shared()));
  }

  @Override
  public Outcome rewrite(Match m) {
    DType from = m.dtype("x");
    DType middle = m.dtype("first");
    if (from == null || middle == null || !holdsAllOf(middle, from)) {
      return Outcome.declined("the cast from " + from + " to " + middle + " may change values");
    }
    return m.rewrite(p -> p.like(m.root(), m.value("x")));
  }

  private static boolean holdsAllOf(DType wide, DType narrow) {
    if (wide == narrow) {
      return true;
    }
    if (wide.isFloating()) {
      int exactIntegers = wide == DType.DOUBLE ? 53 : wide == DType.FLOAT ? 24 : 0;
      boolean smallerFloat =
          narrow.isFloating() && narrow.bits() < wide.bits() && wide.bits() >= 32;
      boolean integer = narrow.isInteger() && narrow.bits() <= exactIntegers;
      return smallerFloat || integer || narrow == DType.BOOL;
    }
    if (!wide.isInteger() || narrow.isFloating()) {
      return false;
    }
    return narrow == DType.BOOL
        || narrow.isInteger()
            && narrow.bits() < wide.bits()
            && (wide.isSigned() || narrow.isUnsigned());
  }
}
