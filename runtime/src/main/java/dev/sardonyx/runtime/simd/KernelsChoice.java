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

  static final Kernels BEST = choose();

  private KernelsChoice() {}

  static Optional<Kernels> vector() {
    return VectorModule.OBSTACLE == null ? Optional.of(VectorKernels.INSTANCE) : Optional.empty();
  }

  private static Kernels choose() {
    Logger log = LoggerFactory.getLogger(Kernels.class);
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
        log.info("kernels: {}, as -D{} asks", kernels.name(), PROPERTY);
        return kernels;
      }
      case "portable" -> {
        log.info("kernels: portable, as -D{} asks", PROPERTY);
        return PortableKernels.INSTANCE;
      }
      case "" -> {
        Optional<Kernels> vector = vector();
        if (vector.isPresent()) {
          log.info("kernels: {}", vector.get().name());
          return new WarmingKernels();
        } else {
          log.warn(
              "kernels: portable, several times slower than vector kernels: {}",
              VectorModule.OBSTACLE);
        }
        return vector.orElse(PortableKernels.INSTANCE);
      }
      default ->
          throw new IllegalStateException(
              "-D" + PROPERTY + " must be vector or portable, but is \"" + wanted + "\"");
    }
  }
}
