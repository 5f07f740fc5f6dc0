package dev.sardonyx.graph;

import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;

/** What {@link Operator#infer} may ask of the node it works on, and tell besides types. */
public interface InferenceContext {
  /** Number of inputs as written, trailing omitted ones not counted. */
  int inputCount();

  /** Whether input {@code i} is given (not beyond the end and not the empty name). */
  boolean hasInput(int i);

  /** The type of input {@code i}, which must be given. */
  ValueType type(int i);

  int outputCount();

  boolean hasOutput(int i);

  /** The content of input {@code i} if it is a tensor known now, else null. */
  Tensor constant(int i);

  /**
   * The content of an integer tensor of rank 0 or 1 as extents, which may be symbolic; null when
   * nothing is known. Constants are included.
   */
  List<Dim> extents(int i);

  /**
   * Tells the content of output {@code i}, an integer tensor of rank 0 or 1, for shape arithmetic.
   */
  void setExtents(int i, List<Dim> content);

  /** An extent of which nothing is known, different from every other. */
  Dim freshDim();

  /** The types of a subgraph's outputs for the given types of its inputs. */
  List<ValueType> infer(Graph subgraph, List<? extends ValueType> inputs);

  /**
   * Input {@code i} as a tensor type.
   *
   * @throws ModelException if it is omitted or no tensor
   */
  default TensorType tensor(int i) {
    if (!hasInput(i)) {
      throw new ModelException("input " + i + ": required, but not given");
    }
    if (type(i) instanceof TensorType t) {
      return t;
    }
    throw new ModelException("input " + i + ": expected a tensor, got " + type(i));
  }

  default Shape shape(int i) {
    return tensor(i).shape();
  }

  default DType dtype(int i) {
    return tensor(i).dtype();
  }

  /** A shape of {@code rank} extents of which nothing is known. */
  default Shape freshShape(int rank) {
    Shape.checkRank(rank);
    Dim[] dims = new Dim[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = freshDim();
    }
    return Shape.of(dims);
  }
}
