package dev.sardonyx.graph;

import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/** What {@link Operator#evaluate} may ask of the node it works on. */
public interface EvaluationContext {
  /** Number of inputs as written, trailing omitted ones not counted. */
  int inputCount();

  /** Whether input {@code i} is given. */
  boolean hasInput(int i);

  /** Input {@code i}, which must be given. */
  Value value(int i);

  int outputCount();

  /** Whether output {@code i} is wanted (not beyond the end and not the empty name). */
  boolean hasOutput(int i);

  /**
   * Runs a subgraph of the node. Names that it captures are those of the graphs around it.
   *
   * @return the subgraph's outputs
   */
  List<Value> run(Graph subgraph, List<Value> inputs);

  /**
   * Input {@code i} as a tensor.
   *
   * @throws ModelException if it is omitted or no tensor
   */
  default Tensor tensor(int i) {
    if (!hasInput(i)) {
      throw new ModelException("input " + i + ": required, but not given");
    }
    if (value(i) instanceof Tensor t) {
      return t;
    }
    throw new ModelException(
        "input " + i + ": expected a tensor, got " + value(i).getClass().getSimpleName());
  }

  /** Input {@code i} as a tensor, or null when it is omitted. */
  default Tensor tensorOrNull(int i) {
    return hasInput(i) ? tensor(i) : null;
  }
}
