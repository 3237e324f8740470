package org.wavebridge.conformance.suite;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.conformance.measure.Check;

/**
 * The result of one trial.
 *
 * @param name case, subject and precision, by which it can be run alone
 * @param catches what the case is for
 * @param profile the numeric profile that the target promises here
 * @param status how it ended
 * @param message why it was skipped or broke off; empty otherwise
 * @param seconds it took
 * @param checks in order
 * @param notes to be read
 * @param curves over steps
 */
public record CaseResult(
    String name,
    String catches,
    String profile,
    Status status,
    String message,
    double seconds,
    List<Check> checks,
    Map<String, String> notes,
    Map<String, double[]> curves) {
  /** How a trial ends. */
  public enum Status {
    /** Every check passed. */
    PASSED,
    /** A check failed, or the target did. */
    FAILED,
    /** The target does not run this, and says why. */
    SKIPPED;

    /** In lower case. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it failed. */
  public boolean failed() {
    return status == Status.FAILED;
  }

  /** The first failed check, or what broke it off; empty if it did not fail. */
  public String failure() {
    if (!failed()) {
      return "";
    }
    if (!message.isEmpty()) {
      return message;
    }
    return checks.stream()
        .filter(check -> !check.passed())
        .findFirst()
        .map(Check::toString)
        .orElse("nothing was checked");
  }

  /** The check nearest to, or furthest beyond, what is allowed; empty if there is none. */
  public Optional<Check> tightest() {
    Check worst = null;
    for (Check check : checks) {
      if (worst == null || use(check) > use(worst)) {
        worst = check;
      }
    }
    return Optional.ofNullable(worst);
  }

  private static double use(Check check) {
    if (!check.passed()) {
      return Double.POSITIVE_INFINITY;
    }
    return check.allowed() == 0 ? 0 : check.value() / check.allowed();
  }
}
