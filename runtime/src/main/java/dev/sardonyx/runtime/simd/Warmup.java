package dev.sardonyx.runtime.simd;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Gets vector kernels compiled in the background.
 *
 * <p>Vector code that C2 has not compiled yet makes an object of every vector and is a hundred
 * times slower than plain Java. So a kernel that is asked for the first time is called on dummy
 * data, by a thread that ends when all have had their turn, until a round of calls leaves no
 * garbage: then it is compiled, and its {@link Switch} is turned on. In some kernels C2 leaves an
 * object here and there, depending on what else the VM runs: one that goes on making them is turned
 * on if it is far faster than its portable twin all the same.
 */
final class Warmup {
  /** Whether one kernel, or one variant of it, is compiled. */
  static final class Switch {
    private boolean on;
    private boolean asked;

    private boolean wanted;

    /**
     * Whether the kernel is compiled; else its twin is about to be called. Without any barrier:
     * seeing it late does no harm, since results are the same bits.
     */
    boolean isOn() {
      if (!on) {
        wanted = true;
      }
      return on;
    }

    /** Whether it was asked for before, which spares another request. */
    boolean isAsked() {
      return asked;
    }
  }

  /** A kernel to be compiled. */
  private static final class Request {
    private final Switch kernel;
    private final Consumer<Kernels> call;
    private int calls;
    private boolean clean;
    private long started;
    private long lastCall;
    private long lastComparison;

    Request(Switch kernel, Consumer<Kernels> call) {
      this.kernel = kernel;
      this.call = call;
    }
  }

  /**
   * The thread begins when no twin was called in this time: the first run is over, and did not have
   * to share the processors.
   */
  private static final long QUIET_MILLIS = 30;

  /** The thread begins after this time even if there is run after run. */
  private static final long MAX_QUIET_MILLIS = 600;

  private static final int CALLS_IN_A_ROUND = 50;

  /** Fewer calls would leave C2 with nothing but its compilations of single loops. */
  private static final int MIN_CALLS = 1000;

  private static final long NANOS_OF_A_ROUND = 2_000_000;

  private static final long MAX_NANOS = 10_000_000_000L;

  /**
   * So many calls, and C2 has mostly noticed, for a dummy of some loops of 16 turns each: what
   * follows would only fill the heap.
   */
  private static final int NOTICED_CALLS = 1200;

  /** The time between two rounds of a kernel that C2 has noticed, and of one that takes long. */
  private static final long PAUSE_NANOS = 2_000_000;

  private static final long LONG_PAUSE_NANOS = 50_000_000;

  /**
   * The garbage that ends a round, before and after C2 has noticed the kernel. Of methods that were
   * compiled without counters for a while, since its queue was long, C2 takes notice later, so that
   * they are still called some times in a round.
   */
  private static final long GARBAGE_OF_A_ROUND = 1 << 20;

  private static final long GARBAGE_WHILE_WAITING = 1 << 18;

  /**
   * Garbage that may be made in a millisecond: so little that collecting it is no reason for the VM
   * to enlarge the heap.
   */
  private static final long GARBAGE_PER_MILLI = 1_200_000;

  /** After this time a kernel that still leaves garbage is compared with its twin, so often. */
  private static final long PATIENCE_NANOS = 3_000_000_000L;

  private static final long COMPARISON_NANOS = 1_000_000_000L;

  private static final int COMPARED_CALLS = 10;

  /** What is not compiled yet; the thread lives as long as there is something. */
  private final ArrayList<Request> requests = new ArrayList<>();

  private final Kernels vector;
  private final Kernels twin;
  private final long maxNanos;
  private volatile boolean isLogged;

  Warmup(Kernels vector, Kernels twin) {
    this(vector, twin, MAX_NANOS);
  }

  /**
   * @param maxNanos after this time a kernel is tried seldom, for its twin is faster than what
   *     still makes objects of its vectors; where garbage cannot be counted it is taken to be
   *     compiled
   */
  Warmup(Kernels vector, Kernels twin, long maxNanos) {
    this.vector = vector;
    this.twin = twin;
    this.maxNanos = maxNanos;
  }

  /** Switches for the variants of a kernel, all off. */
  static <V extends Enum<V>> Map<V, Switch> switches(Class<V> variants) {
    Map<V, Switch> switches = new EnumMap<>(variants);
    for (V v : variants.getEnumConstants()) {
      switches.put(v, new Switch());
    }
    return switches;
  }

  /**
   * Has a kernel compiled, unless that was asked for before.
   *
   * @param call calls the kernel, or its twin, on dummy data; some microseconds of work once
   *     compiled
   */
  synchronized void request(Switch kernel, Consumer<Kernels> call) {
    if (kernel.asked) {
      return;
    }
    kernel.asked = true;
    requests.add(new Request(kernel, call));
    if (requests.size() == 1) {
      Thread thread = new Thread(this::work, "sardonyx-warmup");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void work() {
    try {
      long waited = 0;
      do {
        Thread.sleep(QUIET_MILLIS);
        waited += QUIET_MILLIS;
      } while (wasWanted() && waited < MAX_QUIET_MILLIS);
      log();
      List<Request> waiting = requests();
      while (!waiting.isEmpty()) {
        OperatorKinds.mix();
        long garbage = 0;
        boolean allLate = true;
        for (Request r : waiting) {
          garbage += round(r);
          allLate &= isLate(r);
        }
        // C2 is at work: leave it, and the runs that are going on, the processor.
        Thread.sleep((allLate ? 50 : 1) + garbage / GARBAGE_PER_MILLI);
        waiting = requests();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says once which kernels there are: here, where no run waits for it. */
  private void log() {
    if (!isLogged) {
      isLogged = true;
      LoggerFactory.getLogger(Kernels.class).info("kernels: {}", vector.name());
    }
  }

  /** Whether any of the kernels was wanted since this was last asked. */
  private synchronized boolean wasWanted() {
    boolean wanted = false;
    for (Request r : requests) {
      wanted |= r.kernel.wanted;
      r.kernel.wanted = false;
    }
    return wanted;
  }

  private synchronized List<Request> requests() {
    requests.removeIf(r -> r.kernel.on);
    return List.copyOf(requests);
  }

  /** Calls a kernel some times; returns the garbage that it left. */
  private long round(Request r) {
    long start = System.nanoTime();
    boolean waiting = r.calls >= NOTICED_CALLS && !r.clean;
    boolean late = isLate(r);
    if (waiting && start - r.lastCall < (late ? LONG_PAUSE_NANOS : PAUSE_NANOS)) {
      return 0;
    }
    long most = waiting && !late ? GARBAGE_WHILE_WAITING : GARBAGE_OF_A_ROUND;
    long before = Garbage.made();
    long garbage = 0;
    int calls = 0;
    while (calls < CALLS_IN_A_ROUND
        && garbage < most
        && System.nanoTime() - start < NANOS_OF_A_ROUND) {
      r.call.accept(vector);
      calls++;
      garbage = Garbage.made() - before;
    }
    r.clean = garbage == 0;
    if (r.calls == 0) {
      r.started = start;
      r.lastComparison = start;
    }
    r.calls += calls;
    r.lastCall = System.nanoTime();
    r.kernel.on =
        r.clean && r.calls >= MIN_CALLS
            || Garbage.THREADS == null && isLate(r)
            || waiting && isFarFaster(r);
    return Garbage.THREADS == null ? 0 : garbage;
  }

  /** Whether a kernel that C2 does not rid of all objects takes less than half its twin's time. */
  private boolean isFarFaster(Request r) {
    long now = System.nanoTime();
    if (now - r.started < PATIENCE_NANOS || now - r.lastComparison < COMPARISON_NANOS) {
      return false;
    }
    r.lastComparison = now;
    return nanos(r, vector) < nanos(r, twin) / 2;
  }

  /** What the fastest of some calls takes. */
  private static long nanos(Request r, Kernels kernels) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < COMPARED_CALLS; i++) {
      long start = System.nanoTime();
      r.call.accept(kernels);
      best = Math.min(best, System.nanoTime() - start);
    }
    return best;
  }

  private boolean isLate(Request r) {
    return r.calls > 0 && System.nanoTime() - r.started > maxNanos;
  }

  /** Counts what the current thread allocates, on VMs that can tell. */
  private static final class Garbage {
    private static final ThreadMXBean THREADS = threads();

    private static ThreadMXBean threads() {
      try {
        return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean t
                && t.isThreadAllocatedMemorySupported()
                && t.isThreadAllocatedMemoryEnabled()
            ? t
            : null;
      } catch (LinkageError moduleIsNotThere) {
        return null;
      }
    }

    /** Bytes so far; always more where that is not known. */
    static long made() {
      return THREADS == null
          ? System.nanoTime()
          : THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
  }
}
