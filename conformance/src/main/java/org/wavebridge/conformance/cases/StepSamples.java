package org.wavebridge.conformance.cases;

import java.util.List;
import org.wavebridge.conformance.measure.DrawProof;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.reference.ReferenceState;

/**
 * The step graph, sample after sample, from the state that the reference reached. Catches an error
 * in any single step, before a later one can hide or multiply it.
 */
final class StepSamples implements ConformanceCase {
  @Override
  public String name() {
    return "step/samples";
  }

  @Override
  public String catches() {
    return "an error in any single step, before a later one hides or multiplies it";
  }

  @Override
  public boolean appliesTo(Subject subject, String precision) {
    return precision.equals(BundleManifest.F32);
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    VocoderModel model = trial.model();
    Sequence whole = Sequences.fromAnywhere(model, trial.size(60, 300), 31);
    int samples = whole.samples();
    int perStep = model.network().samplesPerStep();
    ReferenceNetwork reference = ReferenceNetwork.of(model.network(), Arithmetic.DOUBLE);
    ReferenceState state = whole.referenceState();
    var conditioning = whole.referenceConditioning();
    ErrorCurve logits = new ErrorCurve(samples);
    ErrorCurve states = new ErrorCurve(samples / perStep);
    int unexplained = 0;
    for (int t = 0; t < samples; t += perStep) {
      Sequence step = whole.from(narrowed(state.previous()), narrowed(state.hidden())).step(t);
      NetworkRuns.Row made = runs.step(List.of(step)).get(0);
      state = step.referenceState();
      for (int i = 0; i < perStep; i++) {
        float drawn = made.audio()[i];
        double[] expected = reference.score(state, conditioning, t + i, drawn);
        logits.add(t + i, expected, made.logits(), i * expected.length);
        double sharpening = reference.sharpening(conditioning, t + i);
        DrawProof proof =
            DrawProof.of(
                model.network(),
                DrawProof.scaled(expected, sharpening),
                logits.absolute(t + i) * sharpening,
                step.uniformsOf(i),
                1,
                (float) reference.drawn(state, drawn));
        unexplained += proof.explained() ? 0 : 1;
      }
      states.add(t / perStep, state.hidden(), made.state(), 0);
    }
    trial.check("logits", Quantity.LOGITS, logits.worstRelative(), "relative error");
    trial.check("logits", Quantity.TYPICAL_LOGITS, logits.medianRelative());
    trial.check("state", Quantity.STATE, states.worstAbsolute());
    trial.check("draws", Quantity.UNEXPLAINED_DRAWS, unexplained);
    trial.curve("logits", logits.absolute());
    trial.curve("state", states.absolute());
  }

  private static float[] narrowed(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
