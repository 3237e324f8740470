package org.wavebridge.compress;

import java.util.Optional;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * The scale of features that a network was trained on, where it does not say how they are computed.
 *
 * <p>The first convolution of fatchord's aux branch holds a batch norm, which made its outputs lie
 * around 0 over the training data. Features of most projects are logarithms of mel magnitudes under
 * some shift and scale. Those two are taken that bring the mean outputs for given features of
 * speech closest to 0, by least squares.
 *
 * @param factor multiplies a natural logarithm of a mel magnitude, above 0
 * @param shift is added
 */
public record SpeechScale(double factor, double shift) {
  /** Of a decibel over 100 in 0 .. 1 the factor is 0.09, of one in -4 .. 4 it is 0.7. */
  private static final double SMALLEST = 0.02;

  private static final double LARGEST = 5;

  /**
   * The scale of a network.
   *
   * @param logarithms natural logarithms of mel magnitudes of speech, {@code [frames][mels]}, of
   *     any number of mels
   * @return empty where the network has no such branch or no scale explains its norm
   */
  public static Optional<SpeechScale> of(VocoderModel model, double[][] logarithms) {
    return model.conditioner() instanceof UpsampledMels upsampled
        ? upsampled.aux().flatMap(aux -> of(aux.input(), means(logarithms, aux.input().inputs())))
        : Optional.empty();
  }

  private static Optional<SpeechScale> of(Convolution first, double[] means) {
    double speechSpeech = 0;
    double speechOnes = 0;
    double onesOnes = 0;
    double speechBias = 0;
    double onesBias = 0;
    int taps = first.inputs() * first.width();
    for (int o = 0; o < first.outputs(); o++) {
      double speech = 0;
      double ones = 0;
      for (int i = 0; i < taps; i++) {
        double weight = first.weight()[o * taps + i];
        speech += weight * means[i / first.width()];
        ones += weight;
      }
      double bias = first.bias()[o];
      speechSpeech += speech * speech;
      speechOnes += speech * ones;
      onesOnes += ones * ones;
      speechBias -= speech * bias;
      onesBias -= ones * bias;
    }
    double determinant = speechSpeech * onesOnes - speechOnes * speechOnes;
    double factor = (speechBias * onesOnes - onesBias * speechOnes) / determinant;
    double shift = (speechSpeech * onesBias - speechOnes * speechBias) / determinant;
    return factor >= SMALLEST && factor <= LARGEST && Double.isFinite(shift)
        ? Optional.of(new SpeechScale(factor, shift))
        : Optional.empty();
  }

  private static double[] means(double[][] logarithms, int mels) {
    double[] means = new double[mels];
    for (double[] frame : resized(logarithms, mels)) {
      for (int mel = 0; mel < mels; mel++) {
        means[mel] += frame[mel] / logarithms.length;
      }
    }
    return means;
  }

  /** Features of a network for logarithms of as many or of other mels, which are interpolated. */
  public double[][] features(double[][] logarithms, int mels) {
    double[][] features = resized(logarithms, mels);
    for (double[] frame : features) {
      for (int mel = 0; mel < mels; mel++) {
        frame[mel] = factor * frame[mel] + shift;
      }
    }
    return features;
  }

  private static double[][] resized(double[][] frames, int mels) {
    double[][] resized = new double[frames.length][mels];
    for (int f = 0; f < frames.length; f++) {
      double step = mels > 1 ? (frames[f].length - 1) / (mels - 1.0) : 0;
      for (int mel = 0; mel < mels; mel++) {
        int low = Math.min((int) (mel * step), frames[f].length - 1);
        int high = Math.min(low + 1, frames[f].length - 1);
        double share = mel * step - low;
        resized[f][mel] = (1 - share) * frames[f][low] + share * frames[f][high];
      }
    }
    return resized;
  }
}
