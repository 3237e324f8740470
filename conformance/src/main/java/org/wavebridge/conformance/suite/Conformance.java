package org.wavebridge.conformance.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.wavebridge.conformance.cases.Cases;
import org.wavebridge.conformance.cases.ConformanceCase;
import org.wavebridge.conformance.cases.OpenGraphs;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.cases.Trial;
import org.wavebridge.conformance.suite.CaseResult.Status;
import org.wavebridge.conformance.targets.ConformanceTarget;
import org.wavebridge.conformance.targets.DeclinedException;

/** A plan: which cases run on which subjects, on any target. */
public final class Conformance {
  /** A case on a subject in a precision. */
  public record Planned(ConformanceCase test, Subject subject, String precision) {
    /** The name by which it can be run alone. */
    public String name() {
      return Trial.name(test, subject, precision);
    }
  }

  private final List<Planned> planned;
  private final boolean quick;

  private Conformance(List<Planned> planned, boolean quick) {
    this.planned = List.copyOf(planned);
    this.quick = quick;
  }

  /**
   * Plans cases.
   *
   * @param cases to run
   * @param given subjects for the cases that bring none of their own
   * @param quick whether to leave out the long cases, and shorten the others
   */
  public static Conformance of(
      List<? extends ConformanceCase> cases, List<Subject> given, boolean quick) {
    List<Planned> planned = new ArrayList<>();
    for (ConformanceCase test : cases) {
      if (quick && !test.quick()) {
        continue;
      }
      for (Subject subject : test.subjects(given)) {
        for (String precision : subject.precisions()) {
          if (test.sampleOrder().fits(subject) && test.appliesTo(subject, precision)) {
            planned.add(new Planned(test, subject, precision));
          }
        }
      }
    }
    return new Conformance(planned, quick);
  }

  /** Every case: on the subject given, and on a network of each kind. */
  public static Conformance of(List<Subject> subjects, boolean quick) {
    List<Subject> given = new ArrayList<>(subjects);
    given.addAll(Cases.networks());
    return of(Cases.ALL, given, quick);
  }

  /**
   * The part of the plan whose names are, or begin with, a name: {@code generate}, {@code
   * generate/chunks}, {@code generate/chunks/bundle/f32}.
   */
  public Conformance only(String name) {
    return new Conformance(
        planned.stream()
            .filter(each -> each.name().equals(name) || each.name().startsWith(name + "/"))
            .toList(),
        quick);
  }

  /** The part of the plan in one precision. */
  public Conformance in(String precision) {
    return new Conformance(
        planned.stream().filter(each -> each.precision().equals(precision)).toList(), quick);
  }

  /** The planned trials, in order. */
  public List<Planned> planned() {
    return planned;
  }

  /**
   * Runs everything on a target; a case that fails does not keep the others from running.
   *
   * @param done told each result as soon as it is there
   */
  public TargetResult run(ConformanceTarget target, Consumer<CaseResult> done) {
    List<CaseResult> results = new ArrayList<>();
    try (OpenGraphs graphs = new OpenGraphs(target)) {
      for (Planned each : planned) {
        CaseResult result = run(each, graphs);
        results.add(result);
        done.accept(result);
      }
    }
    return new TargetResult(target.name(), results);
  }

  /** Runs one planned case. */
  public CaseResult run(Planned each, OpenGraphs graphs) {
    Trial trial = new Trial(each.test(), each.subject(), each.precision(), graphs, quick);
    long start = System.nanoTime();
    Status status;
    String message = "";
    try {
      trial.run();
      boolean passed =
          !trial.checks().isEmpty() && trial.checks().stream().allMatch(check -> check.passed());
      status = passed ? Status.PASSED : Status.FAILED;
    } catch (DeclinedException e) {
      status = Status.SKIPPED;
      message = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      status = Status.FAILED;
      message = e.getMessage() == null ? e.toString() : e.getMessage();
    }
    return new CaseResult(
        each.name(),
        each.test().catches(),
        trial.profile().label(),
        status,
        message,
        (System.nanoTime() - start) * 1e-9,
        trial.checks(),
        trial.notes(),
        trial.curves());
  }
}
