package org.wavebridge.graphs.model;

import java.util.Optional;

/**
 * The frame-rate network of LPCNet (Valin and Skoglund 2019), with the linear prediction of each
 * frame.
 *
 * <pre>
 * x(t) = [features 0..F-1 of frame t, embedding[pitch(t)]]
 * pitch = floor(50 (feature[F-2] + 2.002)), from {@code lowestPitch} to 255
 * u(t) = tanh(W_1 [x(t-2), x(t-1), x(t)] + b_1), 0 at t = 0;  zeros before the first frame
 * v(t) = tanh(W_2 [u(t-2), u(t-1), u(t)] + b_2)
 * y(t) = tanh(W_4 tanh(W_3 v(t) + b_3) + b_4)
 * conditioning of frame f = [G y(f+D) + b_G, coefficients(f), sharpening(f)]
 * </pre>
 *
 * <p>The sharpening is 1, or 1 + max(0, 1.5 (feature[F-1] - 1/3)). Features beyond F are not read,
 * except that a prediction reads the cepstrum, which is the first 18.
 *
 * @param features F: values of a frame that the network reads
 * @param lowestPitch the smallest index of the embedding
 * @param embedding {@code [256, size]}
 * @param first W_1 and b_1, of 3 taps
 * @param second W_2 and b_2, of 3 taps
 * @param third W_3 and b_3
 * @param fourth W_4 and b_4
 * @param gates G and b_G, {@code [3H + 3M, C]}: the inputs of the gates of both GRUs
 * @param cepstral the way from the cepstrum to the coefficients; without it y(f+D) begins with 16
 *     reflection coefficients
 * @param gamma factor of the i-th coefficient to the power of i
 * @param sharpened whether a pitch gain sharpens the distribution
 * @param lookAhead D, 0 to 3
 */
public record LpcNetConditioner(
    int features,
    int lowestPitch,
    WeightMatrix embedding,
    ContextLayer first,
    ContextLayer second,
    Affine third,
    Affine fourth,
    Affine gates,
    Optional<Cepstral> cepstral,
    float gamma,
    boolean sharpened,
    int lookAhead)
    implements Conditioner {
  /** The largest index of the embedding. */
  public static final int HIGHEST_PITCH = 255;

  /** The largest look-ahead. */
  public static final int MOST_LOOK_AHEAD = 3;

  /**
   * The way from a cepstrum to the coefficients of a prediction.
   *
   * @param logEnergies {@code [B, 18]} and its bias: natural logarithms of the energies of B bands
   * @param autocorrelation {@code [17, B]}, of energies
   * @param noiseFloor what is added to the energy of the signal
   */
  public record Cepstral(Affine logEnergies, WeightMatrix autocorrelation, float noiseFloor) {}

  /** Checks the sizes. */
  public LpcNetConditioner {
    int size = first.outputs();
    embedding.requireShape(HIGHEST_PITCH + 1, embedding.columns());
    first.weight().requireShape(size, 3 * (features + embedding.columns()));
    second.weight().requireShape(size, 3 * size);
    third.weight().requireShape(size, size);
    fourth.weight().requireShape(size, size);
    gates.weight().requireShape(gates.weight().rows(), size);
    if (lookAhead < 0 || lookAhead > MOST_LOOK_AHEAD) {
      throw new IllegalArgumentException(
          "expected a look-ahead of 0 to %d frames, found %d"
              .formatted(MOST_LOOK_AHEAD, lookAhead));
    }
    if (cepstral.isEmpty() && size < 16) {
      throw new IllegalArgumentException(
          "expected 16 or more values of conditioning, which begin with the reflection coefficients, found "
              + size);
    }
  }

  /** The feature that tells the pitch. */
  public int pitchFeature() {
    return features - 2;
  }

  /** The feature that is a gain. */
  public int gainFeature() {
    return features - 1;
  }

  /** Values of a frame before the gates. */
  public int size() {
    return first.outputs();
  }

  @Override
  public int contextFrames() {
    return first.reach() + second.reach() - lookAhead;
  }

  @Override
  public int futureFrames() {
    return lookAhead;
  }
}
