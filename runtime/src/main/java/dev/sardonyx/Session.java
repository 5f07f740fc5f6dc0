package dev.sardonyx;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType.MapType;
import dev.sardonyx.graph.ValueType.OptionalType;
import dev.sardonyx.graph.ValueType.SequenceType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.optimizer.Level;
import dev.sardonyx.optimizer.Optimizer;
import dev.sardonyx.runtime.NodeTime;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.kernel.PackedWeights;
import dev.sardonyx.runtime.lowering.Float16Widening;
import dev.sardonyx.runtime.lowering.Lowering;
import dev.sardonyx.runtime.plan.Program;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.MapValue;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A model ready to be run.
 *
 * <pre>{@code
 * try (Session session = Session.open(Path.of("model.onnx"))) {
 *   Tensor image = Tensor.of(pixels, 1, 3, 224, 224);
 *   Map<String, Value> outputs = session.run(Map.of("image", image));
 *   float[] scores = ((Tensor) outputs.get("scores")).toFloats();
 * }
 * }</pre>
 *
 * <p>A session is immutable and may be used by any number of threads at once: they share the
 * weights, and every run has buffers of its own. One run at a time is split over the session's
 * threads; those that meet it compute on the thread that called them. Results are the same bits for
 * any number of threads and on any machine.
 */
public final class Session implements AutoCloseable {
  private static final AtomicBoolean CLASSES_LOADED = new AtomicBoolean();

  private final List<ValueInfo> inputs;
  private final List<ValueInfo> outputs;
  private final Graph graph;
  private final Workers workers;
  private final Program program;
  private volatile boolean closed;

  private Session(Graph model, SessionOptions options) {
    // Not the model itself: weights that rewrites have replaced are let go.
    inputs = model.inputs();
    outputs = model.outputs();
    Optimizer optimizer = Optimizer.of(options.optimize() ? Level.FULL : Level.NONE);
    Graph optimized =
        optimizer.optimize(options.optimize() ? Float16Widening.apply(model) : model).graph();
    workers = new Workers(options.threads());
    program =
        new Program(
            Lowering.lower(optimized), Kernels.best(), workers, options.accuracy(), optimizer);
    graph = withoutWeights(optimized, program.graph());
  }

  private Session(Session of, int threads) {
    inputs = of.inputs;
    outputs = of.outputs;
    graph = of.graph;
    workers = new Workers(threads);
    program = of.program.on(workers);
  }

  /** A graph without the content of those constants that {@code lowered} does not have. */
  private static Graph withoutWeights(Graph graph, Graph lowered) {
    Set<Tensor> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    kept.addAll(lowered.initializers().values());
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    graph
        .initializers()
        .forEach(
            (name, t) ->
                initializers.put(
                    name,
                    kept.contains(t) || t.dtype().bits() < 8 || t.dtype() == DType.STRING
                        ? t
                        : PackedWeights.withoutContent(t)));
    return graph.toBuilder().initializers(initializers).build();
  }

  /**
   * Loads a model file.
   *
   * @throws ModelException if it is no valid model
   */
  public static Session open(Path model) {
    return open(model, SessionOptions.DEFAULTS);
  }

  public static Session open(Path model, SessionOptions options) {
    loadClasses(options);
    return OnnxReader.use(model, graph -> open(graph, options));
  }

  /**
   * Opens and runs a model of nothing, once in a process and by a thread of its own: most of the
   * time that opening the first model takes is the VM's for loading classes, and while the file is
   * being read another processor can do that.
   */
  private static void loadClasses(SessionOptions options) {
    if (CLASSES_LOADED.compareAndSet(false, true)) {
      Graph nothing = new Graph.Builder(StandardOperators.set()).build();
      Thread thread =
          new Thread(
              () -> new Session(nothing, options.threads(1)).run(Map.of()), "sardonyx-classes");
      thread.setDaemon(true);
      // Whoever opens the session meets the same failure, and can be told.
      thread.setUncaughtExceptionHandler((t, e) -> {});
      thread.start();
    }
  }

  /**
   * Loads a model from the bytes of its file.
   *
   * @throws ModelException if they are no valid model
   */
  public static Session open(byte[] model) {
    return open(model, SessionOptions.DEFAULTS);
  }

  public static Session open(byte[] model, SessionOptions options) {
    return open(OnnxReader.read(model), options);
  }

  /**
   * Prepares a graph.
   *
   * @throws ModelException if a node's inputs do not fit its operator
   */
  public static Session open(Graph model) {
    return open(model, SessionOptions.DEFAULTS);
  }

  public static Session open(Graph model, SessionOptions options) {
    return new Session(model, options);
  }

  /**
   * Another session of the same model, which shares the weights: say, one whose runs take a single
   * thread, for many requests at a time, beside one that gives all threads to each. Each is closed
   * by itself.
   *
   * @param threads as in {@link SessionOptions}
   * @throws IllegalStateException if this session is closed
   */
  public Session withThreads(int threads) {
    checkOpen();
    return new Session(this, SessionOptions.DEFAULTS.threads(threads).threads());
  }

  /** What is to be fed: names, types and shapes, whose extents may be names. */
  public List<ValueInfo> inputs() {
    return inputs;
  }

  /** What is computed. */
  public List<ValueInfo> outputs() {
    return outputs;
  }

  /**
   * The model as it is run: after the optimizer's rewrites. Weights that runs read in another form
   * than the model's have type and shape, but no content.
   */
  public Graph graph() {
    return graph;
  }

  /**
   * Computes all outputs.
   *
   * @param inputs a value for every input by name; inputs that have a default may be left out
   * @return a value for every output by name, in the model's order
   * @throws ModelException if an input is missing, unknown, or of the wrong type or shape, or if a
   *     node cannot be computed
   */
  public Map<String, Value> run(Map<String, ? extends Value> inputs) {
    boolean[] all = new boolean[outputs().size()];
    Arrays.fill(all, true);
    return run(inputs, all, null);
  }

  /**
   * Computes some outputs, and of the model only what they need.
   *
   * @throws ModelException as {@link #run(Map)}, and if an output is unknown
   */
  public Map<String, Value> run(Map<String, ? extends Value> inputs, Set<String> outputs) {
    boolean[] wanted = new boolean[outputs().size()];
    for (String name : outputs) {
      wanted[outputIndex(name)] = true;
    }
    return run(inputs, wanted, null);
  }

  /**
   * Computes some outputs into tensors of the caller's, to spare their allocation.
   *
   * @param outputs for every wanted output a tensor of its type and shape, which is written to
   * @throws ModelException as {@link #run(Map)}, and if a tensor does not fit its output
   */
  public Map<String, Value> run(Map<String, ? extends Value> inputs, Map<String, Tensor> outputs) {
    boolean[] wanted = new boolean[outputs().size()];
    Tensor[] into = new Tensor[wanted.length];
    for (Map.Entry<String, Tensor> e : outputs.entrySet()) {
      int i = outputIndex(e.getKey());
      wanted[i] = true;
      into[i] = e.getValue();
    }
    return run(inputs, wanted, into);
  }

  /**
   * Computes all outputs, once, and tells what each node took: where the time of a run goes. The
   * first calls are slow, as they are with {@link #run(Map)}.
   *
   * @return a time for every node that was run, in order
   * @throws ModelException as {@link #run(Map)}
   */
  public List<NodeTime> profile(Map<String, ? extends Value> inputs) {
    checkOpen();
    boolean[] all = new boolean[outputs().size()];
    Arrays.fill(all, true);
    return program.profile(checked(inputs), all);
  }

  private int outputIndex(String name) {
    for (int i = 0; i < outputs().size(); i++) {
      if (outputs().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new ModelException(
        "output '"
            + name
            + "': expected one of "
            + outputs().stream().map(ValueInfo::name).toList());
  }

  private Map<String, Value> run(
      Map<String, ? extends Value> inputs, boolean[] wanted, Tensor[] into) {
    checkOpen();
    Value[] values;
    try {
      values = program.run(checked(inputs), wanted, into);
    } catch (OutOfMemoryError e) {
      // Thrown by the allocation of a large array, after which the heap is as it was before.
      throw new ModelException(
          "expected a run to fit the heap of "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MB, but it does not; give smaller inputs or a larger -Xmx",
          e);
    }
    Map<String, Value> outputs = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      if (wanted[i]) {
        outputs.put(outputs().get(i).name(), values[i]);
      }
    }
    return outputs;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
  }

  /** The inputs in the program's order, after checking them against the model's declaration. */
  private Value[] checked(Map<String, ? extends Value> inputs) {
    List<ValueInfo> declared = inputs();
    Value[] values = new Value[declared.size()];
    Map<Dim, Long> symbols = new HashMap<>();
    int used = 0;
    for (int i = 0; i < values.length; i++) {
      ValueInfo input = declared.get(i);
      Value value = inputs.get(input.name());
      if (value == null) {
        value = graph.initializers().get(input.name());
        if (value == null) {
          throw new ModelException(
              "input '" + input.name() + "': expected " + input.type() + ", but none was given");
        }
      } else {
        used++;
        check(input, value, symbols);
      }
      values[i] = value;
    }
    if (used < inputs.size()) {
      List<String> names = declared.stream().map(ValueInfo::name).toList();
      String unknown =
          inputs.keySet().stream().filter(n -> !names.contains(n)).findFirst().orElse("?");
      throw new ModelException("input '" + unknown + "': expected one of " + names);
    }
    return values;
  }

  private static void check(ValueInfo input, Value value, Map<Dim, Long> symbols) {
    boolean fits = true;
    if (input.type() instanceof TensorType type) {
      fits = value instanceof Tensor t && t.dtype() == type.dtype();
      if (fits) {
        checkShape(input, (Tensor) value, type.shape(), symbols);
      }
    } else if (input.type() instanceof SequenceType) {
      fits = value instanceof SequenceValue;
    } else if (input.type() instanceof MapType) {
      fits = value instanceof MapValue;
    } else if (input.type() instanceof OptionalType) {
      fits = value instanceof OptionalValue;
    }
    if (!fits) {
      String given =
          value instanceof Tensor t ? t.describe() : "a " + value.getClass().getSimpleName();
      throw new ModelException(
          "input '" + input.name() + "': expected " + input.type() + ", got " + given);
    }
  }

  private static void checkShape(
      ValueInfo input, Tensor value, Shape declared, Map<Dim, Long> symbols) {
    if (!declared.hasRank()) {
      return;
    }
    boolean fits = declared.rank() == value.rank();
    for (int d = 0; fits && d < declared.rank(); d++) {
      Dim dim = declared.dim(d);
      long given = value.dim(d);
      if (dim.isKnown()) {
        fits = dim.value() == given;
      } else {
        Long before = symbols.putIfAbsent(dim, given);
        if (before != null && before != given) {
          throw new ModelException(
              "input '"
                  + input.name()
                  + "': expected "
                  + input.type()
                  + " with "
                  + dim
                  + " = "
                  + before
                  + " as in the inputs before it, got "
                  + value.describe());
        }
      }
    }
    if (!fits) {
      throw new ModelException(
          "input '" + input.name() + "': expected " + input.type() + ", got " + value.describe());
    }
  }

  /** Ends the session's threads. A run that is going on finishes. */
  @Override
  public void close() {
    closed = true;
    workers.close();
  }
}
