package dev.sardonyx.runtime.simd;

import java.lang.reflect.InvocationTargetException;
import java.util.Locale;

/**
 * Brings {@code jdk.incubator.vector} into this VM.
 *
 * <p>An incubator module is there only if the command line names it. An executable jar whose
 * manifest says {@code Add-Exports: java.base/jdk.internal.module} may ask the JDK to load the
 * module later; that is a JDK internal, called by reflection because it cannot be compiled against,
 * and where it is not exported or not there the only consequence is that portable kernels run.
 */
final class VectorModule {
  /** Why vector kernels cannot run here and what to do about it, or null if they can. */
  static final String OBSTACLE = obstacle();

  private static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  private static String obstacle() {
    if (!isPresent() && !load()) {
      return "module "
          + NAME
          + " is not in this VM; start java with --add-modules "
          + NAME
          + ", or put the line \"Add-Exports: java.base/jdk.internal.module\" into the manifest of the executable jar";
    }
    // C1 alone and the interpreter run every vector operation as a call that allocates.
    String mode = System.getProperty("java.vm.info", "").toLowerCase(Locale.ROOT);
    if (mode.contains("interpreted") || mode.contains("emulated-client")) {
      return "this VM runs without the C2 compiler ("
          + mode
          + "); leave out -Xint and -XX:TieredStopAtLevel";
    }
    int bits = VectorKernels.bits();
    if (bits < 128) {
      return "this VM has vectors of "
          + bits
          + " bits only, either because of the processor or because"
          + " its compiler has no vector support; a HotSpot VM with C2 on x86-64 or AArch64 has";
    }
    return null;
  }

  private static boolean isPresent() {
    return ModuleLayer.boot().findModule(NAME).isPresent();
  }

  private static boolean load() {
    try {
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, NAME);
      // The class must be found from here too.
      Class.forName("jdk.incubator.vector.FloatVector", false, VectorModule.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException
        | LinkageError e) {
      return false;
    }
  }
}
