package org.wavebridge.conformance.cases;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.measure.DrawProof;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.reference.Arithmetic;
import org.wavebridge.conformance.reference.ReferenceNetwork;
import org.wavebridge.conformance.reference.ReferenceState;
import org.wavebridge.conformance.targets.ConditioningTensors;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.build.Conditioning;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.VocoderModel;

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
    int samples = trial.size(60, 300);
    Sequence whole = Sequences.fromAnywhere(model, samples, 31);
    ReferenceNetwork reference = ReferenceNetwork.of(model.network(), Arithmetic.DOUBLE);
    ReferenceState state = whole.referenceState();
    var conditioning = whole.referenceConditioning();
    ErrorCurve logits = new ErrorCurve(samples);
    ErrorCurve states = new ErrorCurve(samples);
    int unexplained = 0;
    for (int t = 0; t < samples; t++) {
      Sequence one = at(whole, t).from(narrowed(state.previous()), narrowed(state.hidden()));
      NetworkRuns.Row made = runs.step(List.of(one)).get(0);
      state = one.referenceState();
      double[] expected = reference.score(state, conditioning, t, made.audio()[0]);
      logits.add(t, expected, made.logits(), 0);
      states.add(t, state.hidden(), made.state(), 0);
      DrawProof proof =
          DrawProof.of(
              model.network(), expected, logits.absolute(t), one.uniformsOf(0), 1, made.audio()[0]);
      unexplained += proof.explained() ? 0 : 1;
    }
    trial.check("logits", Quantity.LOGITS, logits.worstRelative(), "relative error");
    trial.check("logits", Quantity.TYPICAL_LOGITS, logits.medianRelative());
    trial.check("state", Quantity.STATE, states.worstAbsolute());
    trial.check("draws", Quantity.UNEXPLAINED_DRAWS, unexplained);
    trial.curve("logits", logits.absolute());
    trial.curve("state", states.absolute());
  }

  /** One sample with its own conditioning and uniforms. */
  private static Sequence at(Sequence whole, int t) {
    VocoderModel model = whole.model();
    Map<String, float[]> conditioning = new HashMap<>();
    for (Conditioning tensor : Conditioning.of(model)) {
      int vector = t / ConditioningTensors.samplesPerVector(model, tensor);
      float[] values = whole.values(tensor.name());
      conditioning.put(
          tensor.name(),
          Arrays.copyOfRange(values, vector * tensor.size(), (vector + 1) * tensor.size()));
    }
    int draws = model.network().draws();
    float[] uniforms = Arrays.copyOfRange(whole.uniforms(), t * draws, (t + 1) * draws);
    return new Sequence(
        model, 1, conditioning, uniforms, whole.previous(), whole.state(), whole.temperature());
  }

  private static float[] narrowed(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
