package dev.sardonyx.runtime;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A small pool of threads that split ranges of work; the calling thread takes part.
 *
 * <p>The split is over outputs only, so results do not depend on the number of threads. A part that
 * no thread has begun when the caller is done with its own is the caller's too: nobody waits for a
 * thread that is still waking up. Idle threads spin briefly, then park. One run at a time uses the
 * pool; a run that finds it busy works alone, which keeps the processor just as busy.
 */
public final class Workers implements AutoCloseable {
  /** Work over a range; called for disjoint parts of it from several threads at once. */
  @FunctionalInterface
  public interface RangeTask {
    void run(int from, int to);
  }

  /**
   * Chunks a thread: so many even out what neighbours on the same machine take from one of them.
   */
  private static final int CHUNKS = 4;

  /** Iterations of waiting before a thread parks: some tens of microseconds. */
  private static final int SPINS = 4000;

  /** Iterations of waiting for parts that are being done: some microseconds. */
  private static final int SPINS_FOR_PARTS = 200;

  private final int threads;
  private final Helper[] helpers;
  private final ReentrantLock busy = new ReentrantLock();

  /** Parts that are not finished, without the caller's first. */
  private final AtomicInteger pending = new AtomicInteger();

  /**
   * Parts that no thread has taken. Who takes one may read the fields below: they are written
   * before this becomes positive, and stay until that part is finished.
   */
  private final AtomicInteger untaken = new AtomicInteger();

  private RangeTask task;
  private int size;
  private int parts;
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
    split(work, n, Math.min(threads, n / Math.max(1, grain)));
  }

  /**
   * Runs {@code work} over 0 to {@code n} in more parts than there are threads: who is done with
   * one takes the next, so that a thread that gets less of its processor than the others does less.
   * For work whose parts keep the caches as busy as the whole. Memory of its own a part finds by
   * {@link #thread}.
   *
   * @param grain the smallest part worth taking
   */
  public void runInChunks(RangeTask work, int n, int grain) {
    split(work, n, threads == 1 ? 1 : chunks(n, grain));
  }

  /** A multiple of the threads, if there is work for all. */
  private int chunks(int n, int grain) {
    int most = n / Math.max(1, grain);
    return most < threads ? most : Math.min(CHUNKS, most / threads) * threads;
  }

  /** The number of the calling thread among those of a run: from 0 to {@link #threads} − 1. */
  public static int thread() {
    return Thread.currentThread() instanceof Helper h ? h.index : 0;
  }

  private void split(RangeTask work, int n, int split) {
    if (split <= 1 || busy.isHeldByCurrentThread() || !busy.tryLock()) {
      if (n > 0) {
        work.run(0, n);
      }
      return;
    }
    try {
      task = work;
      size = n;
      parts = closed ? 1 : split;
      failure = null;
      pending.set(parts - 1);
      untaken.set(parts - 1);
      for (int i = 0; i < Math.min(parts - 1, helpers.length); i++) {
        helpers[i].wake();
      }
      try {
        part(0);
      } finally {
        takeParts();
        awaitHelpers();
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

  private void part(int index) {
    int from = (int) ((long) size * index / parts);
    int to = (int) ((long) size * (index + 1) / parts);
    task.run(from, to);
  }

  /** Does parts as long as there are some that nobody has taken. */
  private void takeParts() {
    for (int left = untaken.get(); left > 0; left = untaken.get()) {
      if (untaken.compareAndSet(left, left - 1)) {
        try {
          part(parts - left);
        } catch (Throwable t) {
          failure = t;
        } finally {
          pending.decrementAndGet();
        }
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // Yielding is for speed alone.
  private void awaitHelpers() {
    int spins = 0;
    while (pending.get() > 0) {
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
        takeParts();
      }
    }

    private void awaitParts() {
      for (int spins = 0; untaken.get() == 0 && !closed; ) {
        if (++spins < SPINS) {
          Thread.onSpinWait();
        } else {
          parked = true;
          if (untaken.get() == 0 && !closed) {
            LockSupport.park(this);
          }
          parked = false;
        }
      }
    }
  }
}
