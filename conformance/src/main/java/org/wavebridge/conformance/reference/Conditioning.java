package org.wavebridge.conformance.reference;

/**
 * What a conditioner gives to a step network.
 *
 * @param hop samples per frame: sample t uses frame t / hop
 * @param frames {@code [frames, E]}: the conditioning of a dual softmax network, or the aux part of
 *     a residual GRU network
 * @param samples {@code [samples, M]}: the mels of a residual GRU network; empty for others
 */
public record Conditioning(int hop, double[][] frames, double[][] samples) {
  /** Conditioning at frame rate only. */
  public static Conditioning ofFrames(int hop, double[][] frames) {
    return new Conditioning(hop, frames, new double[0][]);
  }

  /** The frame-rate conditioning that holds for a sample. */
  double[] frameOf(int sample) {
    return frames[sample / hop];
  }
}
