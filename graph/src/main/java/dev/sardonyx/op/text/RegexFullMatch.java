package dev.sardonyx.op.text;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Whether the whole of every string matches a regular expression (ai.onnx RegexFullMatch-20). The
 * specification means RE2's syntax; Java's is used, which has all of it but a few escapes.
 */
public record RegexFullMatch(String pattern) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("RegexFullMatch", RegexFullMatch::parse).since(20);

  private static RegexFullMatch parse(Attributes a) {
    if (!a.has("pattern")) {
      throw Attributes.missing("pattern");
    }
    String pattern = a.getString("pattern", "");
    try {
      Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new ModelException(
          "attribute pattern: expected a regular expression, got " + pattern, e);
    }
    return new RegexFullMatch(pattern);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(DType.BOOL, c.shape(0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Pattern compiled = Pattern.compile(pattern);
    Tensor y = Tensor.zeros(DType.BOOL, x.shape());
    for (int i = 0; i < x.size(); i++) {
      y.setBoolean(i, compiled.matcher(x.getString(i)).matches());
    }
    return List.of(y);
  }
}
