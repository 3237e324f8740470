package org.wavebridge.conformance;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.wavebridge.graphs.model.StepNetwork;

/**
 * The arrows between modules, and what may be seen only in one place. A rule fails where it finds
 * no class to look at.
 */
@AnalyzeClasses(
    packages = "org.wavebridge",
    importOptions = {DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
final class ArchitectureTest {
  /** A module's tests that other modules use come as a jar. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  @ArchTest
  static final ArchRule GRAPHS_KNOW_NO_OTHER_MODULE =
      module("graphs", "reference", "exporter", "runtime", "serving", "conformance", "compress");

  @ArchTest
  static final ArchRule REFERENCE_KNOWS_ONLY_GRAPHS =
      module("reference", "exporter", "runtime", "serving", "conformance", "compress");

  @ArchTest
  static final ArchRule EXPORTER_KNOWS_ONLY_GRAPHS =
      module("exporter", "reference", "runtime", "serving", "conformance", "compress");

  @ArchTest
  static final ArchRule RUNTIME_KNOWS_ONLY_GRAPHS =
      module("runtime", "reference", "exporter", "serving", "conformance", "compress");

  @ArchTest
  static final ArchRule SERVING_KNOWS_ONLY_GRAPHS_AND_RUNTIME =
      module("serving", "reference", "exporter", "conformance");

  @ArchTest
  static final ArchRule THE_SERVER_LIBRARY_ONLY_IN_SERVING =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.wavebridge.serving..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "com.linecorp.armeria..",
              "io.netty..",
              "io.grpc..",
              "io.micrometer..",
              "io.opentelemetry..")
          .allowEmptyShould(false);

  @ArchTest
  static final ArchRule CONFORMANCE_DOES_NOT_KNOW_THE_EXPORTER =
      module("conformance", "exporter", "serving", "compress");

  @ArchTest
  static final ArchRule COMPRESS_KNOWS_GRAPHS_AND_REFERENCE =
      module("compress", "exporter", "runtime", "serving", "conformance");

  @ArchTest
  static final ArchRule NO_PACKAGE_CYCLES =
      slices().matching("org.wavebridge.(**)").should().beFreeOfCycles().allowEmptyShould(false);

  @ArchTest
  static final ArchRule PROTOBUF_ONLY_IN_ONNX_AND_ON_THE_WIRE =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.wavebridge.graphs.onnx..", "org.wavebridge.serving..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.onnx..", "com.google.protobuf..")
          .allowEmptyShould(false);

  @ArchTest
  static final ArchRule ONNX_RUNTIME_ONLY_INSIDE_THE_RUNTIME =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.wavebridge.runtime.internal..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..")
          .allowEmptyShould(false);

  @ArchTest
  static final ArchRule STANDARD_STREAMS_ONLY_IN_THE_COMMAND_LINE =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.wavebridge.cli..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .allowEmptyShould(false);

  /**
   * Functions of {@link Math} that a JVM may compute in its own way; those of {@link StrictMath}
   * give the same bits everywhere.
   */
  private static final Set<String> INEXACT =
      Set.of(
          "acos", "asin", "atan", "atan2", "cbrt", "cos", "cosh", "exp", "expm1", "hypot", "log",
          "log10", "log1p", "pow", "sin", "sinh", "tan", "tanh");

  @ArchTest
  static final ArchRule WHAT_IS_COMPUTED_DOES_NOT_DEPEND_ON_THE_JVM =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.wavebridge.graphs..",
              "org.wavebridge.exporter..",
              "org.wavebridge.runtime..",
              "org.wavebridge.reference..",
              "org.wavebridge.compress..",
              "org.wavebridge.conformance.cases..")
          .should()
          .accessTargetWhere(
              describe(
                  "a function of Math that is not exact",
                  access ->
                      access.getTarget().getOwner().isEquivalentTo(Math.class)
                          && INEXACT.contains(access.getTarget().getName())))
          .allowEmptyShould(false);

  @ArchTest
  static final ArchRule THE_REFERENCE_RUNS_NO_GRAPH =
      noClasses()
          .that()
          .resideInAPackage("org.wavebridge.reference..")
          .should()
          .dependOnClassesThat(
              describe(
                  "graphs beyond the model description",
                  type ->
                      type.getPackageName().startsWith("org.wavebridge.graphs.")
                          && !type.getPackageName().equals("org.wavebridge.graphs.model")
                          && !type.isAssignableTo(StepNetwork.class)))
          .allowEmptyShould(false);

  @ArchTest
  static final ArchRule EVERY_PACKAGE_IS_NULL_MARKED =
      ArchRuleDefinition.classes()
          .that(isNotPackageInfo())
          .should(resideInANullMarkedPackage())
          .allowEmptyShould(false);

  /** No class of a module depends on the command line or on the other modules named. */
  private static ArchRule module(String module, String... others) {
    String[] forbidden = new String[others.length + 1];
    forbidden[0] = "org.wavebridge.cli..";
    for (int i = 0; i < others.length; i++) {
      forbidden[i + 1] = "org.wavebridge." + others[i] + "..";
    }
    return noClasses()
        .that()
        .resideInAPackage("org.wavebridge." + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .allowEmptyShould(false);
  }

  private static DescribedPredicate<JavaClass> isNotPackageInfo() {
    return describe(
        "are neither package-info nor generated",
        type ->
            !type.getSimpleName().equals("package-info")
                && !type.getPackageName().equals("org.wavebridge.serving.wire"));
  }

  private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
    return new ArchCondition<>("reside in a null-marked package") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
        events.add(new SimpleConditionEvent(type, marked, type.getName() + " is not null-marked"));
      }
    };
  }
}
