package dev.sardonyx.op.signal;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Short-time Fourier transform (ai.onnx STFT, version 17): the {@link DFT} of frames of the signal,
 * {@code frame_step} apart, each multiplied by the window.
 *
 * <p>signal [N, L, 1] real or [N, L, 2] complex; window [F] or omitted (ones); frame_length F, or
 * the window's. Output [N, 1 + (L − F) / frame_step, bins, 2]; bins are ⌊F/2⌋ + 1 when one-sided,
 * else F.
 */
public record STFT(boolean oneSided) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("STFT", a -> new STFT(a.getFlag("onesided", true))).since(17);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), c.freshShape(4)));
    }
    Dim length = c.freshDim();
    if (c.hasInput(3) && c.extents(3) != null) {
      length = c.extents(3).get(0);
    } else if (c.hasInput(2) && c.shape(2).hasRank()) {
      length = c.shape(2).dim(0);
    }
    Dim frames =
        c.extents(1) == null
            ? c.freshDim()
            : x.dim(1).minus(length).floorDividedBy(c.extents(1).get(0)).plus(1);
    Dim bins = oneSided ? length.floorDividedBy(Dim.of(2)).plus(1) : length;
    return List.of(ValueType.tensor(c.dtype(0), Shape.of(x.dim(0), frames, bins, Dim.of(2))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor signal = c.tensor(0);
    int step = c.tensor(1).getInt(0);
    Tensor window = c.tensorOrNull(2);
    if (window == null && !c.hasInput(3)) {
      throw new ModelException("expected a window or frame_length, got neither");
    }
    int length = c.hasInput(3) ? c.tensor(3).getInt(0) : window.size();
    int samples = signal.dim(1);
    int parts = signal.rank() == 3 ? signal.dim(2) : 1;
    if (step < 1 || length < 1 || length > samples || window != null && window.size() != length) {
      throw new ModelException(
          "expected frame_step of at least 1 and a window and frame_length of at most "
              + samples
              + " samples, got step "
              + step
              + ", frame_length "
              + length
              + (window == null ? "" : ", window " + window.describe()));
    }
    int frames = 1 + (samples - length) / step;
    int bins = oneSided ? length / 2 + 1 : length;
    Tensor y = Tensor.zeros(signal.dtype(), signal.dim(0), frames, bins, 2);
    double[] re = new double[length];
    double[] im = new double[length];
    for (int row = 0; row < signal.dim(0) * frames; row++) {
      int from = row / frames * samples + row % frames * step;
      for (int t = 0; t < length; t++) {
        double w = window == null ? 1 : window.getDouble(t);
        re[t] = w * signal.getDouble((from + t) * parts);
        im[t] = parts == 2 ? w * signal.getDouble((from + t) * parts + 1) : 0;
      }
      Fourier f = Fourier.transform(re, im, -1);
      for (int k = 0; k < bins; k++) {
        y.setDouble((row * bins + k) * 2, f.re[k]);
        y.setDouble((row * bins + k) * 2 + 1, f.im[k]);
      }
    }
    return List.of(y);
  }
}
