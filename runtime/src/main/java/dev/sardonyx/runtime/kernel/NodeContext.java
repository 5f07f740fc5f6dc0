package dev.sardonyx.runtime.kernel;

import dev.sardonyx.Accuracy;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;

/**
 * A node with the concrete types of its inputs and outputs, and what a kernel is made with.
 *
 * @param inputs one per input of the node, null where omitted
 * @param outputs one per output
 * @param constants the content of inputs that never change, else null, one per input
 * @param simd the primitive kernels of this machine
 * @param workers the threads to split work over
 * @param packed weights packed once for all kernels of a session
 * @param scratch memory for use during a run, shared by the kernels of an execution
 * @param accuracy whether rounding errors may be somewhat larger where that is faster
 */
public record NodeContext(
    Node node,
    List<TensorType> inputs,
    List<TensorType> outputs,
    List<Tensor> constants,
    Kernels simd,
    Workers workers,
    PackedWeights packed,
    Scratch scratch,
    Accuracy accuracy) {

  public Operator operator() {
    return node.operator();
  }

  public boolean hasInput(int i) {
    return i < inputs.size() && inputs.get(i) != null;
  }

  public int[] shape(int i) {
    return inputs.get(i).shape().toArray();
  }

  public DType dtype(int i) {
    return inputs.get(i).dtype();
  }

  /** The content of input {@code i} if it never changes, else null. */
  public Tensor constant(int i) {
    return i < constants.size() ? constants.get(i) : null;
  }

  public int[] outputShape(int i) {
    return outputs.get(i).shape().toArray();
  }

  /** Whether all given inputs and all outputs are float32. */
  public boolean allFloat() {
    return inputs.stream().allMatch(t -> t == null || t.dtype() == DType.FLOAT)
        && outputs.stream().allMatch(t -> t == null || t.dtype() == DType.FLOAT);
  }
}
