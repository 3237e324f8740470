package org.wavebridge.graphs.model;

import org.wavebridge.graphs.InputException;

/**
 * How an utterance lies over its frames, how folds of it are joined, and how its end fades. An
 * utterance of {@code frames} frames has {@code (frames - leadFrames - tailFrames) * hop} samples;
 * frames without samples give context to the others.
 *
 * @param leadFrames frames before the one that the first sample belongs to
 * @param tailFrames frames after the one that the last sample belongs to
 * @param crossfade how the family joins folds
 * @param joinsDecoded whether each fold is decoded before folds are joined; otherwise the values of
 *     the network are joined, and the whole is decoded
 * @param fadesShort whether the fade at the end also applies, over the whole, to an utterance that
 *     is shorter than it
 * @param beyond every value of the conditioning of a fold's samples beyond the end of the utterance
 * @param fadeSamples samples of the fade at the end, where it is not of whole frames; 0 where
 *     {@link AudioFormat#fadeOutFrames} counts it
 * @param fadesEmphasised whether the fade at the end comes before de-emphasis; otherwise after it
 */
public record Utterance(
    int leadFrames,
    int tailFrames,
    Crossfade crossfade,
    boolean joinsDecoded,
    boolean fadesShort,
    float beyond,
    int fadeSamples,
    boolean fadesEmphasised) {
  /** Samples of the longest utterance, more than half a day. */
  private static final long MOST_SAMPLES = 1 << 30;

  /** fatchord's: the last frame has no samples, folds are decoded and then joined. */
  public static final Utterance PLAIN =
      new Utterance(0, 1, Crossfade.SUSTAIN, true, true, 0, 0, false);

  /** As {@link #PLAIN}, but every frame has samples. */
  public static final Utterance WHOLE = PLAIN.withFrames(0, 0);

  /** The same with other numbers of frames without samples at both ends. */
  public Utterance withFrames(int lead, int tail) {
    return new Utterance(
        lead, tail, crossfade, joinsDecoded, fadesShort, beyond, fadeSamples, fadesEmphasised);
  }

  /** The same with folds joined otherwise. */
  public Utterance with(Crossfade other) {
    return new Utterance(
        leadFrames,
        tailFrames,
        other,
        joinsDecoded,
        fadesShort,
        beyond,
        fadeSamples,
        fadesEmphasised);
  }

  /** The same, but the values of the network are joined, and the whole is decoded. */
  public Utterance joiningValues() {
    return new Utterance(
        leadFrames, tailFrames, crossfade, false, fadesShort, beyond, fadeSamples, fadesEmphasised);
  }

  /** The same, but what is shorter than the fade at the end has no fade. */
  public Utterance withoutShortFade() {
    return new Utterance(
        leadFrames,
        tailFrames,
        crossfade,
        joinsDecoded,
        false,
        beyond,
        fadeSamples,
        fadesEmphasised);
  }

  /** The same with another value of the conditioning beyond the end. */
  public Utterance withBeyond(float value) {
    return new Utterance(
        leadFrames,
        tailFrames,
        crossfade,
        joinsDecoded,
        fadesShort,
        value,
        fadeSamples,
        fadesEmphasised);
  }

  /** The same with a fade of so many samples at the end. */
  public Utterance withFadeSamples(int samples) {
    return new Utterance(
        leadFrames,
        tailFrames,
        crossfade,
        joinsDecoded,
        fadesShort,
        beyond,
        samples,
        fadesEmphasised);
  }

  /** The same with the fade at the end before de-emphasis. */
  public Utterance fadingEmphasised() {
    return new Utterance(
        leadFrames, tailFrames, crossfade, joinsDecoded, fadesShort, beyond, fadeSamples, true);
  }

  /**
   * How neighbouring folds are joined. But for {@link #ALIGN}, the later one is silent for half the
   * overlap, then ramps up with equal power.
   */
  public enum Crossfade {
    /** The earlier fold stays for half the overlap, then ramps down (fatchord's master branch). */
    SUSTAIN,
    /**
     * The earlier fold ramps down first, then is silent (fatchord's fix_crossfade branch, and its
     * descendants).
     */
    RELEASE,
    /**
     * The later fold loses so many of its first samples that it fits the earlier one best, then
     * both fade along a Hann window (begeekmyfriend's): what is joined gets shorter.
     */
    ALIGN
  }

  /**
   * Samples of the fade at the end.
   *
   * @param hop samples of a frame
   */
  public long fade(AudioFormat audio, int hop) {
    return fadeSamples > 0 ? fadeSamples : (long) audio.fadeOutFrames() * hop;
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
