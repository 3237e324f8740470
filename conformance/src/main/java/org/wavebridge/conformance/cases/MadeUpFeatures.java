package org.wavebridge.conformance.cases;

import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.io.Features;

/** Features in the range that a model's analysis gives, smooth in time as speech is. */
public final class MadeUpFeatures {
  private MadeUpFeatures() {}

  /** As many frames as wanted. */
  public static Features of(VocoderModel model, int frames) {
    return of(model, frames, 0);
  }

  /**
   * As many frames as wanted, of another utterance for each seed.
   *
   * @param seed from 0
   */
  public static Features of(VocoderModel model, int frames, long seed) {
    int mels = model.features().mels();
    double low = 0;
    double high = 1;
    if (model.features().analysis().isPresent()) {
      MelAnalysis analysis = model.features().analysis().get();
      low = Math.max(analysis.minimum(), floor(analysis));
      high =
          Double.isInfinite(analysis.maximum()) ? low + 10 / analysis.scale() : analysis.maximum();
    }
    float[] values = new float[mels * frames];
    for (int mel = 0; mel < mels; mel++) {
      for (int frame = 0; frame < frames; frame++) {
        double phase = 0.7 * frame + 0.2 * mel + 1.9 * seed;
        double wave =
            0.5 + 0.35 * StrictMath.sin(phase) + 0.15 * StrictMath.cos(1.3 * mel + 0.5 * seed);
        values[mel * frames + frame] = (float) (low + (high - low) * wave);
      }
    }
    return new Features(mels, frames, values);
  }

  /**
   * The embedding of a made-up speaker: not negative and of length 1, as encoders make them; no
   * values where the model takes none.
   *
   * @param seed another speaker for each
   */
  public static float[] speaker(VocoderModel model, long seed) {
    int size = model.conditioner().speakerSize();
    float[] values = new float[size];
    double length = 0;
    for (int i = 0; i < size; i++) {
      double value = 1 + StrictMath.sin(1.7 * i + 0.9 * seed);
      values[i] = (float) value;
      length += value * value;
    }
    for (int i = 0; i < size; i++) {
      values[i] = (float) (values[i] / StrictMath.sqrt(length));
    }
    return values;
  }

  private static double floor(MelAnalysis analysis) {
    double log =
        switch (analysis.logScale()) {
          case NATURAL -> StrictMath.log(analysis.floor());
          case DECIBEL -> 20 * StrictMath.log10(analysis.floor());
        };
    return (log + analysis.shift()) / analysis.scale();
  }
}
