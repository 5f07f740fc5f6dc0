package dev.sardonyx.runtime.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class KernelsTest {
  @Test
  void theBestProviderHereIsTheVectorOne() {
    assertThat(Kernels.best()).isInstanceOf(WarmingKernels.class);
    assertThat(Kernels.best().name()).matches("vector (128|256|512)-bit");
  }

  @Test
  void thePropertyForcesEitherProvider() throws Exception {
    assertThat(java("-Dsardonyx.kernels=portable", "--add-modules", "jdk.incubator.vector"))
        .startsWith("portable ");
    assertThat(java("-Dsardonyx.kernels=vector", "--add-modules", "jdk.incubator.vector"))
        .startsWith("vector ");
  }

  @Test
  void anUnknownProviderIsAnErrorForEveryoneWhoAsks() throws Exception {
    assertThat(java(AskTwice.class, "-Dsardonyx.kernels=fast"))
        .isEqualTo("-Dsardonyx.kernels must be vector or portable, but is \"fast\"");
  }

  @Test
  void withoutTheModulePortableKernelsRun() throws Exception {
    assertThat(java()).startsWith("portable ");
  }

  @Test
  void theModuleIsLoadedWhereTheJdkExportsItsLoader() throws Exception {
    assertThat(java("--add-exports", "java.base/jdk.internal.module=ALL-UNNAMED"))
        .startsWith("vector ");
  }

  @Test
  void everyVectorLengthOfThisMachineGivesTheSameBits() throws Exception {
    String portable = digest(java("-Dsardonyx.kernels=portable"));
    List<String> names = new ArrayList<>();
    for (int bytes : new int[] {16, 32, 64}) {
      String output =
          java(
              "--add-modules",
              "jdk.incubator.vector",
              "-Dsardonyx.kernels=vector",
              "-XX:MaxVectorSize=" + bytes);
      assertThat(digest(output)).as(output).isEqualTo(portable);
      names.add(output.substring(0, output.lastIndexOf(' ')));
    }
    assertThat(names.get(0)).isEqualTo("vector 128-bit");
  }

  private static String digest(String output) {
    return output.substring(output.lastIndexOf(' ') + 1);
  }

  /** Runs {@link Digest} in a VM of its own with the given options. */
  private static String java(String... options) throws IOException, InterruptedException {
    return java(Digest.class, options);
  }

  /** Runs a class in a VM of its own with the given options and returns the last line it prints. */
  private static String java(Class<?> main, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=4",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output.substring(output.lastIndexOf('\n') + 1);
  }

  /** Prints why there is no best provider, when it is asked for again. */
  static final class AskTwice {
    private AskTwice() {}

    public static void main(String[] args) {
      for (int i = 0; i < 2; i++) {
        try {
          System.out.println(Kernels.best().name());
        } catch (IllegalStateException e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  /** Prints the name of the best provider and a hash over results of its kernels. */
  static final class Digest {
    private Digest() {}

    public static void main(String[] args) {
      Kernels kernels = Kernels.best();
      Random random = new Random(9);
      int m = 23;
      int n = 77;
      int k = 500;
      float[] a = Providers.random(random, m * k, 1);
      float[] b = Providers.random(random, k * n, 1);
      float[] c = new float[m * n];
      int hash = 0;
      for (UnaryFunction.Op op : UnaryFunction.Op.values()) {
        Epilogue epilogue = Epilogue.of(b, new UnaryFunction(op, 0.2f, 0.9f, 1.1f));
        kernels.gemm(a, 0, k, PackedMatrix.pack(b, 0, n, 1, k, n), c, 0, n, m, epilogue);
        hash = 31 * hash + java.util.Arrays.hashCode(c);
        // Whole vectors, and parts of them, in the last panel; over the residual.
        for (int columns : new int[] {24, 40, 48, 54}) {
          PackedMatrix narrow = PackedMatrix.pack(b, 0, columns, 1, 20, columns);
          float[] y = java.util.Arrays.copyOf(a, m * columns);
          kernels.gemm(a, 0, 20, narrow, y, 0, columns, 0, m, 0, narrow.panels(), epilogue, y, 0);
          hash = 31 * hash + java.util.Arrays.hashCode(y);
        }
      }
      kernels.gemm(a, 0, k, PackedMatrix.pack(b, 0, n, 1, k, n), c, 0, n, 1, Epilogue.NONE);
      kernels.layerNorm(c, 0, n, c, 0, n, m, n, a, 0, b, 0, 1e-5f);
      kernels.softmax(c, 0, n, c, 0, n, m, n);
      kernels.reduce(Reduction.SUM, c, 0, n, m, n, a, 0);
      hash = 31 * hash + java.util.Arrays.hashCode(c);
      hash = 31 * hash + java.util.Arrays.hashCode(a);
      Window window = new Window(10, 11, 10, 11, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
      kernels.depthwise(b, 0, a, c, 0, 13, window, 0, 10, Epilogue.NONE, null, 0);
      kernels.averagePool(b, 0, a, 0, 13, window, 0, 10, true);
      hash = 31 * hash + java.util.Arrays.hashCode(c);
      hash = 31 * hash + java.util.Arrays.hashCode(a);
      System.out.println(kernels.name() + " " + Integer.toHexString(hash));
    }
  }
}
