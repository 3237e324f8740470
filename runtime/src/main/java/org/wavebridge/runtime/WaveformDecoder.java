package org.wavebridge.runtime;

import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.MuLaw;
import org.wavebridge.graphs.model.SampleEncoding;

/**
 * Turns the values a network emits, in [-1, 1], into a waveform: mu-law expansion where the model
 * asks for it, then de-emphasis; where there are bands, each is expanded before they are merged.
 * The state of the de-emphasis is carried from call to call, so chunks decode to the same samples
 * as the whole. One instance decodes one sequence; not thread-safe.
 *
 * <p>Mu-law, with mu = 2^bits - 1: {@code x = sign(v) / mu * ((1 + mu)^|v| - 1)}. De-emphasis:
 * {@code y[t] = x[t] + a y[t-1]}, y[-1] = 0. Both in double precision, each result rounded once to
 * float. De-emphasis may leave [-1, 1]; nothing is clipped here.
 */
public final class WaveformDecoder {
  private final SampleEncoding encoding;
  private final double mu;
  private final double coefficient;
  private double last;

  /** A decoder at the start of a sequence. */
  public WaveformDecoder(AudioFormat format) {
    this.encoding = format.encoding();
    this.mu = Math.scalb(1.0, format.bits()) - 1;
    this.coefficient = format.deEmphasis();
  }

  /**
   * Decodes the next values of the sequence.
   *
   * @param values in [-1, 1]
   * @return as many amplitudes
   */
  public float[] decode(float[] values) {
    float[] waveform = new float[values.length];
    for (int t = 0; t < values.length; t++) {
      last = amplitude(values[t]) + coefficient * last;
      waveform[t] = (float) last;
    }
    return waveform;
  }

  /** The amplitudes of values, each for itself: what bands are merged of. */
  float[] expanded(float[] values) {
    float[] amplitudes = new float[values.length];
    for (int i = 0; i < amplitudes.length; i++) {
      amplitudes[i] = (float) amplitude(values[i]);
    }
    return amplitudes;
  }

  /** De-emphasises the next amplitudes of the sequence. */
  float[] deEmphasised(float[] amplitudes) {
    float[] waveform = new float[amplitudes.length];
    for (int t = 0; t < waveform.length; t++) {
      last = amplitudes[t] + coefficient * last;
      waveform[t] = (float) last;
    }
    return waveform;
  }

  private double amplitude(float value) {
    return switch (encoding) {
      case MU_LAW -> MuLaw.expand(value, mu);
      case MU_LAW_CENTRED -> MuLaw.expand(centred(value), mu);
      case MU_LAW_TRUNCATED -> MuLaw.expand(2 * level(value) / mu - 1, mu);
      case LINEAR, MU_LAW_AMPLITUDES, CONTINUOUS -> value;
    };
  }

  /** The level at or below a value, in binary32, where 2k / mu - 1 may lie just below level k. */
  private int level(float value) {
    float level = (value + 1) * (float) mu / 2;
    return (int) Math.max(0, Math.min(mu, level));
  }

  /** Level k of C becomes (k - C / 2) 2 / C. */
  private double centred(float value) {
    double level = Math.rint((value + 1.0) * mu / 2);
    return Math.max(0, Math.min(mu, level)) * 2 / (mu + 1) - 1;
  }

  /**
   * Fades the end of a whole utterance out, as its bundle says: the last {@link
   * org.wavebridge.graphs.model.Utterance#fade} samples; of a shorter one all or none. A fade
   * before de-emphasis is made of what de-emphasis gave.
   *
   * @param waveform changed in place
   */
  public static void fadeOut(float[] waveform, BundleManifest manifest) {
    fadeOut(waveform, 0, waveform.length, manifest);
  }

  /**
   * Fades a part of an utterance out, as {@link #fadeOut(float[], BundleManifest)} the whole.
   *
   * @param part changed in place
   * @param first sample of the utterance that the part begins with, at most the first of the fade
   * @param samples of the utterance
   */
  public static void fadeOut(float[] part, long first, long samples, BundleManifest manifest) {
    long fade = manifest.utterance().fade(manifest.audio(), manifest.features().hop());
    if (samples > fade || manifest.utterance().fadesShort()) {
      double emphasis = manifest.utterance().fadesEmphasised() ? manifest.audio().deEmphasis() : 0;
      fadeOut(part, (int) (samples - Math.min(samples, fade) - first), emphasis);
    }
  }

  /**
   * Multiplies the last samples by factors that fall linearly from 1 at the first of them to 0 at
   * the last; a single sample keeps its value.
   *
   * @param waveform changed in place
   * @param samples how many, at most; negative values count as 0
   */
  public static void fadeOut(float[] waveform, int samples) {
    fadeOut(waveform, Math.max(0, waveform.length - Math.max(0, samples)), 0);
  }

  /**
   * Fades from a place to the end. Before de-emphasis, y[t] = f(t) (x[t] - a x[t-1]) + a y[t-1];
   * the first factor is 1, so there both are the same.
   */
  private static void fadeOut(float[] part, int start, double emphasis) {
    double last = start < part.length ? part[start] : 0;
    double faded = last;
    for (int at = start + 1; at < part.length; at++) {
      double factor = 1 - (at - start) / (part.length - start - 1.0);
      double kept = part[at];
      faded = (kept - emphasis * last) * factor + emphasis * faded;
      last = kept;
      part[at] = (float) faded;
    }
  }
}
