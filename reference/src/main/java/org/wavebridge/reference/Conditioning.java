package org.wavebridge.reference;

/**
 * The conditioning of a step network, as its conditioner computes it.
 *
 * @param hop samples per frame: sample t uses frame t / hop
 * @param frames {@code [frames, E]}: the conditioning of a dual softmax network, or the aux part of
 *     a residual GRU network; empty where that is {@code samples} or has no values
 * @param samples {@code [samples, M]}: the mels of a residual GRU network (of several bands: {@code
 *     [steps, M]}), or the conditioning of a dual softmax network that changes with every sample;
 *     empty for others
 */
public record Conditioning(int hop, double[][] frames, double[][] samples) {
  /** Conditioning at frame rate only. */
  public static Conditioning ofFrames(int hop, double[][] frames) {
    return new Conditioning(hop, frames, new double[0][]);
  }

  /** Conditioning at sample rate only. */
  public static Conditioning ofSamples(double[][] samples) {
    return new Conditioning(1, new double[0][], samples);
  }

  /** The conditioning, or the aux part of it, that holds for a sample. */
  double[] frameOf(int sample) {
    return frames.length == 0 ? samples[sample] : frames[sample / hop];
  }
}
