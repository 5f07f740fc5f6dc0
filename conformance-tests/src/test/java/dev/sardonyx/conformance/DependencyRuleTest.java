package dev.sardonyx.conformance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may use whom: each module only those above it, and outside libraries only at their place. */
@AnalyzeClasses(
    packages = "dev.sardonyx",
    importOptions = {ImportOption.DoNotIncludeTests.class})
final class DependencyRuleTest {
  private static final String[] GRAPH = {
    "dev.sardonyx.tensor..", "dev.sardonyx.graph..", "dev.sardonyx.op.."
  };

  /** The public API is the root package itself, without those below it. */
  private static final String[] RUNTIME = {"dev.sardonyx", "dev.sardonyx.runtime.."};

  @ArchTest
  static final ArchRule eachModuleUsesOnlyThoseAboveIt =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("proto")
          .definedBy("dev.sardonyx.proto..")
          .layer("graph")
          .definedBy(GRAPH)
          .optionalLayer("optimizer")
          .definedBy("dev.sardonyx.optimizer..")
          .optionalLayer("runtime")
          .definedBy(RUNTIME)
          .optionalLayer("models")
          .definedBy("dev.sardonyx.models..")
          .optionalLayer("cli")
          .definedBy("dev.sardonyx.cli..")
          .whereLayer("graph")
          .mayOnlyAccessLayers("proto")
          .whereLayer("optimizer")
          .mayOnlyAccessLayers("graph")
          .whereLayer("runtime")
          .mayOnlyAccessLayers("graph", "optimizer")
          .whereLayer("models")
          .mayOnlyAccessLayers("graph", "optimizer", "runtime")
          .whereLayer("cli")
          .mayOnlyAccessLayers("graph", "optimizer", "runtime", "models")
          .ensureAllClassesAreContainedInArchitecture();

  @ArchTest
  static final ArchRule onlyTheReaderAndWriterKnowProtobuf =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.sardonyx.proto..", "dev.sardonyx.graph.io..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.google.protobuf..", "dev.sardonyx.proto..");

  @ArchTest
  static final ArchRule onlyOnePackageKnowsTheVectorModule =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.sardonyx.runtime.simd..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");

  @ArchTest
  static final ArchRule nothingUsesTheNativeRuntime =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule theEmbeddedModulesNeedOnlyTwoLibraries =
      noClasses()
          .that(
              resideInAnyPackage(GRAPH)
                  .or(resideInAnyPackage(RUNTIME))
                  .or(resideInAPackage("dev.sardonyx.optimizer..")))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java..",
                      // Part of the JDK; the runtime does without where it is left out.
                      "com.sun.management..",
                      "jdk.incubator.vector..",
                      "com.google.protobuf..",
                      "org.slf4j..",
                      "dev.sardonyx..")
                  .negate());
}
