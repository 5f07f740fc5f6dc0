package dev.sardonyx.runtime.simd;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which provider runs here. Nothing in this class touches a vector class before {@link
 * VectorModule} has said that it may.
 */
final class KernelsChoice {
  private static final String PROPERTY = "sardonyx.kernels";

  /** Null before it is asked for. */
  private static Kernels best;

  private KernelsChoice() {}

  /** No constant of the class, so that a wrong property is told to everyone who asks. */
  static synchronized Kernels best() {
    if (best == null) {
      best = choose();
    }
    return best;
  }

  static Optional<Kernels> vector() {
    return VectorModule.OBSTACLE == null ? Optional.of(VectorKernels.INSTANCE) : Optional.empty();
  }

  /** Not made before it is needed: finding out who keeps the log may take longer than a run. */
  private static Logger log() {
    return LoggerFactory.getLogger(Kernels.class);
  }

  private static Kernels choose() {
    String wanted = System.getProperty(PROPERTY, "");
    switch (wanted) {
      case "vector" -> {
        Kernels kernels =
            vector()
                .orElseThrow(
                    () ->
                        new IllegalStateException(
                            "-D"
                                + PROPERTY
                                + "=vector asks for vector kernels, but "
                                + VectorModule.OBSTACLE));
        log().info("kernels: {}, as -D{} asks", kernels.name(), PROPERTY);
        return kernels;
      }
      case "portable" -> {
        log().info("kernels: portable, as -D{} asks", PROPERTY);
        return PortableKernels.INSTANCE;
      }
      case "" -> {
        if (VectorModule.OBSTACLE == null) {
          return new WarmingKernels();
        }
        log()
            .warn(
                "kernels: portable, several times slower than vector kernels: {}",
                VectorModule.OBSTACLE);
        return PortableKernels.INSTANCE;
      }
      default ->
          throw new IllegalStateException(
              "-D" + PROPERTY + " must be vector or portable, but is \"" + wanted + "\"");
    }
  }
}
