package org.wavebridge.runtime;

import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.SampleEncoding;

/**
 * Turns the values a network emits, in [-1, 1], into a waveform: mu-law expansion where the model
 * asks for it, then de-emphasis. The state of the de-emphasis is carried from call to call, so
 * chunks decode to the same samples as the whole. One instance decodes one sequence; not
 * thread-safe.
 *
 * <p>Mu-law, with mu = 2^bits - 1: {@code x = sign(v) / mu * ((1 + mu)^|v| - 1)}. De-emphasis:
 * {@code y[t] = x[t] + a y[t-1]}, y[-1] = 0. Both in double precision, each result rounded once to
 * float. De-emphasis may leave [-1, 1]; nothing is clipped here.
 */
public final class WaveformDecoder {
  private final boolean muLaw;
  private final double mu;
  private final double coefficient;
  private double last;

  /** A decoder at the start of a sequence. */
  public WaveformDecoder(AudioFormat format) {
    this.muLaw = format.encoding() == SampleEncoding.MU_LAW;
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
      double x = muLaw ? expand(values[t]) : values[t];
      last = x + coefficient * last;
      waveform[t] = (float) last;
    }
    return waveform;
  }

  private double expand(double value) {
    return Math.signum(value) / mu * (Math.pow(1 + mu, Math.abs(value)) - 1);
  }

  /**
   * Fades the end of a whole utterance out, as its audio format says: the last {@code fadeOutFrames
   * * hop} samples, or all where there are fewer.
   *
   * @param waveform changed in place
   * @param hop samples per frame
   */
  public static void fadeOut(float[] waveform, AudioFormat format, int hop) {
    fadeOut(waveform, (int) Math.min(waveform.length, (long) format.fadeOutFrames() * hop));
  }

  /**
   * Multiplies the last samples by factors that fall linearly from 1 at the first of them to 0 at
   * the last; a single sample keeps its value.
   *
   * @param waveform changed in place
   * @param samples how many, at most; negative values count as 0
   */
  public static void fadeOut(float[] waveform, int samples) {
    int length = Math.min(samples, waveform.length);
    int start = waveform.length - length;
    for (int i = 1; i < length; i++) {
      waveform[start + i] = (float) (waveform[start + i] * (1 - i / (length - 1.0)));
    }
  }
}
