package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every operator against the specification's own list, {@code operators.json}: versions,
 * attributes, defaults, and for the element-wise families every element type.
 */
class OperatorCoverageTest {
  /** Families whose operators take any tensors of equal shape, or a scalar beside them. */
  private static final Set<String> ELEMENTWISE =
      Set.of("dev.sardonyx.op.math", "dev.sardonyx.op.activation", "dev.sardonyx.op.reduction");

  /**
   * Attributes that say how to compute, not what: a precision (here always double) or a blocking.
   */
  private static final Set<String> HINTS = Set.of("stash_type", "softmax_precision", "chunk_size");

  /** Operators whose attributes only make sense together. */
  private static final Set<String> INTERLOCKED = Set.of("TfIdfVectorizer");

  private static final Map<String, JsonNode> SPECIFICATION = new TreeMap<>();

  @BeforeAll
  static void readTheSpecification() throws IOException {
    Path root = OnnxCases.root();
    Path file = root == null ? null : root.resolveSibling("operators.json");
    assumeTrue(
        file != null && Files.exists(file),
        "the specification's list is not here: expected ../shared/conformance/operators.json");
    for (JsonNode op : new ObjectMapper().readTree(file.toFile()).get("ops")) {
      String domain = op.get("domain").asText();
      SPECIFICATION.put(key(domain.equals("ai.onnx") ? "" : domain, op.get("name").asText()), op);
    }
  }

  private static String key(String domain, String name) {
    return domain + "::" + name;
  }

  /** The operators of the specification that are here. */
  private static Stream<OperatorDefinition> implemented() {
    return SPECIFICATION.values().stream()
        .map(
            op -> {
              String domain = op.get("domain").asText();
              return StandardOperators.set()
                  .find(domain.equals("ai.onnx") ? "" : domain, op.get("name").asText());
            })
        .filter(Objects::nonNull);
  }

  private static Stream<DynamicTest> forEach(Consumer<OperatorDefinition> test) {
    return implemented().map(d -> dynamicTest(key(d.domain(), d.name()), () -> test.accept(d)));
  }

  private static JsonNode specified(OperatorDefinition d) {
    JsonNode op = SPECIFICATION.get(key(d.domain(), d.name()));
    assertThat(op).as("entry in the specification's list").isNotNull();
    return op;
  }

  @TestFactory
  Stream<DynamicTest> everyOperatorIsSpecifiedWithTheVersionItNeeds() {
    return forEach(
        d -> {
          List<Integer> versions = new ArrayList<>();
          specified(d).get("since_versions").forEach(v -> versions.add(v.asInt()));
          assertThat(versions).contains(d.since());
        });
  }

  @TestFactory
  Stream<DynamicTest> defaultsAreTheSpecifiedOnes() {
    return forEach(
        d -> {
          Attributes required = required(d);
          assumeTrue(required != null, "needs a graph, a tensor or several attributes together");
          Attributes explicit = required;
          for (JsonNode a : specified(d).get("newest").get("attributes")) {
            if (a.has("default")) {
              explicit = explicit.with(a.get("name").asText(), value(a, a.get("default")));
            }
          }
          assertThat(d.parser().apply(explicit))
              .usingRecursiveComparison()
              .withEqualsForType(Double::equals, Double.class)
              .withEqualsForType(Float::equals, Float.class)
              .isEqualTo(d.parser().apply(required));
        });
  }

  @TestFactory
  Stream<DynamicTest> everySpecifiedAttributeIsRead() {
    return forEach(
        d -> {
          Attributes required = required(d);
          assumeTrue(required != null, "needs a graph, a tensor or several attributes together");
          for (JsonNode a : specified(d).get("newest").get("attributes")) {
            String name = a.get("name").asText();
            if (!HINTS.contains(name)) {
              // A parser that reads it complains of a value of another kind.
              Attributes odd = required.with(name, new Attribute.TypesValue(List.of()));
              assertThat(catchThrowable(() -> d.parser().apply(odd)))
                  .as("parsing attribute %s of a wrong kind", name)
                  .isInstanceOf(ModelException.class)
                  .hasMessageContaining(name);
            }
          }
        });
  }

  /** The required attributes with values that a parser accepts; null if that takes more. */
  private static Attributes required(OperatorDefinition d) {
    if (INTERLOCKED.contains(d.name())) {
      return null;
    }
    Attributes out = Attributes.NONE;
    if (d.name().equals("RegexFullMatch")) {
      // Optional in the specification, which says nothing of its absence.
      out = out.with("pattern", Attribute.of(".*"));
    }
    for (JsonNode a : specified(d).get("newest").get("attributes")) {
      String name = a.get("name").asText();
      if (a.get("required").asBoolean()) {
        Attribute sample = sample(a.get("type").asText(), name);
        if (sample == null) {
          return null;
        }
        out = out.with(name, sample);
      }
    }
    return out;
  }

  private static Attribute sample(String type, String name) {
    return switch (name) {
      case "direction" -> Attribute.of("LEFT");
      case "equation" -> Attribute.of("ij,jk->ik");
      case "mode" -> Attribute.of("TF");
      default ->
          switch (type) {
            case "int" -> Attribute.of(1);
            case "ints" -> Attribute.of(1, 1);
            case "float" -> Attribute.of(1f);
            case "floats" -> new Attribute.FloatsValue(List.of(1f));
            default -> null;
          };
    };
  }

  private static Attribute value(JsonNode attribute, JsonNode v) {
    return switch (attribute.get("type").asText()) {
      case "int" -> Attribute.of(v.asLong());
      case "float" -> Attribute.of((float) v.asDouble());
      case "string" -> Attribute.of(v.asText());
      case "ints" -> new Attribute.IntsValue(elements(v).map(JsonNode::asLong).toList());
      case "strings" -> new Attribute.StringsValue(elements(v).map(JsonNode::asText).toList());
      default -> throw new AssertionError("a default of type " + attribute.get("type"));
    };
  }

  private static Stream<JsonNode> elements(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  // ---- element types ----

  @TestFactory
  Stream<DynamicTest> elementwiseOperatorsEvaluateEveryListedType() {
    return implemented()
        .filter(
            d -> {
              Attributes required = required(d);
              return required != null
                  && ELEMENTWISE.contains(d.parser().apply(required).getClass().getPackageName());
            })
        .flatMap(
            d ->
                elements(specified(d).get("newest").get("type_constraints"))
                    .flatMap(
                        variable ->
                            elements(variable.get("types"))
                                .map(t -> dtype(t.asText()))
                                .map(
                                    t ->
                                        dynamicTest(
                                            d.name()
                                                + ", "
                                                + variable.get("name").asText()
                                                + " = "
                                                + t,
                                            () -> evaluate(d, variable.get("name").asText(), t)))));
  }

  private static void evaluate(OperatorDefinition d, String variable, DType dtype) {
    JsonNode newest = specified(d).get("newest");
    Map<String, DType> types = new HashMap<>();
    for (JsonNode v : newest.get("type_constraints")) {
      types.put(v.get("name").asText(), dtype(v.get("types").get(0).asText()));
    }
    types.put(variable, dtype);
    Attributes attributes = required(d);
    if (d.name().equals("BitCast")) {
      types.put("T1", dtype);
      types.put("T2", dtype);
    }
    if (attributes.has("to")) {
      attributes = attributes.with("to", Attribute.of(types.get("T2").code()));
    }
    List<String> names = new ArrayList<>();
    List<Tensor> values = new ArrayList<>();
    List<ValueInfo> inputs = new ArrayList<>();
    for (JsonNode input : newest.get("inputs")) {
      String type = input.get("type").asText();
      Tensor x = ones(types.containsKey(type) ? types.get(type) : dtype(type), input);
      names.add(input.get("name").asText());
      values.add(x);
      inputs.add(new ValueInfo(input.get("name").asText(), ValueType.tensor(x.dtype(), x.shape())));
    }
    int outputs = newest.get("min_output").asInt();
    List<String> outputNames = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      outputNames.add("output" + i);
    }
    Operator operator = d.parser().apply(attributes);
    Node node = new Node("", d.domain(), d.name(), names, outputNames, attributes, operator);
    var results = ReferenceEvaluator.run(node, values);
    Inference inference = Inference.incremental(inputs);
    inference.add(node, Collections.emptyMap());
    for (int i = 0; i < outputs; i++) {
      Tensor y = (Tensor) results.get(i);
      String type = newest.get("outputs").get(i).get("type").asText();
      assertThat(y.dtype()).isEqualTo(types.containsKey(type) ? types.get(type) : dtype(type));
      assertThat(inference.type("output" + i)).isInstanceOf(ValueType.TensorType.class);
      assertThat(((ValueType.TensorType) inference.type("output" + i)).dtype())
          .isEqualTo(y.dtype());
    }
  }

  /** Ones [2, 2]; [1] for what is an axis or a count. */
  private static Tensor ones(DType dtype, JsonNode input) {
    boolean count = Set.of("axis", "axes", "K").contains(input.get("name").asText());
    Tensor t = count ? Tensor.zeros(dtype, 1) : Tensor.zeros(dtype, 2, 2);
    for (int i = 0; i < t.size(); i++) {
      if (dtype == DType.STRING) {
        t.setString(i, "1");
      } else if (dtype.isComplex()) {
        t.setComplex(i, 1, 0);
      } else {
        t.setDouble(i, 1);
      }
    }
    return t;
  }

  /** The type of a name as in {@code tensor(float)}. */
  private static DType dtype(String name) {
    for (DType d : DType.values()) {
      if (name.equals("tensor(" + d.onnxName() + ")")) {
        return d;
      }
    }
    throw new AssertionError("no tensor type: " + name);
  }
}
