package dev.sardonyx.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.UnknownOperator;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.tensor.Tensor;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is in a model. */
@Command(
    name = "inspect",
    description = "Show what is in a model: inputs, outputs, operators, parameters, costs.",
    mixinStandardHelpOptions = true,
    footerHeading = "%n",
    footer = {
      "The model is shown as it was read: constants are no nodes, functions are",
      "inlined, old versions of operators are brought to today's, and the opset with",
      "them. --cost needs numbers for all dimensions; FLOP/B is two operations a MAC,",
      "by the bytes of inputs and outputs, weights included.",
      "",
      "Examples:",
      "  sardonyx inspect model.onnx",
      "  sardonyx inspect bert.onnx --cost --dim batch=1 --dim sequence=128"
    })
final class Inspect implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The ONNX file.")
  Path model;

  @Mixin ShapeOptions shapes;

  @Option(
      names = "--cost",
      description = "A line per node: output, MACs, parameters, bytes moved, intensity.")
  boolean cost;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    Graph graph = OnnxReader.read(model);
    InputShapes extents = shapes.of(graph.inputs());
    if (cost) {
      extents.defaultBatch();
    }
    Inference types = Inference.of(graph, extents.types());
    List<NodeCost> costs = cost ? NodeCost.of(graph, types) : List.of();
    Totals totals = Totals.of(graph);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.write(asJson(graph, extents, types, totals, costs)));
    } else {
      print(out, graph, extents, types, totals);
      if (cost) {
        printCosts(out, costs);
      }
    }
    return 0;
  }

  /**
   * Sums over a model and its subgraphs.
   *
   * @param operators nodes by operator
   * @param unknown operators that this version does not have
   */
  private record Totals(
      int nodes,
      long parameters,
      long bytes,
      Map<String, Integer> operators,
      TreeSet<String> unknown) {
    static Totals of(Graph graph) {
      List<Graph> all = new ArrayList<>();
      collect(graph, all);
      Map<String, Integer> operators = new TreeMap<>();
      TreeSet<String> unknown = new TreeSet<>();
      long parameters = 0;
      long bytes = 0;
      int nodes = 0;
      for (Graph g : all) {
        nodes += g.nodes().size();
        for (Node n : g.nodes()) {
          operators.merge(n.qualifiedOpType(), 1, Integer::sum);
          if (n.operator() instanceof UnknownOperator) {
            unknown.add(n.qualifiedOpType());
          }
        }
        for (Tensor t : g.initializers().values()) {
          parameters += NodeCost.isWeight(t.dtype()) ? t.size() : 0;
          bytes += t.dtype().byteSize(t.size());
        }
      }
      return new Totals(nodes, parameters, bytes, operators, unknown);
    }

    private static void collect(Graph graph, List<Graph> into) {
      into.add(graph);
      graph.nodes().forEach(n -> n.subgraphs().forEach(g -> collect(g, into)));
    }
  }

  private void print(
      PrintWriter out, Graph graph, InputShapes extents, Inference types, Totals totals) {
    ConsoleTable facts = new ConsoleTable().words("").words("");
    facts.row("model", model.toString());
    String producer = (graph.info().producerName() + " " + graph.info().producerVersion()).strip();
    if (!producer.isEmpty()) {
      facts.row("made by", producer);
    }
    facts.row("opsets", opsets(graph) + " (IR version " + graph.info().irVersion() + ")");
    graph.info().metadata().forEach((k, v) -> facts.row("metadata", k + " = " + shortened(v)));
    facts.row("nodes", Figures.count(totals.nodes));
    facts.row(
        "parameters",
        Figures.count(totals.parameters) + " (constants: " + Figures.bytes(totals.bytes) + ")");
    if (!totals.unknown.isEmpty()) {
      facts.row("not supported", String.join(", ", totals.unknown));
    }
    facts.print(out);

    out.println();
    ConsoleTable values = new ConsoleTable().words("").words("").words("");
    for (ValueInfo v : graph.inputs()) {
      boolean optional = graph.initializers().containsKey(v.name());
      values.row("input", v.name(), TypeText.of(extents.type(v)) + (optional ? " (optional)" : ""));
    }
    graph.outputs().forEach(v -> values.row("output", v.name(), TypeText.of(type(v, types))));
    values.print(out);

    out.println();
    ConsoleTable operators = new ConsoleTable().words("operator").figures("count");
    totals.operators.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .forEach(e -> operators.row(e.getKey(), Figures.count(e.getValue())));
    operators.print(out);
  }

  private static String opsets(Graph graph) {
    return graph.info().opsets().entrySet().stream()
        .map(e -> (e.getKey().isEmpty() ? "ai.onnx" : e.getKey()) + " " + e.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= 60 ? line : line.substring(0, 57) + "...";
  }

  /** What is inferred, or what the file declares where that says nothing. */
  private static ValueType type(ValueInfo value, Inference types) {
    ValueType inferred = types.type(value.name());
    return inferred == ValueType.UNKNOWN ? value.type() : inferred;
  }

  private static void printCosts(PrintWriter out, List<NodeCost> costs) {
    out.println();
    ConsoleTable table =
        new ConsoleTable()
            .words("node")
            .words("operator")
            .words("output")
            .figures("MACs")
            .figures("parameters")
            .figures("bytes")
            .figures("FLOP/B");
    for (NodeCost c : costs) {
      table.row(
          name(c.node()),
          c.node().qualifiedOpType(),
          TypeText.of(c.output()),
          c.macs() == null ? Figures.UNKNOWN : Figures.count(c.macs()),
          Figures.count(c.parameters()),
          c.bytes() == null ? Figures.UNKNOWN : Figures.count(c.bytes()),
          c.intensity() == null
              ? Figures.UNKNOWN
              : String.format(Locale.ROOT, "%.2f", c.intensity()));
    }
    NodeCost total = total(costs);
    table.row(
        "total",
        "",
        "",
        Figures.count(total.macs()),
        Figures.count(total.parameters()),
        Figures.count(total.bytes()),
        total.intensity() == null ? "" : String.format(Locale.ROOT, "%.2f", total.intensity()));
    table.print(out);
    long unknown = costs.stream().filter(c -> c.macs() == null).count();
    if (unknown > 0) {
      out.printf(
          "%nNot counted: %d nodes whose shapes are not known; --dim or --shape may tell.%n",
          unknown);
    }
  }

  private static String name(Node node) {
    return shortened(node.name().isEmpty() ? node.output(0) : node.name());
  }

  private static NodeCost total(List<NodeCost> costs) {
    long macs = 0;
    long parameters = 0;
    long bytes = 0;
    for (NodeCost c : costs) {
      macs += c.macs() == null ? 0 : c.macs();
      parameters += c.parameters();
      bytes += c.bytes() == null ? 0 : c.bytes();
    }
    return new NodeCost(null, ValueType.UNKNOWN, macs, parameters, bytes);
  }

  private ObjectNode asJson(
      Graph graph, InputShapes extents, Inference types, Totals totals, List<NodeCost> costs) {
    ObjectNode tree = Json.object();
    tree.put("model", model.toString());
    tree.put("producer", graph.info().producerName());
    tree.put("producer_version", graph.info().producerVersion());
    tree.put("ir_version", graph.info().irVersion());
    ObjectNode opsets = tree.putObject("opsets");
    graph.info().opsets().forEach((k, v) -> opsets.put(k.isEmpty() ? "ai.onnx" : k, v));
    ObjectNode metadata = tree.putObject("metadata");
    graph.info().metadata().forEach(metadata::put);
    tree.put("nodes", totals.nodes);
    tree.put("parameters", totals.parameters);
    tree.put("constant_bytes", totals.bytes);
    ArrayNode unknown = tree.putArray("unsupported_operators");
    totals.unknown.forEach(unknown::add);
    ArrayNode inputs = tree.putArray("inputs");
    graph
        .inputs()
        .forEach(
            v ->
                inputs
                    .addObject()
                    .put("name", v.name())
                    .put("type", TypeText.of(extents.type(v)))
                    .put("optional", graph.initializers().containsKey(v.name())));
    ArrayNode outputs = tree.putArray("outputs");
    graph
        .outputs()
        .forEach(
            v ->
                outputs.addObject().put("name", v.name()).put("type", TypeText.of(type(v, types))));
    ObjectNode operators = tree.putObject("operators");
    totals.operators.forEach(operators::put);
    if (cost) {
      ArrayNode nodes = tree.putArray("costs");
      for (NodeCost c : costs) {
        ObjectNode node = nodes.addObject();
        node.put("node", c.node().name().isEmpty() ? c.node().output(0) : c.node().name());
        node.put("operator", c.node().qualifiedOpType());
        node.put("output", TypeText.of(c.output()));
        addCost(node, c);
      }
      addCost(tree.putObject("total"), total(costs));
    }
    return tree;
  }

  private static void addCost(ObjectNode node, NodeCost c) {
    node.put("macs", c.macs());
    node.put("parameters", c.parameters());
    node.put("bytes", c.bytes());
    node.put("flops_per_byte", c.intensity());
  }
}
