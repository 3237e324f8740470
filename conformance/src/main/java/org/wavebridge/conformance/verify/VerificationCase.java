package org.wavebridge.conformance.verify;

import org.wavebridge.conformance.cases.MadeUpFeatures;
import org.wavebridge.conformance.reference.Arithmetic;
import org.wavebridge.conformance.reference.Conditioning;
import org.wavebridge.conformance.reference.Reference;
import org.wavebridge.conformance.reference.ReferenceState;
import org.wavebridge.conformance.reference.SubscaleReference;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.io.Features;

/**
 * An utterance for a model: made-up features in the range that its analysis gives, and what the
 * double-precision reference says of it.
 *
 * @param features a few frames
 * @param conditioning in double precision
 * @param uniforms {@code [samples, draws]}
 * @param audio what the reference generates, {@code [samples]}
 * @param logits of every sample, {@code [samples][logits]}
 */
record VerificationCase(
    Features features,
    Conditioning conditioning,
    float[] uniforms,
    float[] audio,
    double[][] logits) {
  private static final int SAMPLES = 400;
  private static final int SEED = 20;

  static VerificationCase of(VocoderModel model) {
    int hop = model.features().hop();
    Features features = MadeUpFeatures.of(model, (SAMPLES + hop - 1) / hop + 1);
    Reference reference = new Reference(model, Arithmetic.DOUBLE);
    Conditioning conditioning = reference.conditioning(features);
    int draws = model.network().draws();
    float[] uniforms = new float[SAMPLES * draws];
    new Uniforms(SEED).fill(uniforms, 0, 0, 0, SAMPLES, draws);
    double[] drawn =
        model.subscale().isPresent()
            ? new SubscaleReference(model, Arithmetic.DOUBLE).generate(conditioning, uniforms, 1)
            : reference.generate(reference.network().initialState(), conditioning, 0, uniforms, 1);
    float[] audio = new float[SAMPLES];
    for (int t = 0; t < SAMPLES; t++) {
      audio[t] = (float) drawn[t];
    }
    double[][] logits = new double[SAMPLES][];
    Reference.LogitsConsumer keep = (t, row) -> logits[t] = row.clone();
    if (model.subscale().isPresent()) {
      new SubscaleReference(model, Arithmetic.DOUBLE).score(conditioning, audio, keep);
    } else {
      ReferenceState state = reference.network().initialState();
      reference.score(state, conditioning, 0, audio, keep);
    }
    return new VerificationCase(features, conditioning, uniforms, audio, logits);
  }

  int samples() {
    return audio.length;
  }
}
