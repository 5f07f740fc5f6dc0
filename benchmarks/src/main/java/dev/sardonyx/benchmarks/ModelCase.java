package dev.sardonyx.benchmarks;

import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.graph.io.OnnxReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A model with inputs, to be measured in both runtimes.
 *
 * @param title for people
 * @param required how many times as fast as ONNX Runtime this project wants to be; 0 for no aim
 */
record ModelCase(
    String name, String title, ModelFiles.Source source, List<Input> inputs, double required) {

  /** All that {@code benchmarks/run} measures when it is told nothing. */
  static List<ModelCase> all() {
    List<ModelCase> cases = new ArrayList<>();
    for (int[] s :
        new int[][] {
          {16, 384, 384},
          {16, 384, 1536},
          {16, 1536, 384},
          {128, 384, 384},
          {128, 384, 1536},
          {128, 1536, 384},
          {384, 384, 384},
          {512, 384, 1536},
          {197, 768, 3072}
        }) {
      String shape = s[0] + "x" + s[1] + "x" + s[2];
      cases.add(
          of(
              "matmul-" + shape,
              "MatMul " + shape.replace('x', '×'),
              SingleOperator.file("matmul-" + shape, () -> SingleOperator.matMul(s[0], s[1], s[2])),
              0.95,
              "x=" + s[0] + "," + s[1]));
    }
    for (int[] s : new int[][] {{64, 56, 256}, {256, 28, 512}, {1024, 14, 256}}) {
      conv(cases, "conv1x1", s[0], s[1], s[2], 1, 0.95);
    }
    for (int[] s : new int[][] {{64, 56}, {128, 28}, {256, 14}}) {
      conv(cases, "conv3x3", s[0], s[1], s[0], 3, 2.0);
    }
    miniLm(cases, "minilm", "MiniLM", "/all-minilm-l6-v2.onnx", 1.3, 1.15);
    miniLm(cases, "minilm-int8", "MiniLM int8", "/all-minilm-l6-v2-q.onnx", 0.55, 0.55);
    ocr(cases, "detection", "ch_PP-OCRv4_det_infer", 1.2, "x=1,3,640,640@text");
    ocr(cases, "recognition", "ch_PP-OCRv4_rec_infer", 1.0, "x=1,3,48,320@text");
    ocr(cases, "direction", "ch_ppocr_mobile_v2.0_cls_infer", 0, "x=1,3,48,192@text");
    cases.add(
        of(
            "silero",
            "Silero VAD v5",
            ModelFiles.npm("vad-web", "dist/silero_vad_v5.onnx"),
            1.3,
            "input=1,576",
            "state=2,1,128@0..0",
            "sr=@16000..16000"));
    cases.add(
        of(
            "blazeface",
            "BlazeFace",
            ModelFiles.npm("blazeface", "ONNX/face_detection_front_128x128_barracuda.onnx"),
            1.3,
            "input:0=1,128,128,3"));
    image(cases, "alexnet", "AlexNet", 0);
    image(cases, "vgg16", "VGG-16", 1.6);
    image(cases, "resnet18", "ResNet-18", 1.6);
    image(cases, "resnet50", "ResNet-50", 1.2);
    image(cases, "densenet121", "DenseNet-121", 1.2);
    image(cases, "mobilenet-v2", "MobileNetV2", 1.0);
    image(cases, "mobilenet-v3-small", "MobileNetV3-small", 1.0);
    image(cases, "efficientnet-b0", "EfficientNet-B0", 1.0);
    image(cases, "shufflenet-v2-x1-0", "ShuffleNetV2", 1.0);
    image(cases, "squeezenet1-1", "SqueezeNet 1.1", 1.0);
    image(cases, "convnext-tiny", "ConvNeXt-tiny", 1.05);
    image(cases, "vit-b-16", "ViT-B/16", 1.05);
    exported(cases, "lenet5", "LeNet-5", 1.3, "image=1,1,28,28");
    exported(cases, "lstm", "LSTM, 2 layers, 100 steps", 1.3, "x=100,1,256");
    exported(cases, "gru", "GRU, 2 layers, 100 steps", 1.3, "x=100,1,256");
    image(cases, "resnet50-fp16", "ResNet-50 float16", 1.5);
    exported(
        cases,
        "encoder-fp16",
        "MiniLM's size, float16 weights",
        1.5,
        "input_ids=1,128@1..30000",
        "attention_mask=1,128");
    return cases;
  }

  private static void miniLm(
      List<ModelCase> cases,
      String name,
      String title,
      String resource,
      double requiredAt16,
      double required) {
    for (int batch : new int[] {1, 8}) {
      for (int tokens : new int[] {16, 128, 512}) {
        String shape = batch + "," + tokens;
        cases.add(
            of(
                name + "-" + batch + "x" + tokens,
                title + " " + batch + "×" + tokens,
                ModelFiles.published(resource),
                tokens == 16 ? requiredAt16 : required,
                "input_ids=" + shape + "@1000..29000",
                "attention_mask=" + shape,
                "token_type_ids=" + shape + "@0..0"));
      }
    }
  }

  private static void conv(
      List<ModelCase> cases,
      String kind,
      int channels,
      int extent,
      int outChannels,
      int kernel,
      double required) {
    String name = "%s-%dx%d-%d".formatted(kind, channels, extent, outChannels);
    cases.add(
        of(
            name,
            "Conv %d×%d, %d×%d×%d → %d"
                .formatted(kernel, kernel, channels, extent, extent, outChannels),
            SingleOperator.file(
                name, () -> SingleOperator.conv(channels, extent, outChannels, kernel)),
            required,
            "x=1,%d,%d,%d".formatted(channels, extent, extent)));
  }

  private static void ocr(
      List<ModelCase> cases, String name, String file, double required, String input) {
    ModelFiles.Source source = ModelFiles.published("/models/" + file + ".onnx");
    cases.add(of("ocr-" + name, "RapidOCR " + name, source, required, input));
  }

  private static void image(List<ModelCase> cases, String name, String title, double required) {
    exported(cases, name, title, required, "image=1,3,224,224");
  }

  private static void exported(
      List<ModelCase> cases, String name, String title, double required, String... inputs) {
    cases.add(of(name, title, ModelFiles.exported(name), required, inputs));
  }

  private static ModelCase of(
      String name, String title, ModelFiles.Source source, double required, String... inputs) {
    return new ModelCase(
        name, title, source, Arrays.stream(inputs).map(Input::parse).toList(), required);
  }

  /** Writes the inputs for the processes that run the model. */
  Path writeInputs() throws IOException {
    List<TensorFile.Entry> entries = new ArrayList<>();
    for (ValueInfo declared : OnnxReader.read(source.file()).inputs()) {
      Input input =
          inputs.stream()
              .filter(i -> i.name().equals(declared.name()))
              .findFirst()
              .orElseGet(() -> staticInput(declared));
      TensorType type = (TensorType) declared.type();
      entries.add(SardonyxChild.entry(input.name(), input.values(type.dtype())));
    }
    Path file = Files.createDirectories(ModelFiles.WORK).resolve(name + ".inputs");
    TensorFile.write(file, entries);
    return file;
  }

  private static Input staticInput(ValueInfo declared) {
    if (declared.type() instanceof TensorType t && t.shape().isStatic()) {
      return new Input(declared.name(), t.shape().toArray(), null, null, false);
    }
    throw new IllegalArgumentException("expected --input " + declared.name() + "=SHAPE");
  }

  String describeInputs() {
    return inputs.stream().map(Input::toString).collect(Collectors.joining(" "));
  }
}
