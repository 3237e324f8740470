package org.wavebridge.conformance.cases;

import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.graphs.bundle.BundleManifest;

/**
 * A subscale utterance step by step: {@code context} for every row and chunk, {@code subscale} for
 * all rows at once. Catches a wrong context, and a row that moves on while it is not active.
 */
final class SubscaleSteps implements ConformanceCase {
  @Override
  public String name() {
    return "subscale/steps";
  }

  @Override
  public String catches() {
    return "a wrong context, a row that moves on while it is not active";
  }

  @Override
  public SampleOrder sampleOrder() {
    return SampleOrder.SUBSCALE;
  }

  @Override
  public boolean appliesTo(Subject subject, String precision) {
    return precision.equals(BundleManifest.F32);
  }

  @Override
  public void run(Trial trial) {
    SubscaleUtterance utterance = new SubscaleUtterance(trial, trial.size(201, 1001), 81);
    SubscaleGraphs.Run made = utterance.graphs().steps(utterance.uniforms(), 1);
    double[][] expected = utterance.logits(made.audio());
    ErrorCurve errors = utterance.judgeLogits("steps", expected, made.logits());
    utterance.judgeDraws("steps", expected, errors::absolute, made.audio(), 1);
    trial.curve("logits", errors.absolute());
  }
}
