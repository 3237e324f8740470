package org.wavebridge.conformance.targets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.conformance.suite.CaseResult;
import org.wavebridge.conformance.suite.CaseResult.Status;
import org.wavebridge.conformance.suite.Conformance;
import org.wavebridge.conformance.suite.TargetResult;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.bundle.StagedBundle;

/** Programs that speak the protocol, and programs that do not. */
final class ProcessTargetTest {
  private static final Path ADAPTER = Path.of("../docs/conformance/adapter.py");

  @TempDir Path folder;

  @Test
  void theExampleAdapterPassesTheOperatorCases() {
    Optional<String> python = python();
    assumeTrue(
        python.isPresent(), "no python3 with numpy and onnx on this machine: adapter.py not run");
    ImportedModel voice =
        Exporter.read(Golden.path("en-us-16k/checkpoint.pt"), "auto", Optional.empty());
    Path bundle;
    try (StagedBundle staged =
        Exporter.stage(voice, Optional.empty(), folder.resolve("voice"), "test")) {
      bundle = staged.publish();
    }
    List<Subject> subjects = List.of(Subject.ofBundle(bundle));
    try (ConformanceTarget target =
        ProcessTarget.start(List.of(python.get(), ADAPTER.toString()), NumericProfile.F32)) {
      assertEquals("numpy", target.name());
      assertAllPass(Conformance.of(subjects, true).only("operator"), target);
      assertAllPass(Conformance.of(subjects, true).only("generate/free/bundle"), target);
      TargetResult declined =
          Conformance.of(subjects, true).only("step/rows").run(target, done -> {});
      assertEquals(declined.cases().size(), declined.count(Status.SKIPPED));
    }
  }

  private static void assertAllPass(Conformance plan, ConformanceTarget target) {
    TargetResult result = plan.run(target, done -> {});
    assertTrue(
        result.passed(), () -> result.firstFailure().map(CaseResult::failure).orElse("none ran"));
    assertEquals(plan.planned().size(), result.count(Status.PASSED));
  }

  @Test
  void aProgramThatIsNotThereIsNamed() {
    BackendException error = assertThrows(BackendException.class, () -> start("/no/such/program"));
    assertTrue(error.getMessage().startsWith("'/no/such/program' cannot be started"));
  }

  @Test
  void aProgramThatEndsIsNamed() {
    BackendException error = assertThrows(BackendException.class, () -> start("true"));
    assertTrue(error.getMessage().contains("'true' ended before it answered"), error.getMessage());
  }

  @Test
  void aProgramThatSaysOtherThingsIsNamed() {
    BackendException error =
        assertThrows(
            BackendException.class,
            () -> start("sh", "-c", "echo hello, world and everybody; sleep 2"));
    assertTrue(
        error.getMessage().contains("does it write other things to standard output?"),
        error.getMessage());
  }

  private static void start(String... command) {
    ProcessTarget.start(List.of(command), NumericProfile.F32).close();
  }

  /** A Python that has what the example needs; Debian's own may not be the first in the path. */
  private static Optional<String> python() {
    return Stream.of("python3", "/usr/bin/python3").filter(ProcessTargetTest::hasOnnx).findFirst();
  }

  private static boolean hasOnnx(String python) {
    try {
      Process process =
          new ProcessBuilder(python, "-c", "import numpy, onnx").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
