package org.wavebridge.conformance.suite;

import java.util.List;
import java.util.Optional;

/**
 * The results of a target.
 *
 * @param target its name
 * @param cases in the order they ran
 */
public record TargetResult(String target, List<CaseResult> cases) {
  /** Copies the list. */
  public TargetResult {
    cases = List.copyOf(cases);
  }

  /** How many cases ended in a way. */
  public long count(CaseResult.Status status) {
    return cases.stream().filter(result -> result.status() == status).count();
  }

  /** The first case that failed. */
  public Optional<CaseResult> firstFailure() {
    return cases.stream().filter(CaseResult::failed).findFirst();
  }

  /** Whether something ran and nothing failed. */
  public boolean passed() {
    return count(CaseResult.Status.PASSED) > 0 && firstFailure().isEmpty();
  }

  /** The time that all cases took. */
  public double seconds() {
    return cases.stream().mapToDouble(CaseResult::seconds).sum();
  }

  /** A case by name. */
  public Optional<CaseResult> find(String name) {
    return cases.stream().filter(result -> result.name().equals(name)).findFirst();
  }
}
