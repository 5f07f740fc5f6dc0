package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sardonyx.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The demo with the published model; the oracle is another runtime, see the fixture's README. */
final class DemoTest {
  private static final Path REFERENCE = Path.of("../models/fixtures/minilm/reference.json");

  private static String model() throws IOException, URISyntaxException {
    JarURLConnection jar =
        (JarURLConnection) DemoTest.class.getResource("/all-minilm-l6-v2.onnx").openConnection();
    return Path.of(jar.getJarFileURL().toURI()).toString();
  }

  private static String demo(String... args) throws IOException, URISyntaxException {
    List<String> all = new ArrayList<>(List.of("demo", "--model", model()));
    all.addAll(List.of(args));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.execute(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    return out.toString();
  }

  @Test
  void embeddingsAgreeWithThoseOfAnotherRuntime() throws IOException, URISyntaxException {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode reference = mapper.readTree(REFERENCE.toFile());
    List<String> args = new ArrayList<>(List.of("--json"));
    reference.forEach(entry -> args.add(entry.get("text").asText()));
    JsonNode sentences = mapper.readTree(demo(args.toArray(String[]::new))).get("sentences");
    assertThat(sentences).hasSameSizeAs(reference);
    for (int i = 0; i < reference.size(); i++) {
      assertThat(sentences.get(i).get("ids")).isEqualTo(reference.get(i).get("ids"));
      JsonNode expected = reference.get(i).get("embedding");
      JsonNode actual = sentences.get(i).get("embedding");
      assertThat(actual).hasSize(384);
      for (int j = 0; j < 384; j++) {
        assertThat(actual.get(j).asDouble()).isCloseTo(expected.get(j).asDouble(), within(1e-4));
      }
    }
  }

  @Test
  void sentencesOfAPairAreMoreAlikeThanAnyOthers() throws IOException, URISyntaxException {
    JsonNode similarity = new ObjectMapper().readTree(demo("--json")).get("similarity");
    for (int i = 0; i < 6; i++) {
      int partner = i ^ 1;
      for (int j = 0; j < 6; j++) {
        if (j != i && j != partner) {
          assertThat(similarity.get(i).get(partner).asDouble())
              .isGreaterThan(similarity.get(i).get(j).asDouble() + 0.2);
        }
      }
    }
  }

  @Test
  void itPrintsATableAndFacts() throws IOException, URISyntaxException {
    assertThat(demo("The kettle is boiling.", "Water is heating up in the pot."))
        .containsPattern("1 +- +0\\.\\d\\d +\\d+ +The kettle is boiling\\.\n")
        .containsPattern("model +all-minilm-l6-v2: 22,\\d+,\\d+ parameters")
        .containsPattern("load +[\\d.]+ ms\n")
        .containsPattern("median +[\\d.]+ ms a sentence, once warm \\([\\d,]+ runs\\)\n");
  }
}
