package org.wavebridge.conformance.verify;

import org.wavebridge.conformance.reference.Arithmetic;
import org.wavebridge.conformance.reference.Conditioning;
import org.wavebridge.conformance.reference.Reference;
import org.wavebridge.conformance.reference.ReferenceState;
import org.wavebridge.graphs.model.MelAnalysis;
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
    Features features = features(model);
    Reference reference = new Reference(model, Arithmetic.DOUBLE);
    Conditioning conditioning = reference.conditioning(features);
    int draws = model.network().draws();
    float[] uniforms = new float[SAMPLES * draws];
    new Uniforms(SEED).fill(uniforms, 0, 0, 0, SAMPLES, draws);
    double[] drawn =
        reference.generate(reference.network().initialState(), conditioning, 0, uniforms, 1);
    float[] audio = new float[SAMPLES];
    for (int t = 0; t < SAMPLES; t++) {
      audio[t] = (float) drawn[t];
    }
    double[][] logits = new double[SAMPLES][];
    ReferenceState state = reference.network().initialState();
    reference.score(state, conditioning, 0, audio, (t, row) -> logits[t] = row.clone());
    return new VerificationCase(features, conditioning, uniforms, audio, logits);
  }

  int samples() {
    return audio.length;
  }

  /** Enough frames for the samples, smooth in time as speech is. */
  private static Features features(VocoderModel model) {
    int hop = model.features().hop();
    int mels = model.features().mels();
    int frames = (SAMPLES + hop - 1) / hop + 1;
    double low = 0;
    double high = 1;
    if (model.features().analysis().isPresent()) {
      MelAnalysis analysis = model.features().analysis().get();
      low = Double.isInfinite(analysis.minimum()) ? floor(analysis) : analysis.minimum();
      high = Double.isInfinite(analysis.maximum()) ? low + 10 : analysis.maximum();
    }
    float[] values = new float[mels * frames];
    for (int mel = 0; mel < mels; mel++) {
      for (int frame = 0; frame < frames; frame++) {
        double wave = 0.5 + 0.35 * Math.sin(0.7 * frame + 0.2 * mel) + 0.15 * Math.cos(1.3 * mel);
        values[mel * frames + frame] = (float) (low + (high - low) * wave);
      }
    }
    return new Features(mels, frames, values);
  }

  private static double floor(MelAnalysis analysis) {
    double log =
        switch (analysis.logScale()) {
          case NATURAL -> Math.log(analysis.floor());
          case DECIBEL -> 20 * Math.log10(analysis.floor());
        };
    return (log + analysis.shift()) / analysis.scale();
  }
}
