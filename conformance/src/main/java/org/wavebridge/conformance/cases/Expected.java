package org.wavebridge.conformance.cases;

import java.util.Arrays;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Likelihood;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.reference.ReferenceState;

/**
 * A sequence as the reference computes it.
 *
 * @param audio {@code [samples]}
 * @param logits {@code [samples][logits]}
 * @param drawn what was drawn for each sample, as {@link ReferenceNetwork#drawn} says
 * @param sharpening what each sample's logits are multiplied by before a draw
 * @param state after the last sample
 */
record Expected(
    float[] audio, double[][] logits, double[] drawn, double[] sharpening, ReferenceState state) {
  /** Teacher forcing. */
  static Expected scored(Sequence row, float[] audio, Arithmetic arithmetic) {
    ReferenceNetwork reference = ReferenceNetwork.of(row.model().network(), arithmetic);
    ReferenceState state = row.referenceState();
    var conditioning = row.referenceConditioning();
    double[][] logits = new double[audio.length][];
    double[] drawn = new double[audio.length];
    double[] sharpening = new double[audio.length];
    for (int t = 0; t < audio.length; t++) {
      logits[t] = reference.score(state, conditioning, t, audio[t]);
      drawn[t] = reference.drawn(state, audio[t]);
      sharpening[t] = reference.sharpening(conditioning, t);
    }
    return new Expected(audio, logits, drawn, sharpening, state);
  }

  /** Free running. */
  static Expected generated(Sequence row, Arithmetic arithmetic) {
    ReferenceNetwork reference = ReferenceNetwork.of(row.model().network(), arithmetic);
    ReferenceState state = row.referenceState();
    var conditioning = row.referenceConditioning();
    double[][] logits = new double[row.samples()][];
    float[] audio = new float[row.samples()];
    double[] drawn = new double[audio.length];
    double[] sharpening = new double[audio.length];
    for (int t = 0; t < audio.length; t++) {
      ReferenceNetwork.Step step =
          reference.draw(state, conditioning, t, row.uniformsOf(t), row.temperature());
      logits[t] = step.logits();
      audio[t] = (float) step.audio();
      drawn[t] = reference.drawn(state, audio[t]);
      sharpening[t] = reference.sharpening(conditioning, t);
    }
    return new Expected(audio, logits, drawn, sharpening, state);
  }

  /** Values of the logits of one sample. */
  static int logits(StepNetwork network) {
    return Arrays.stream(network.logitShape()).reduce(1, Math::multiplyExact);
  }

  /** The mean bits per sample that logits give to what was drawn. */
  static double bits(StepNetwork network, double[][] logits, double[] drawn) {
    double sum = 0;
    for (int t = 0; t < drawn.length; t++) {
      sum += Likelihood.bits(network, logits[t], drawn[t]);
    }
    return sum / Math.max(1, drawn.length);
  }

  float[] narrowedLogits() {
    int size = logits.length == 0 ? 0 : logits[0].length;
    float[] all = new float[logits.length * size];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) logits[i / size][i % size];
    }
    return all;
  }

  float[] narrowedState() {
    return narrowed(state.hidden());
  }

  float[] narrowedPrevious() {
    return narrowed(state.previous());
  }

  private static float[] narrowed(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
