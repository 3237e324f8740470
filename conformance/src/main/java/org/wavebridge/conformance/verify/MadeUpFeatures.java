package org.wavebridge.conformance.verify;

import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.io.Features;

/** Features in the range that a model's analysis gives, smooth in time as speech is. */
final class MadeUpFeatures {
  private MadeUpFeatures() {}

  /** As many frames as wanted. */
  static Features of(VocoderModel model, int frames) {
    int mels = model.features().mels();
    double low = 0;
    double high = 1;
    if (model.features().analysis().isPresent()) {
      MelAnalysis analysis = model.features().analysis().get();
      low = Double.isInfinite(analysis.minimum()) ? floor(analysis) : analysis.minimum();
      high =
          Double.isInfinite(analysis.maximum()) ? low + 10 / analysis.scale() : analysis.maximum();
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
