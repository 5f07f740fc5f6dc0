package dev.sardonyx.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sardonyx.cli.verify.Judge;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.io.ValueFile;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The oracle is PyTorch: inputs and outputs of the fixtures come from there. */
final class RunTest {
  private static final Path FIXTURES = Path.of("../models/fixtures");
  private static final Path LENET = FIXTURES.resolve("lenet5/model.onnx");
  private static final Path IMAGE = FIXTURES.resolve("lenet5/image.npy");
  private static final Path RESNET = FIXTURES.resolve("resnet-tiny/model.onnx");
  private static final Path ENCODER = FIXTURES.resolve("encoder-tiny");

  @TempDir Path folder;

  private static void assertAgrees(Tensor actual, Tensor expected) {
    assertThat(new Judge(1e-4, 1e-5).compare(expected, actual)).isNull();
  }

  private static Tensor expectedScores() throws IOException {
    return NpyFile.read(FIXTURES.resolve("lenet5/scores.npy"));
  }

  private static Result lenet(Object... more) {
    Object[] args = new Object[more.length + 2];
    args[0] = "run";
    args[1] = LENET;
    System.arraycopy(more, 0, args, 2, more.length);
    return Result.of(args);
  }

  // ---- inputs ----

  @Test
  void takesNumpyFilesAndWritesThem() throws IOException {
    Result r = lenet("--input", "image=" + IMAGE, "--output", folder);
    assertThat(r.exitCode()).isZero();
    assertThat(r.err()).isEmpty();
    assertThat(r.out())
        .containsPattern("image +float\\[1, 1, 28, 28] +" + IMAGE)
        .containsPattern("scores +float\\[1, 10] +-4\\.2989 +2\\.4703 +-0\\.07283\\d +2\\.1732 ")
        .contains("wrote " + folder.resolve("scores.npy"));
    assertAgrees(NpyFile.read(folder.resolve("scores.npy")), expectedScores());
  }

  @Test
  void takesTheOnlyInputWithoutItsName() throws IOException {
    lenet("--input", IMAGE, "--output", folder);
    assertAgrees(NpyFile.read(folder.resolve("scores.npy")), expectedScores());
  }

  @Test
  void takesAndWritesProtobufFiles() throws IOException {
    Path set = ENCODER.resolve("test_data_set_1");
    Result r =
        Result.of(
            "run",
            ENCODER.resolve("model.onnx"),
            "--input",
            "input_ids=" + set.resolve("input_0.pb"),
            "--input",
            "attention_mask=" + set.resolve("input_1.pb"),
            "--output",
            folder,
            "--format",
            "pb");
    assertThat(r.exitCode()).isZero();
    assertAgrees(
        (Tensor) ValueFile.read(folder.resolve("hidden_state.pb"), ValueType.UNKNOWN),
        (Tensor) ValueFile.read(set.resolve("output_0.pb"), ValueType.UNKNOWN));
  }

  @Test
  void takesAllInputsFromOneJsonFile() throws IOException {
    Path json =
        Files.writeString(
            folder.resolve("in.json"),
            "{\"input_ids\": [[1, 2, 3]], \"attention_mask\": [[1, 1, 1]]}");
    Result r = Result.of("run", ENCODER.resolve("model.onnx"), "--input", json);
    assertThat(r.exitCode()).isZero();
    assertThat(r.out()).containsPattern("input_ids +int64\\[1, 3] ").contains("float[1, 3, 32]");
  }

  @Test
  void whatItPrintsAsJsonCanBeFedAgain() throws IOException {
    Tensor image = NpyFile.read(IMAGE);
    Path json = folder.resolve("image.json");
    Files.writeString(json, Json.write(JsonTensors.write(image)));
    JsonNode tree = lenet("--input", "image=" + json, "--top", "2", "--json").json();
    JsonNode scores = tree.get("outputs").get("scores");
    assertAgrees(JsonTensors.read(scores, DType.FLOAT, "scores"), expectedScores());
    assertThat(scores.get("max").asDouble())
        .isCloseTo(scores.get("data").get(9).asDouble(), within(1e-6));
    assertThat(scores.at("/top/0/0/class").asInt()).isEqualTo(9);
    assertThat(scores.at("/top/0/1/class").asInt()).isZero();
    assertThat(tree.get("run_ms").asDouble()).isPositive();
  }

  @Test
  void takesPictures() throws IOException {
    Tensor pixels = NpyFile.read(IMAGE);
    double low = TensorSummary.of(pixels).min();
    double range = TensorSummary.of(pixels).max() - low;
    BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    Tensor rounded = Tensor.zeros(DType.FLOAT, 1, 1, 28, 28);
    for (int i = 0; i < 28 * 28; i++) {
      int sample = (int) Math.round((pixels.getDouble(i) - low) / range * 255);
      picture.getRaster().setSample(i % 28, i / 28, 0, sample);
      rounded.setDouble(i, sample / 255.0 * range + low);
    }
    Path png = folder.resolve("digit.png");
    ImageIO.write(picture, "png", png.toFile());
    Path npy = Files.write(folder.resolve("digit.npy"), NpyFile.write(rounded));
    Path fromPicture = folder.resolve("a");
    Path fromArray = folder.resolve("b");
    // (x - mean) / std = x·range + low
    Result r =
        lenet("--image", png, "--mean", -low / range, "--std", 1 / range, "--output", fromPicture);
    assertThat(r.err()).isEmpty();
    lenet("--input", npy, "--output", fromArray);
    assertAgrees(
        NpyFile.read(fromPicture.resolve("scores.npy")),
        NpyFile.read(fromArray.resolve("scores.npy")));
  }

  @Test
  void resizesPicturesToTheSizeAskedFor() throws IOException {
    BufferedImage picture = new BufferedImage(50, 40, BufferedImage.TYPE_INT_RGB);
    Path jpg = folder.resolve("photo.jpg");
    ImageIO.write(picture, "jpg", jpg.toFile());
    assertThat(Result.of("run", RESNET, "--image", jpg, "--size", "48x32").out())
        .containsPattern("image +float\\[1, 3, 32, 48] ");
    assertThat(Result.of("run", RESNET, "--image", jpg).out())
        .containsPattern("image +float\\[1, 3, 40, 50] ");
    assertThat(Result.of("run", RESNET, "--image", jpg, "--dim", "width=64").out())
        .containsPattern("image +float\\[1, 3, 40, 64] ");
  }

  @Test
  void randomInputsAreTheSameEveryTime() throws IOException {
    Path a = folder.resolve("a");
    Path b = folder.resolve("b");
    assertThat(lenet("--output", a).out()).containsPattern("image +float\\[1, 1, 28, 28] +random");
    lenet("--output", b, "--threads", "1");
    assertThat(a.resolve("scores.npy")).hasSameBinaryContentAs(b.resolve("scores.npy"));
  }

  @Test
  void dimensionsHoldForAllInputs() {
    Path model = ENCODER.resolve("model.onnx");
    assertThat(Result.of("run", model, "--dim", "sequence=7").out())
        .containsPattern("input_ids +int64\\[1, 7] +random")
        .containsPattern("attention_mask +int64\\[1, 7] +random");
    assertThat(Result.of("run", model, "--shape", "input_ids=2,5").out())
        .containsPattern("attention_mask +int64\\[2, 5] +random");
  }

  // ---- outputs ----

  @Test
  void showsTheHighestScoresWithTheirLabels() throws IOException {
    Path labels =
        Files.write(
            folder.resolve("labels.txt"),
            List.of("zero", "one", "two", "3", "4", "5", "6", "7", "8", "nine"));
    Result r = lenet("--input", IMAGE, "--top", "2", "--labels", labels);
    assertThat(r.out())
        .contains("top 2 of 'scores'\n")
        .containsPattern(" 9 +2\\.4703 +nine\n +0 +2\\.1732 +zero\n");
  }

  @Test
  void unoptimizedGivesTheSame() throws IOException {
    lenet("--input", IMAGE, "--no-optimize", "--output", folder);
    assertAgrees(NpyFile.read(folder.resolve("scores.npy")), expectedScores());
  }

  @Test
  void writesJsonFiles() throws IOException {
    lenet("--input", IMAGE, "--output", folder, "--format", "json");
    JsonNode tree = new ObjectMapper().readTree(folder.resolve("scores.json").toFile());
    assertAgrees(JsonTensors.read(tree, DType.FLOAT, "scores"), expectedScores());
  }

  // ---- errors ----

  private static void assertSays(Result r, String sentence) {
    assertThat(r).isEqualTo(new Result(1, "", "sardonyx: " + sentence + "\n"));
  }

  @Test
  void saysWhichDimensionsAreOpen() {
    assertSays(
        Result.of("run", RESNET),
        "input 'image': expected a number for every dimension of float[batch, 3, height, width];"
            + " add --dim height=N --dim width=N");
    assertSays(
        Result.of("run", RESNET, "--dim", "height=32"),
        "input 'image': expected a number for every dimension of float[batch, 3, height, width];"
            + " add --dim width=N");
  }

  @Test
  void saysWhichInputsThereAre() {
    assertSays(
        lenet("--input", "picture=" + IMAGE),
        "the model has no input 'picture'; its inputs are 'image'");
    assertSays(
        Result.of("run", ENCODER.resolve("model.onnx"), "--input", IMAGE),
        IMAGE
            + ": expected NAME=FILE, since the model has the inputs"
            + " 'input_ids', 'attention_mask'");
  }

  @Test
  void saysWhatDoesNotFit() throws IOException {
    Path wide =
        Files.write(
            folder.resolve("wide.npy"), NpyFile.write(Tensor.zeros(DType.FLOAT, 1, 1, 28, 29)));
    assertSays(
        lenet("--input", wide),
        "input 'image': expected float[batch, 1, 28, 28], got shape [1, 1, 28, 29]");
    Path doubles =
        Files.write(
            folder.resolve("double.npy"), NpyFile.write(Tensor.zeros(DType.DOUBLE, 1, 1, 28, 28)));
    assertSays(
        lenet("--input", doubles),
        "input 'image': expected float[batch, 1, 28, 28], got double[1, 1, 28, 28]");
    assertSays(
        Result.of(
            "run",
            ENCODER.resolve("model.onnx"),
            "--shape",
            "input_ids=1,5",
            "--dim",
            "sequence=6"),
        "dimension 'sequence': expected one extent in all inputs, got 5 and 6");
  }

  @Test
  void saysWhichFilesAreMissingOrOfAnotherKind() throws IOException {
    assertSays(Result.of("run", "no.onnx"), "no.onnx: expected a model file, but there is none");
    assertSays(lenet("--input", "image=no.npy"), "no.npy: there is no such file");
    assertSays(lenet("--image", "image=no.png"), "no.png: there is no such file");
    Path text = Files.writeString(folder.resolve("a.txt"), "1 2 3");
    assertSays(
        lenet("--input", "image=" + text),
        text + ": expected a .npy, .npz, .pb or .json file; a picture is given with --image");
    Path json = Files.writeString(folder.resolve("a.json"), "[1, 2");
    assertThat(lenet("--input", json).err()).startsWith("sardonyx: " + json + ": expected JSON: ");
  }

  @Test
  void aWrongCommandLineEndsWithTwo() {
    assertThat(lenet("--threads", "0"))
        .isEqualTo(
            new Result(
                2,
                "",
                "sardonyx: --threads: expected 1 to 1024, got 0\nTry 'sardonyx run --help'.\n"));
    assertThat(lenet("--size", "28").err())
        .contains("expected WIDTHxHEIGHT, as in 640x480, got '28'");
    assertThat(Result.of("run").err()).startsWith("sardonyx: Missing required parameter: 'MODEL'");
    assertThat(Result.of("run").exitCode()).isEqualTo(2);
  }

  @Test
  void helpTeaches() {
    Result r = Result.of("run", "--help");
    assertThat(r.exitCode()).isZero();
    assertThat(r.out()).contains("Examples:").contains("--mean 0.485,0.456,0.406");
  }
}
