package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.cli.verify.Judge;
import dev.sardonyx.tensor.Value;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks exported from PyTorch give PyTorch's outputs in a session, optimized or not. */
class FixturesTest {
  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "net1", "resnet-tiny", "encoder-tiny", "lstm-tiny"})
  void givesPyTorchsOutputs(String name) {
    RealModels.Fixture fixture = RealModels.fixture(name);
    assertThat(fixture.data()).isNotEmpty();
    for (boolean optimize : new boolean[] {false, true}) {
      SessionOptions options = SessionOptions.DEFAULTS.optimize(optimize);
      try (Session session = Session.open(fixture.graph(), options)) {
        for (OnnxCase.Data data : fixture.data()) {
          List<Value> actual = List.copyOf(session.run(data.inputs()).values());
          assertThat(new Judge(1e-4, 1e-5).compareAll(data.outputs(), actual)).isNull();
        }
      }
    }
  }
}
