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

/**
 * All operators that this project implements: one line per family, one package per family. An
 * operator's class is not loaded before a model uses it.
 */
public final class StandardOperators {
  private static final OperatorSet SET = OperatorSet.of(StandardOperators::find);

  private StandardOperators() {}

  public static OperatorSet set() {
    return SET;
  }

  private static OperatorDefinition find(String name) {
    OperatorDefinition d = null;
    d = d != null ? d : ActivationOperators.find(name);
    d = d != null ? d : ControlOperators.find(name);
    d = d != null ? d : LinearOperators.find(name);
    d = d != null ? d : MathOperators.find(name);
    d = d != null ? d : NnOperators.find(name);
    d = d != null ? d : QuantizationOperators.find(name);
    d = d != null ? d : RandomOperators.find(name);
    d = d != null ? d : RecurrentOperators.find(name);
    d = d != null ? d : ReductionOperators.find(name);
    d = d != null ? d : SequenceOperators.find(name);
    d = d != null ? d : ShapingOperators.find(name);
    d = d != null ? d : SignalOperators.find(name);
    d = d != null ? d : TextOperators.find(name);
    d = d != null ? d : VisionOperators.find(name);
    return d;
  }
}
