package dev.sardonyx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
  @Test
  void runsEveryIndexOnce() {
    for (int threads = 1; threads <= 4; threads++) {
      try (Workers workers = new Workers(threads)) {
        for (int n : new int[] {0, 1, 2, 3, 7, 1000}) {
          AtomicIntegerArray seen = new AtomicIntegerArray(n);
          workers.run(
              (from, to) -> {
                for (int i = from; i < to; i++) {
                  seen.incrementAndGet(i);
                }
              },
              n,
              1);
          for (int i = 0; i < n; i++) {
            assertThat(seen.get(i)).isEqualTo(1);
          }
        }
      }
    }
  }

  @Test
  void runsEveryIndexOnceInChunksThatKnowTheirThread() {
    for (int threads = 1; threads <= 4; threads++) {
      try (Workers workers = new Workers(threads)) {
        for (int n : new int[] {0, 1, 2, 3, 7, 1000}) {
          AtomicIntegerArray seen = new AtomicIntegerArray(n);
          AtomicIntegerArray inside = new AtomicIntegerArray(threads);
          workers.runInChunks(
              (from, to) -> {
                assertThat(inside.incrementAndGet(Workers.thread())).isEqualTo(1);
                add(seen, from, to);
                inside.decrementAndGet(Workers.thread());
              },
              n,
              1 + n / 50);
          for (int i = 0; i < n; i++) {
            assertThat(seen.get(i)).isEqualTo(1);
          }
        }
      }
    }
  }

  @Test
  void noChunkIsSmallerThanTheGrain() {
    for (int threads = 2; threads <= 4; threads++) {
      try (Workers workers = new Workers(threads)) {
        for (int n = 0; n < 200; n++) {
          int size = n;
          int grain = 1 + n % 7;
          workers.runInChunks(
              (from, to) -> assertThat(to - from).isGreaterThanOrEqualTo(Math.min(grain, size)),
              n,
              grain);
        }
      }
    }
  }

  @Test
  void worksAgainAfterItsThreadsHaveParked() throws InterruptedException {
    try (Workers workers = new Workers(3)) {
      for (int round = 0; round < 20; round++) {
        AtomicIntegerArray seen = new AtomicIntegerArray(30);
        workers.run((from, to) -> add(seen, from, to), 30, 1);
        assertThat(seen.toString()).isEqualTo("[" + "1, ".repeat(29) + "1]");
        Thread.sleep(2);
      }
    }
  }

  private static void add(AtomicIntegerArray seen, int from, int to) {
    for (int i = from; i < to; i++) {
      seen.incrementAndGet(i);
    }
  }

  @Test
  void partsThatWaitForOneAnotherAllRun() {
    for (int threads = 2; threads <= 4; threads++) {
      try (Workers workers = new Workers(threads)) {
        for (int round = 0; round < 200; round++) {
          AtomicInteger begun = new AtomicInteger();
          int parts = threads;
          workers.run(
              (from, to) -> {
                begun.addAndGet(to - from);
                while (begun.get() < parts) {
                  Thread.onSpinWait();
                }
              },
              parts,
              1);
          assertThat(begun).hasValue(parts);
        }
      }
    }
  }

  @Test
  void worksAloneOnceItIsClosed() {
    Workers workers = new Workers(3);
    workers.close();
    AtomicIntegerArray seen = new AtomicIntegerArray(3);
    workers.run((from, to) -> add(seen, from, to), 3, 1);
    assertThat(seen).hasToString("[1, 1, 1]");
  }

  @Test
  void aTaskMayRunAnotherOne() {
    try (Workers workers = new Workers(2)) {
      AtomicIntegerArray seen = new AtomicIntegerArray(4);
      workers.run((from, to) -> workers.run((f, t) -> add(seen, f, t), 4, 1), 2, 1);
      for (int i = 0; i < 4; i++) {
        assertThat(seen.get(i)).isEqualTo(2);
      }
    }
  }

  @Test
  void handsOnWhatATaskThrowsOnAnyThread() {
    try (Workers workers = new Workers(2)) {
      for (int bad = 0; bad < 2; bad++) {
        int index = bad;
        assertThatThrownBy(
                () ->
                    workers.run(
                        (from, to) -> {
                          if (from <= index && index < to) {
                            throw new IllegalStateException("part " + index);
                          }
                        },
                        2,
                        1))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("part " + bad);
      }
    }
  }
}
