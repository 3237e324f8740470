package org.wavebridge.graphs.model;

import org.wavebridge.graphs.InputException;

/**
 * How an utterance lies over its frames, and how folds of it are joined. An utterance of {@code
 * frames} frames has {@code (frames - leadFrames - tailFrames) * hop} samples; frames without
 * samples give context to the others.
 *
 * @param leadFrames frames before the one that the first sample belongs to
 * @param tailFrames frames after the one that the last sample belongs to
 * @param crossfade how the family joins folds
 * @param joinsDecoded whether each fold is decoded before folds are joined; otherwise the values of
 *     the network are joined, and the whole is decoded
 * @param fadesShort whether the fade at the end also applies, over the whole, to an utterance that
 *     is shorter than it
 */
public record Utterance(
    int leadFrames, int tailFrames, Crossfade crossfade, boolean joinsDecoded, boolean fadesShort) {
  /** Samples of the longest utterance, more than half a day. */
  private static final long MOST_SAMPLES = 1 << 30;

  /** fatchord's: the last frame has no samples, folds are decoded and then joined. */
  public static final Utterance PLAIN = new Utterance(0, 1, Crossfade.SUSTAIN, true, true);

  /** As {@link #PLAIN}, but every frame has samples. */
  public static final Utterance WHOLE = PLAIN.withFrames(0, 0);

  /** The same with other numbers of frames without samples at both ends. */
  public Utterance withFrames(int lead, int tail) {
    return new Utterance(lead, tail, crossfade, joinsDecoded, fadesShort);
  }

  /** The same with folds joined otherwise. */
  public Utterance with(Crossfade other) {
    return new Utterance(leadFrames, tailFrames, other, joinsDecoded, fadesShort);
  }

  /** The same, but the values of the network are joined, and the whole is decoded. */
  public Utterance joiningValues() {
    return new Utterance(leadFrames, tailFrames, crossfade, false, fadesShort);
  }

  /** The same, but what is shorter than the fade at the end has no fade. */
  public Utterance withoutShortFade() {
    return new Utterance(leadFrames, tailFrames, crossfade, joinsDecoded, false);
  }

  /**
   * How neighbouring folds are joined; the later one always is silent for half the overlap, then
   * ramps up with equal power.
   */
  public enum Crossfade {
    /** The earlier fold stays for half the overlap, then ramps down (fatchord's master branch). */
    SUSTAIN,
    /**
     * The earlier fold ramps down first, then is silent (fatchord's fix_crossfade branch, and its
     * descendants).
     */
    RELEASE
  }

  /**
   * Samples of an utterance of a number of frames; none where there are too few.
   *
   * @throws InputException if there are more than 2^30
   */
  public int samples(int frames, int hop) {
    long samples = Math.max(0, (long) frames - leadFrames - tailFrames) * hop;
    if (samples > MOST_SAMPLES) {
      throw new InputException(
          "expected features of at most %,d samples, found %d frames of %d; cut them into pieces"
              .formatted(MOST_SAMPLES, frames, hop));
    }
    return (int) samples;
  }
}
