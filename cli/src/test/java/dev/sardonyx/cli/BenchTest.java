package dev.sardonyx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class BenchTest {
  private static final Path FIXTURES = Path.of("../models/fixtures");
  private static final Path LENET = FIXTURES.resolve("lenet5/model.onnx");

  @Test
  void jsonHasTheKeysThatScriptsRelyOn() throws JsonProcessingException {
    Result r =
        Result.of(
            "bench", LENET, "--threads", "1", "--seconds", "0.1", "--warmup", "0.1", "--json");
    assertThat(r.exitCode()).isZero();
    JsonNode json = r.json();
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "model",
            "threads",
            "load_ms",
            "first_run_ms",
            "median_ms",
            "p10_ms",
            "p90_ms",
            "min_ms",
            "runs",
            "allocated_bytes_per_run",
            "peak_rss_mb");
    assertThat(json.get("model").asText()).isEqualTo(LENET.toString());
    assertThat(json.get("threads").asInt()).isEqualTo(1);
    assertThat(json.get("runs").asInt()).isPositive();
    double[] ordered = {
      json.get("min_ms").asDouble(),
      json.get("p10_ms").asDouble(),
      json.get("median_ms").asDouble(),
      json.get("p90_ms").asDouble()
    };
    assertThat(ordered).isSorted();
    assertThat(json.get("allocated_bytes_per_run").asLong()).isNotNegative();
  }

  @Test
  void printsATableForPeople() {
    Result r =
        Result.of(
            "bench",
            FIXTURES.resolve("resnet-tiny/model.onnx"),
            "--shape",
            "image=1,3,32,32",
            "--seconds",
            "0.05",
            "--warmup",
            "0");
    assertThat(r.err()).isEmpty();
    assertThat(r.out())
        .containsPattern("threads +\\d+\n")
        .containsPattern("median +\\d+\\.\\d\\d ms\n")
        .containsPattern("allocated a run +[\\d.]+ [KM]?B\n");
  }

  @Test
  void aProfileTellsWhatEachOperatorTakes() throws JsonProcessingException {
    Result table = Result.of("bench", LENET, "--seconds", "0.05", "--warmup", "0", "--profile");
    assertThat(table.out()).containsPattern("operator +nodes +time +share\n");
    Result r =
        Result.of("bench", LENET, "--seconds", "0.05", "--warmup", "0", "--profile", "--json");
    int convolutions = 0;
    for (JsonNode o : r.json().get("operators")) {
      assertThat(o.get("ms").asDouble()).isNotNegative();
      convolutions += o.get("operator").asText().contains("Conv") ? o.get("nodes").asInt() : 0;
    }
    assertThat(convolutions).isEqualTo(2);
  }

  @Test
  void openDimensionsAreAnError() {
    Result r = Result.of("bench", FIXTURES.resolve("resnet-tiny/model.onnx"));
    assertThat(r.exitCode()).isEqualTo(1);
    assertThat(r.err()).endsWith("add --dim height=N --dim width=N\n");
  }
}
