package dev.sardonyx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.cli.OutputFiles.Format;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputFilesTest {
  @TempDir Path folder;

  @Test
  void filesAreNamedAfterOutputsAndStayInTheFolder() throws IOException {
    Map<String, Value> values = new LinkedHashMap<>();
    values.put("a/b", Tensor.scalar(1f));
    values.put("a:b", Tensor.scalar(2f));
    values.put("../c", Tensor.scalar(3f));
    Path out = folder.resolve("new/folder");
    assertThat(OutputFiles.write(out, values, Format.NPY).values())
        .containsExactly(out.resolve("a_b.npy"), out.resolve("a_b_2.npy"), out.resolve("__c.npy"));
    assertThat(NpyFile.read(out.resolve("a_b_2.npy"))).isEqualTo(Tensor.scalar(2f));
    assertThat(out).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void allAppearOrNone() {
    Map<String, Value> values = new LinkedHashMap<>();
    values.put("fine", Tensor.scalar(1f));
    values.put("half", Tensor.zeros(DType.BFLOAT16, 2));
    assertThatThrownBy(() -> OutputFiles.write(folder, values, Format.NPY))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "output 'half': NumPy has no element type for bfloat16:"
                + " use --format pb or --format json");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void filesThatWereThereAreReplaced() throws IOException {
    Files.writeString(folder.resolve("x.npy"), "old");
    OutputFiles.write(folder, Map.of("x", Tensor.scalar(1f)), Format.NPY);
    assertThat(NpyFile.read(folder.resolve("x.npy"))).isEqualTo(Tensor.scalar(1f));
  }
}
