package org.wavebridge.conformance.verify;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The findings of a verification.
 *
 * @param checks in the order they were made
 */
public record VerificationReport(List<Check> checks) {
  /** Copies the list. */
  public VerificationReport {
    checks = List.copyOf(checks);
  }

  /**
   * One comparison.
   *
   * @param name backend and graph
   * @param measure what was measured
   * @param error the largest found; NaN counts as a failure
   * @param tolerance the largest allowed
   */
  public record Check(String name, String measure, double error, double tolerance) {
    /** Whether the error is within the tolerance. */
    public boolean passed() {
      return error <= tolerance;
    }

    /** The error in units of what is allowed; 0 where it is exactly what it must be. */
    double share() {
      return error == 0 ? 0 : error / tolerance;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-4s %-28s %s %.2e (allowed %.0e)",
          passed() ? "ok" : "FAIL",
          name,
          measure,
          error,
          tolerance);
    }
  }

  /** Whether every check passed. */
  public boolean passed() {
    return checks.stream().allMatch(Check::passed);
  }

  /** One line: the backends, how many checks, and the one that came closest to its bound. */
  public String summary() {
    String backends =
        checks.stream()
            .map(check -> check.name().split(" ")[0])
            .distinct()
            .collect(Collectors.joining(", "));
    String closest =
        checks.stream()
            .max(Comparator.comparingDouble(Check::share))
            .map(
                check ->
                    String.format(
                        Locale.ROOT,
                        "; closest to its bound: %s, %s %.1e (allowed %.0e)",
                        check.name(),
                        check.measure(),
                        check.error(),
                        check.tolerance()))
            .orElse("");
    return "verified on %s: %d checks passed%s".formatted(backends, checks.size(), closest);
  }

  /** A line for each check. */
  public List<String> lines() {
    return checks.stream().map(Check::toString).toList();
  }

  /** The first check that failed, as a line; empty if all passed. */
  public String firstFailure() {
    return checks.stream()
        .filter(check -> !check.passed())
        .findFirst()
        .map(Check::toString)
        .orElse("");
  }
}
