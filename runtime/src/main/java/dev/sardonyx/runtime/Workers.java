package dev.sardonyx.runtime;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A small pool of threads that split ranges of work; the calling thread takes part.
 *
 * <p>The split is over outputs only, so results do not depend on the number of threads. A part that
 * no thread has begun when the caller is done with its own is the caller's too: nobody waits for a
 * thread that is still waking up. The caller takes parts from the front, the others from the back:
 * so from run to run each mostly finds in its caches what it had there before. Idle threads spin
 * briefly, then park. One run at a time uses the pool; a run that finds it busy works alone, which
 * keeps the processor just as busy.
 */
public final class Workers implements AutoCloseable {
  /** Work over a range; called for disjoint parts of it from several threads at once. */
  @FunctionalInterface
  public interface RangeTask {
    void run(int from, int to);
  }

  /**
   * Most chunks a thread: so many even out what neighbours on the same machine take from one of
   * them.
   */
  private static final int CHUNKS = 4;

  /** Iterations of waiting before a thread parks: some tens of microseconds. */
  private static final int SPINS = 4000;

  /** Iterations of waiting for parts that are being done: some microseconds. */
  private static final int SPINS_FOR_PARTS = 200;

  private static final int FIRST = 1 << 16;

  private final int threads;
  private final Helper[] helpers;
  private final ReentrantLock busy = new ReentrantLock();

  /** Parts that helpers have finished. */
  private final AtomicInteger finished = new AtomicInteger();

  /**
   * Parts that no thread has taken: the first of them times {@link #FIRST}, plus the one after the
   * last. Who takes one may read the fields below: they are written before there are such parts,
   * and stay until that part is finished.
   */
  private final AtomicInteger untaken = new AtomicInteger();

  private RangeTask task;

  /** Where parts begin; the last one ends where another would begin. */
  private final int[] bounds;

  private volatile Throwable failure;
  private volatile boolean closed;

  /**
   * @param threads how many threads work, the caller included
   */
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("expected at least 1 thread, got " + threads);
    }
    this.threads = threads;
    bounds = new int[threads * CHUNKS + 1];
    helpers = new Helper[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper(i + 1);
      helpers[i].start();
    }
  }

  public int threads() {
    return threads;
  }

  /**
   * Runs {@code work} over 0 to {@code n}, split into at most as many parts as there are threads.
   *
   * @param grain the smallest part worth a thread of its own
   */
  public void run(RangeTask work, int n, int grain) {
    int parts = Math.min(threads, n / Math.max(1, grain));
    split(work, n, parts, 1);
  }

  /**
   * Runs {@code work} over 0 to {@code n} in more parts than there are threads: who is done with
   * one takes the next, so that a thread that gets less of its processor than the others does less.
   * Those taken last are the smallest. For work whose parts keep the caches as busy as the whole.
   * Memory of its own a part finds by {@link #thread}.
   *
   * @param grain the smallest part worth taking
   */
  public void runInChunks(RangeTask work, int n, int grain) {
    int most = n / Math.max(1, grain);
    if (most <= threads) {
      split(work, n, most, 1);
      return;
    }
    int rounds = 1;
    while (rounds < CHUNKS && weights(rounds + 1) * threads <= most) {
      rounds++;
    }
    split(work, n, threads, rounds);
  }

  /** The sum of 1 to {@code n}. */
  private static int weights(int n) {
    return n * (n + 1) / 2;
  }

  /** The number of the calling thread among those of a run: from 0 to {@link #threads} − 1. */
  public static int thread() {
    return Thread.currentThread() instanceof Helper h ? h.index : 0;
  }

  /**
   * Work for {@code threads} threads, each of which takes {@code rounds} parts if all are as fast:
   * the second to last is twice as large as the last, and so on.
   */
  private void split(RangeTask work, int n, int threads, int rounds) {
    if (threads <= 1 || busy.isHeldByCurrentThread() || !busy.tryLock()) {
      if (n > 0) {
        work.run(0, n);
      }
      return;
    }
    try {
      if (closed) {
        work.run(0, n);
        return;
      }
      int parts = threads * rounds;
      task = work;
      setBounds(n, threads, rounds);
      failure = null;
      finished.setPlain(0);
      untaken.set(FIRST + parts);
      for (int i = 0; i < threads - 1; i++) {
        helpers[i].wake();
      }
      int own = 1;
      try {
        task.run(0, bounds[1]);
      } finally {
        own += takeParts(true);
        awaitHelpers(parts - own);
      }
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
    } finally {
      task = null;
      busy.unlock();
    }
  }

  /** The caller's parts, the largest first; then those of the others, the largest last. */
  private void setBounds(int n, int threads, int rounds) {
    long all = (long) weights(rounds) * threads;
    int before = 0;
    int part = 0;
    for (int weight = rounds; weight > 0; weight--) {
      bounds[part++] = (int) (n * (long) before / all);
      before += weight;
    }
    for (int weight = 1; weight <= rounds; weight++) {
      for (int i = 1; i < threads; i++) {
        bounds[part++] = (int) (n * (long) before / all);
        before += weight;
      }
    }
    bounds[part] = n;
  }

  /**
   * Does parts as long as there are some that nobody has taken.
   *
   * @return how many
   */
  private int takeParts(boolean fromFront) {
    int taken = 0;
    for (int left = untaken.get(); ; left = untaken.get()) {
      int first = left / FIRST;
      int end = left % FIRST;
      if (first == end) {
        return taken;
      }
      if (untaken.compareAndSet(left, fromFront ? left + FIRST : left - 1)) {
        int part = fromFront ? first : end - 1;
        try {
          task.run(bounds[part], bounds[part + 1]);
        } catch (Throwable t) {
          failure = t;
        }
        taken++;
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // Yielding is for speed alone.
  private void awaitHelpers(int parts) {
    int spins = 0;
    while (finished.get() < parts) {
      if (++spins < SPINS_FOR_PARTS) {
        Thread.onSpinWait();
      } else {
        // The helpers may share this processor: let them have it.
        Thread.yield();
      }
    }
  }

  /** Ends the threads; a run still going on finishes first. */
  @Override
  public void close() {
    busy.lock();
    try {
      closed = true;
      for (Helper h : helpers) {
        h.wake();
      }
    } finally {
      busy.unlock();
    }
  }

  private final class Helper extends Thread {
    private final int index;
    private volatile boolean parked;

    Helper(int index) {
      super("sardonyx-" + index);
      this.index = index;
      setDaemon(true);
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      while (!closed) {
        awaitParts();
        finished.addAndGet(takeParts(false));
      }
    }

    private void awaitParts() {
      for (int spins = 0; nothingUntaken() && !closed; ) {
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          parked = true;
          if (nothingUntaken() && !closed) {
            LockSupport.park(this);
          }
          parked = false;
        }
      }
    }

    private boolean nothingUntaken() {
      int left = untaken.get();
      return left / FIRST == left % FIRST;
    }
  }
}
