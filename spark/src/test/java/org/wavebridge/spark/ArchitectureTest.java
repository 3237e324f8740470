package org.wavebridge.spark;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The arrows of this module. Those of the others are held in module {@code conformance}, which does
 * without Spark.
 */
@AnalyzeClasses(packages = "org.wavebridge", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule SPARK_KNOWS_ONLY_GRAPHS_AND_RUNTIME =
      noClasses()
          .that()
          .resideInAPackage("org.wavebridge.spark..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.wavebridge..")
                  .and(
                      resideOutsideOfPackages(
                          "org.wavebridge.spark..",
                          "org.wavebridge.graphs..",
                          "org.wavebridge.runtime..")))
          .allowEmptyShould(false);

  @ArchTest
  static final ArchRule NOTHING_INSIDE_THE_RUNTIME_IS_SEEN =
      noClasses()
          .that()
          .resideInAPackage("org.wavebridge.spark..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.wavebridge.runtime.internal..")
          .allowEmptyShould(false);

  @ArchTest
  static final ArchRule SPARK_ONLY_IN_THIS_MODULE =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.wavebridge.spark..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..", "scala..")
          .allowEmptyShould(false);
}
