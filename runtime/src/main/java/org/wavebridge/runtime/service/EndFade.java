package org.wavebridge.runtime.service;

import java.util.Arrays;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.WaveformDecoder;

/**
 * The fade at the end of an utterance that comes in pieces. Samples that may lie in it are held
 * until more frames are known, or the end is. Where a bundle does not fade, nothing is held.
 */
final class EndFade {
  private final BundleManifest manifest;
  private final long length;
  private float[] held = {};
  private long given;

  /**
   * At the start of an utterance.
   *
   * @param on whether the end is faded
   */
  EndFade(BundleManifest manifest, boolean on) {
    this.manifest = manifest;
    this.length = on ? manifest.utterance().fade(manifest.audio(), manifest.features().hop()) : 0;
  }

  /** Frames that a fade takes, whole or in part. */
  int frames() {
    int hop = manifest.features().hop();
    return (int) ((length + hop - 1) / hop);
  }

  /** Samples that are held. */
  int held() {
    return held.length;
  }

  /**
   * Takes the next samples and gives those whose values are known.
   *
   * @param made the next samples
   * @param frames known of the utterance
   * @param last whether these were the last samples
   */
  float[] pass(float[] made, long frames, boolean last) {
    if (length == 0) {
      return made;
    }
    float[] all = Arrays.copyOf(held, held.length + made.length);
    System.arraycopy(made, 0, all, held.length, made.length);
    int count = all.length;
    if (last) {
      WaveformDecoder.fadeOut(all, given, given + all.length, manifest);
    } else {
      int silent = manifest.utterance().leadFrames() + manifest.utterance().tailFrames();
      long least = (frames - silent) * manifest.features().hop();
      count = (int) Math.max(0, Math.min(all.length, least - length - given));
    }
    held = Arrays.copyOfRange(all, count, all.length);
    given += count;
    return Arrays.copyOf(all, count);
  }
}
