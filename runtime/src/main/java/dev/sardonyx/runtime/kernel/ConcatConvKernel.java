package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.lowering.ConcatConv;
import dev.sardonyx.tensor.Tensor;

/** {@link ConcatConv}: a convolution that leaves channels of its output alone. */
final class ConcatConvKernel implements Kernel {
  private final Kernel conv;

  /** The convolution's own inputs. */
  private final Tensor[] inputs = new Tensor[3];

  /**
   * @param conv writes the channels that are the convolution's
   */
  ConcatConvKernel(Kernel conv) {
    this.conv = conv;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    Tensor y = out[0];
    if (in.length > 3 && !isInPlace(in[3], y)) {
      y.copyElements(0, in[3], 0, y.size());
    }
    System.arraycopy(in, 0, inputs, 0, inputs.length);
    conv.run(inputs, out);
  }

  private static boolean isInPlace(Tensor others, Tensor y) {
    return others.sharesArrayWith(y) && others.arrayOffset() == y.arrayOffset();
  }
}
