package org.wavebridge.conformance.targets;

import org.wavebridge.runtime.io.Features;

/** Features as the reference takes them. */
public final class FeatureFrames {
  private FeatureFrames() {}

  /** The values, {@code [frames][mels]}. */
  public static double[][] of(Features features) {
    double[][] frames = new double[features.frames()][features.mels()];
    for (int f = 0; f < frames.length; f++) {
      for (int m = 0; m < features.mels(); m++) {
        frames[f][m] = features.at(m, f);
      }
    }
    return frames;
  }
}
