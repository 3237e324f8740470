package org.wavebridge.graphs.model;

import java.util.Optional;

/**
 * Coqui TTS' conditioning without an upsampling network: features padded with {@code pad} zero
 * frames at each end are interpolated linearly in time, their padding is cut, and what is left is
 * scaled; so is, but for padding and scale, the output of the {@link AuxBranch}. Both {@code
 * [samples, channels]}. Of F frames, sample t lies at frame {@code t (F - 1) / (F hop - 1)}: the
 * first and the last fall on each other. So every sample depends on the length of the utterance.
 *
 * @param pad zero frames at each end
 * @param hop samples per frame
 * @param scale factor of the interpolated features
 * @param aux the second branch, or empty where the mels are all there is
 */
public record InterpolatedMels(int pad, int hop, float scale, Optional<AuxBranch> aux)
    implements Conditioner {
  @Override
  public int contextFrames() {
    return Conditioner.WHOLE;
  }

  @Override
  public boolean atSampleRate() {
    return true;
  }
}
