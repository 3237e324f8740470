package org.wavebridge.conformance.junit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.wavebridge.conformance.cases.Cases;
import org.wavebridge.conformance.cases.ConformanceCase;
import org.wavebridge.conformance.cases.OpenGraphs;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.suite.CaseResult;
import org.wavebridge.conformance.suite.CaseResult.Status;
import org.wavebridge.conformance.suite.Conformance;
import org.wavebridge.conformance.targets.ConformanceTarget;

/**
 * The conformance suite as a test class: extend it, say what is tested, and every case is a dynamic
 * test. A case that the target declines is aborted with the target's reason.
 *
 * <pre>{@code
 * class MyBackendTest extends ConformanceSuite {
 *   @Override
 *   protected ConformanceTarget target() {
 *     return new MyTarget();
 *   }
 *
 *   @Override
 *   protected List<Subject> subjects() {
 *     return List.of(Subject.ofBundle(Path.of("voice")));
 *   }
 * }
 * }</pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ConformanceSuite {
  private @Nullable OpenGraphs graphs;

  /** A suite. */
  protected ConformanceSuite() {}

  /** The target under test; made once, closed after the last test. */
  protected abstract ConformanceTarget target();

  /** Bundles to test beside the suite's own networks; none by default. */
  protected List<Subject> subjects() {
    return List.of();
  }

  /** The cases; all of them by default. */
  protected List<ConformanceCase> cases() {
    return Cases.ALL;
  }

  /** Whether to leave out the long cases, and shorten the others; yes by default. */
  protected boolean quick() {
    return true;
  }

  /** A test for each case on each subject in each precision. */
  @TestFactory
  Stream<DynamicTest> conformance() {
    OpenGraphs open = new OpenGraphs(target());
    graphs = open;
    List<Subject> given = new ArrayList<>(subjects());
    given.addAll(Cases.networks());
    Conformance plan = Conformance.of(cases(), given, quick());
    return plan.planned().stream()
        .map(each -> dynamicTest(each.name(), () -> judge(plan.run(each, open))));
  }

  private static void judge(CaseResult result) {
    if (result.status() == Status.SKIPPED) {
      abort(result.message());
    }
    assertFalse(
        result.failed(),
        () -> result.name() + ": " + result.failure() + "; this catches " + result.catches());
  }

  /** Closes the target. */
  @AfterAll
  void close() {
    if (graphs != null) {
      graphs.close();
      graphs.target().close();
    }
  }
}
