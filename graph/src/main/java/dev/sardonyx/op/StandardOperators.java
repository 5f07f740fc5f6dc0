package dev.sardonyx.op;

import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.OperatorSet;
import dev.sardonyx.op.activation.ActivationOperators;
import dev.sardonyx.op.control.ControlOperators;
import dev.sardonyx.op.linear.LinearOperators;
import dev.sardonyx.op.math.MathOperators;
import dev.sardonyx.op.nn.NnOperators;
import dev.sardonyx.op.quantization.QuantizationOperators;
import dev.sardonyx.op.random.RandomOperators;
import dev.sardonyx.op.recurrent.RecurrentOperators;
import dev.sardonyx.op.reduction.ReductionOperators;
import dev.sardonyx.op.sequence.SequenceOperators;
import dev.sardonyx.op.shaping.ShapingOperators;
import dev.sardonyx.op.signal.SignalOperators;
import dev.sardonyx.op.text.TextOperators;
import dev.sardonyx.op.vision.VisionOperators;
import java.util.List;
import java.util.stream.Stream;

/** All operators that this project implements: one line per family, one package per family. */
public final class StandardOperators {
  private static final OperatorSet SET =
      OperatorSet.of(
          Stream.of(
                  ActivationOperators.all(),
                  ControlOperators.all(),
                  LinearOperators.all(),
                  MathOperators.all(),
                  NnOperators.all(),
                  QuantizationOperators.all(),
                  RandomOperators.all(),
                  RecurrentOperators.all(),
                  ReductionOperators.all(),
                  SequenceOperators.all(),
                  ShapingOperators.all(),
                  SignalOperators.all(),
                  TextOperators.all(),
                  VisionOperators.all())
              .flatMap(List<OperatorDefinition>::stream)
              .toList());

  private StandardOperators() {}

  public static OperatorSet set() {
    return SET;
  }
}
