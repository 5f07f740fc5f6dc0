package dev.sardonyx.graph;

import dev.sardonyx.tensor.Value;
import java.util.Collections;
import java.util.List;

/** An operator that no definition was found for: it can be kept and written, but not evaluated. */
public record UnknownOperator(String domain, String name, Attributes attributes)
    implements Operator {
  @Override
  public List<ValueType> infer(InferenceContext context) {
    return Collections.nCopies(context.outputCount(), ValueType.UNKNOWN);
  }

  @Override
  public List<Value> evaluate(EvaluationContext context) {
    throw new ModelException("operator " + qualifiedName() + " is not implemented");
  }

  @Override
  public boolean isDeterministic() {
    return false;
  }

  /** The name with its domain, as in {@code com.microsoft::FusedConv}. */
  public String qualifiedName() {
    return domain.isEmpty() ? name : domain + "::" + name;
  }
}
