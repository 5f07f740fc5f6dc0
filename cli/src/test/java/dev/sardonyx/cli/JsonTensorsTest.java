package dev.sardonyx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class JsonTensorsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static Tensor read(String json, DType declared) throws JsonProcessingException {
    return JsonTensors.read(MAPPER.readTree(json), declared, "x.json");
  }

  @Test
  void readsNestedArraysAsTheDeclaredType() throws JsonProcessingException {
    assertThat(read("[[1, 2], [3, 4], [5, 6]]", DType.INT64))
        .isEqualTo(Tensor.of(new long[] {1, 2, 3, 4, 5, 6}, 3, 2));
    assertThat(read("[[1, \"NaN\"], [3, \"-Infinity\"]]", DType.FLOAT))
        .isEqualTo(Tensor.of(new float[] {1, Float.NaN, 3, Float.NEGATIVE_INFINITY}, 2, 2));
    assertThat(read("2.5", DType.FLOAT)).isEqualTo(Tensor.scalar(2.5f));
    assertThat(read("[]", DType.FLOAT)).isEqualTo(Tensor.zeros(DType.FLOAT, 0));
    assertThat(read("[[], []]", DType.FLOAT)).isEqualTo(Tensor.zeros(DType.FLOAT, 2, 0));
    assertThat(read("[true, false]", DType.BOOL))
        .isEqualTo(Tensor.of(new boolean[] {true, false}, 2));
    assertThat(read("[18446744073709551615]", DType.UINT64))
        .isEqualTo(Tensor.wrap(DType.UINT64, new long[] {-1}, 1));
  }

  @Test
  void readsObjectsWithTypeAndShape() throws JsonProcessingException {
    assertThat(read("{\"dtype\": \"int8\", \"shape\": [2, 1], \"data\": [-1, 7]}", DType.FLOAT))
        .isEqualTo(Tensor.wrap(DType.INT8, new byte[] {-1, 7}, 2, 1));
    assertThat(read("{\"data\": [[1], [2]]}", DType.FLOAT))
        .isEqualTo(Tensor.of(new float[] {1, 2}, 2, 1));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void whatIsWrittenIsReadBack(DType dtype) throws JsonProcessingException {
    Tensor t = RandomInputs.tensor("x", dtype, 2, 3);
    String text = Json.write(JsonTensors.write(t));
    assertThat(read(text, DType.FLOAT)).isEqualTo(t);
  }

  @Test
  void writesOtherValuesInsideOut() {
    SequenceValue sequence =
        SequenceValue.of(
            Tensor.scalar(1L), OptionalValue.EMPTY, OptionalValue.of(Tensor.scalar(2L)));
    assertThat(JsonTensors.write(sequence).toString())
        .isEqualTo(
            "[{\"dtype\":\"int64\",\"shape\":[],\"data\":[1]},null,"
                + "{\"dtype\":\"int64\",\"shape\":[],\"data\":[2]}]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[[1, 2], [3]] | FLOAT | expected rows of equal length and depth, as in [[1, 2], [3, 4]]",
        "[[1, 2], 3] | FLOAT | expected rows of equal length and depth, as in [[1, 2], [3, 4]]",
        "[1, \"two\"] | FLOAT | expected a number, got \"two\"",
        "[256] | UINT8 | expected a number of type uint8, got 256",
        "[-1] | UINT8 | expected a number of type uint8, got -1",
        "[1.5] | INT64 | expected a number of type int64, got 1.5",
        "[3] | INT2 | expected a number of type int2, got 3",
        "[\"yes\"] | BOOL | expected true or false, got \"yes\"",
        "{\"shape\": [2], \"data\": [1]} | FLOAT | expected 2 elements for shape [2], got 1",
        "{\"shape\": [1.5], \"data\": [1]} | FLOAT | expected a shape of whole numbers, got [1.5]",
        "{\"shape\": [2]} | FLOAT | expected nested arrays, or an object with \"data\"",
        "{\"dtype\": \"half\", \"data\": [1]} | FLOAT | expected an element type of ONNX, such as float or int64, got 'half'"
      })
  void saysWhatIsWrong(String json, DType declared, String reason) {
    assertThatThrownBy(() -> read(json, declared))
        .isInstanceOf(ModelException.class)
        .hasMessage("x.json: " + reason);
  }
}
