package dev.sardonyx.graph;

import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * What a node computes: an operator with its attributes bound.
 *
 * <p>Implementations are records of the parsed attributes, one file per operator (or one table per
 * family of look-alikes) in {@code dev.sardonyx.op}. Two operators that are equal compute the same.
 * They describe the meaning in the newest version of the operator that this project knows; {@link
 * OperatorDefinition} says how nodes of older versions are brought to it.
 */
public interface Operator {
  /**
   * The types of the outputs, from the types (and known contents) of the inputs.
   *
   * <p>Called only when the types of all present inputs are known; ranks and extents may not be.
   *
   * @return one type per output of the node; {@link ValueType#UNKNOWN} where nothing can be said
   * @throws ModelException if the inputs do not fit the operator
   */
  List<ValueType> infer(InferenceContext context);

  /**
   * The reference evaluation: plain, readable, for every element type the specification allows.
   *
   * @return one value per output of the node, null for an output that is not wanted
   * @throws ModelException if the inputs do not fit the operator
   */
  List<Value> evaluate(EvaluationContext context);

  /**
   * Multiply-accumulate operations of one evaluation; 0 for operators that do not multiply.
   *
   * @param inputs the shapes of the inputs, null for what is omitted or no tensor
   * @param outputs the shapes of the outputs, likewise
   */
  default long macs(List<int[]> inputs, List<int[]> outputs) {
    return 0;
  }

  /** Whether equal inputs always give equal outputs; false for random generators. */
  default boolean isDeterministic() {
    return true;
  }
}
