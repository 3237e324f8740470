package org.wavebridge.conformance.verify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.conformance.cases.Cases;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.measure.Check;
import org.wavebridge.conformance.suite.CaseResult;
import org.wavebridge.conformance.suite.Conformance;
import org.wavebridge.conformance.suite.TargetResult;
import org.wavebridge.conformance.targets.BackendTarget;
import org.wavebridge.conformance.targets.ConformanceTarget;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.Backends;
import org.wavebridge.runtime.spi.BackendProvider;

/**
 * Compares a bundle with the model it was made from, on every backend that this machine has: a few
 * cases of the conformance suite, with the checkpoint's own weights on the reference's side.
 */
public final class Verification {
  private Verification() {}

  /** Verifies a bundle of f32 graphs, as the other overload does. */
  public static VerificationReport check(VocoderModel model, Path bundle) {
    return check(model, Optional.empty(), bundle);
  }

  /**
   * Verifies a bundle.
   *
   * @param model what the bundle was made from
   * @param quantised what its int8 graphs were made from, if it has any
   * @param bundle a complete bundle
   */
  public static VerificationReport check(
      VocoderModel model, Optional<VocoderModel> quantised, Path bundle) {
    Subject subject = Subject.ofBundle(bundle, model, quantised);
    Conformance plan = Conformance.of(Cases.OF_AN_EXPORT, List.of(subject), true);
    List<VerificationReport.Check> checks = new ArrayList<>();
    for (BackendProvider provider : Backends.providers()) {
      if (provider.missing().isPresent()) {
        continue;
      }
      try (ConformanceTarget target = new BackendTarget(provider.name(), 1)) {
        TargetResult result = plan.run(target, done -> {});
        result.cases().forEach(each -> add(target.name(), each, checks));
      }
    }
    return new VerificationReport(checks);
  }

  private static void add(String target, CaseResult result, List<VerificationReport.Check> checks) {
    String[] parts = result.name().split("/");
    String precision = parts[parts.length - 1];
    String name =
        target + " " + (precision.equals(BundleManifest.F32) ? "" : precision + " ") + parts[0];
    if (!result.message().isEmpty() && result.failed()) {
      checks.add(new VerificationReport.Check(name, result.message(), Double.NaN, 0));
    }
    for (Check check : result.checks()) {
      String measure = check.name() + ", " + check.measure() + ":";
      checks.add(new VerificationReport.Check(name, measure, check.value(), check.allowed()));
    }
  }
}
