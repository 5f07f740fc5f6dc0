package dev.sardonyx.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What one core can do at all: arithmetic without memory, and memory without arithmetic. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CeilingBenchmarks {
  static final int LOOPS = 4096;
  static final int CHAINS = 12;
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** What {@link Memory#read} reads. */
  @State(Scope.Thread)
  public static class Memory {
    /** Megabytes: out of the last-level cache, and well within it. */
    @Param({"512", "8"})
    public int megabytes;

    private float[] data;

    /** Fills the memory, so that it is really there. */
    @Setup
    public void fill() {
      data = new float[megabytes << 18];
      Arrays.fill(data, 1f);
    }
  }

  static double fmaOperations() {
    return 2.0 * LOOPS * CHAINS * SPECIES.length();
  }

  /** Fused multiply-adds on registers: chains enough to hide the latency of each. */
  @Benchmark
  public float fma() {
    FloatVector x = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector y = FloatVector.broadcast(SPECIES, 0.25f);
    FloatVector a = y;
    FloatVector b = y;
    FloatVector c = y;
    FloatVector d = y;
    FloatVector e = y;
    FloatVector f = y;
    FloatVector g = y;
    FloatVector h = y;
    FloatVector i = y;
    FloatVector j = y;
    FloatVector k = y;
    FloatVector l = y;
    for (int n = 0; n < LOOPS; n++) {
      a = x.fma(y, a);
      b = x.fma(y, b);
      c = x.fma(y, c);
      d = x.fma(y, d);
      e = x.fma(y, e);
      f = x.fma(y, f);
      g = x.fma(y, g);
      h = x.fma(y, h);
      i = x.fma(y, i);
      j = x.fma(y, j);
      k = x.fma(y, k);
      l = x.fma(y, l);
    }
    FloatVector sum =
        a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l);
    return sum.lane(0);
  }

  /** The sum of an array. */
  @Benchmark
  public float read(Memory memory) {
    float[] data = memory.data;
    int step = SPECIES.length();
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = 0; i < data.length; i += 4 * step) {
      a = a.add(FloatVector.fromArray(SPECIES, data, i));
      b = b.add(FloatVector.fromArray(SPECIES, data, i + step));
      c = c.add(FloatVector.fromArray(SPECIES, data, i + 2 * step));
      d = d.add(FloatVector.fromArray(SPECIES, data, i + 3 * step));
    }
    return a.add(b).add(c).add(d).lane(0);
  }
}
