package dev.sardonyx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle is NumPy: {@code make.py} among the resources wrote the files. */
final class NpyFileTest {
  private static final Path FOLDER = Path.of("src/test/resources/numpy");

  private static Tensor read(String name) throws IOException {
    return NpyFile.read(FOLDER.resolve(name + ".npy"));
  }

  private static Tensor integers(DType dtype, long... values) {
    Tensor t = Tensor.zeros(dtype, 2, 3);
    IntStream.range(0, values.length).forEach(i -> t.setLong(i, values[i]));
    return t;
  }

  @Test
  void readsIntegersAndBooleans() throws IOException {
    assertThat(read("bool")).isEqualTo(integers(DType.BOOL, 0, 1, 0, 1, 0, 1));
    assertThat(read("int8")).isEqualTo(integers(DType.INT8, -128, -1, 0, 1, 2, 127));
    assertThat(read("int16")).isEqualTo(integers(DType.INT16, -32768, -1, 0, 1, 2, 32767));
    assertThat(read("int32"))
        .isEqualTo(integers(DType.INT32, Integer.MIN_VALUE, -1, 0, 1, 2, Integer.MAX_VALUE));
    assertThat(read("int64"))
        .isEqualTo(integers(DType.INT64, Long.MIN_VALUE, -1, 0, 1, 2, Long.MAX_VALUE));
    assertThat(read("uint8")).isEqualTo(integers(DType.UINT8, 0, 1, 2, 3, 4, 255));
    assertThat(read("uint16")).isEqualTo(integers(DType.UINT16, 0, 1, 2, 3, 4, 65535));
    assertThat(read("uint32")).isEqualTo(integers(DType.UINT32, 0, 1, 2, 3, 4, 0xFFFF_FFFFL));
    assertThat(read("uint64")).isEqualTo(integers(DType.UINT64, 0, 1, 2, 3, 4, -1));
  }

  @ParameterizedTest
  @CsvSource({"float16, FLOAT16", "float32, FLOAT", "float64, DOUBLE"})
  void readsFloats(String file, DType dtype) throws IOException {
    Tensor t = read(file);
    assertThat(t.dtype()).isEqualTo(dtype);
    assertThat(t.shape()).containsExactly(2, 3);
    assertThat(t.toDoubles())
        .containsExactly(
            0.5, -1.25, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0);
  }

  @ParameterizedTest
  @CsvSource({"complex64, COMPLEX64", "complex128, COMPLEX128", "bigendian-complex, COMPLEX64"})
  void readsComplexNumbers(String file, DType dtype) throws IOException {
    Tensor t = read(file);
    assertThat(t.describe()).isEqualTo(dtype.onnxName() + "[2]");
    assertThat(new double[] {t.getReal(0), t.getImaginary(0), t.getReal(1), t.getImaginary(1)})
        .usingComparatorWithPrecision(0.0)
        .containsExactly(1, 2, 0, -0.5);
  }

  @Test
  void readsText() throws IOException {
    assertThat(read("text")).isEqualTo(Tensor.of(new String[] {"a", "größer", "\uD83D\uDE00!"}, 3));
    assertThat(read("bytes")).isEqualTo(Tensor.of(new String[] {"a", "abc"}, 2));
    assertThat(read("bigendian-text")).isEqualTo(Tensor.of(new String[] {"a", "größer"}, 2));
  }

  @Test
  void readsEveryRank() throws IOException {
    assertThat(read("scalar")).isEqualTo(Tensor.scalar(2.5f));
    assertThat(read("empty")).isEqualTo(Tensor.zeros(DType.FLOAT, 0, 3));
    int[] count = IntStream.range(0, 24).toArray();
    assertThat(read("rank4")).isEqualTo(Tensor.of(count, 2, 3, 4, 1));
  }

  @Test
  void readsBothStorageAndByteOrdersAndAllVersions() throws IOException {
    assertThat(read("fortran")).isEqualTo(Tensor.of(IntStream.range(0, 24).toArray(), 2, 3, 4));
    assertThat(read("bigendian")).isEqualTo(Tensor.of(new double[] {0, 1, 2, 3, 4, 5}, 2, 3));
    Tensor expected = Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);
    assertThat(read("version2")).isEqualTo(expected);
    assertThat(read("version3")).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bool",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "float32",
        "float64",
        "complex64",
        "complex128",
        "text",
        "scalar",
        "empty",
        "rank4"
      })
  void writesTheBytesThatNumpyWrites(String file) throws IOException {
    byte[] expected = Files.readAllBytes(FOLDER.resolve(file + ".npy"));
    assertThat(NpyFile.write(NpyFile.read(expected, file))).isEqualTo(expected);
  }

  @Property(tries = 200)
  void whatIsWrittenIsReadBack(
      @ForAll @Size(max = 5) List<@IntRange(max = 4) Integer> shape, @ForAll int seed) {
    Tensor t =
        RandomInputs.tensor("t" + seed, DType.FLOAT16, shape.stream().mapToInt(n -> n).toArray());
    assertThat(NpyFile.read(NpyFile.write(t), "t")).isEqualTo(t);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "structured | expected an array of numbers, booleans or text, got the header",
        "objects | expected an array of numbers, booleans or text, got NumPy type 'O",
        "longdouble | expected an array of numbers, booleans or text, got NumPy type 'f16'"
      })
  void saysWhichArraysItCannotRead(String file, String reason) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(file + ".npy: " + reason);
  }

  @Test
  void saysWhatIsWrongWithTheFile() throws IOException {
    byte[] good = Files.readAllBytes(FOLDER.resolve("float32.npy"));
    assertThatThrownBy(() -> NpyFile.read(Arrays.copyOf(good, good.length - 1), "x.npy"))
        .isInstanceOf(ModelException.class)
        .hasMessage("x.npy: expected 24 bytes of data for shape [2, 3], got 23");
    assertThatThrownBy(() -> NpyFile.read(Arrays.copyOf(good, 40), "x.npy"))
        .isInstanceOf(ModelException.class)
        .hasMessage("x.npy: expected a header of 118 bytes, but only 30 are left");
    assertThatThrownBy(() -> NpyFile.read("hello world!".getBytes(StandardCharsets.UTF_8), "x.npy"))
        .isInstanceOf(ModelException.class)
        .hasMessage("x.npy: expected a NumPy array (.npy), but it does not begin like one");
    byte[] version9 = good.clone();
    version9[6] = 9;
    assertThatThrownBy(() -> NpyFile.read(version9, "x.npy"))
        .isInstanceOf(ModelException.class)
        .hasMessage("x.npy: expected .npy version 1, 2 or 3, got 9");
  }

  @Test
  void aHugeShapeIsRefusedBeforeAnythingIsAllocated() throws IOException {
    byte[] good = Files.readAllBytes(FOLDER.resolve("float32.npy"));
    String header = new String(good, StandardCharsets.ISO_8859_1);
    byte[] huge =
        header
            .replace("(2, 3), }        ", "(999999, 999), } ")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThat(huge).hasSameSizeAs(good);
    assertThatThrownBy(() -> NpyFile.read(huge, "x.npy"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected 3995996004 bytes of data");
  }

  @Test
  void saysWhichTypesNumpyDoesNotHave() {
    assertThatThrownBy(() -> NpyFile.write(Tensor.zeros(DType.BFLOAT16, 1)))
        .isInstanceOf(ModelException.class)
        .hasMessage("NumPy has no element type for bfloat16: use --format pb or --format json");
  }

  @Test
  void readsArchives() throws IOException {
    Tensor x = Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);
    assertThat(NpzFile.read(FOLDER.resolve("two.npz")))
        .containsOnlyKeys("x", "label")
        .containsEntry("x", x)
        .containsEntry("label", Tensor.vector(3));
    assertThat(NpzFile.read(FOLDER.resolve("compressed.npz"))).containsEntry("x", x).hasSize(1);
    assertThatThrownBy(() -> NpzFile.read(FOLDER.resolve("int8.npy")))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("int8.npy: expected a NumPy archive (.npz)");
  }
}
