package org.wavebridge.runtime;

import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.SampleEncoding;

/** Negative log-likelihood, in bits, of given samples under the logits that predict them. */
final class Likelihood {
  private static final int HALF_RANGE = 32768;
  private static final int LEVELS = 65536;
  private static final double MINIMUM_LOG_SCALE = StrictMath.log(1e-14);

  private final BundleManifest.Network network;
  private final boolean amplitudes;
  private final double levelsPerUnit;

  Likelihood(BundleManifest manifest) {
    this.network = manifest.network();
    this.levelsPerUnit = manifest.bands().map(BundleManifest.BandPart::levelsPerUnit).orElse(1f);
    this.amplitudes = manifest.audio().encoding() == SampleEncoding.MU_LAW_AMPLITUDES;
  }

  /** Logits per sample: both softmaxes of a dual one. */
  int logitsPerSample() {
    return network.head().vectors() * network.outputs();
  }

  /** The shape of the logits of one row's samples. */
  long[] logitsShape(int samples) {
    int vectors = network.head().vectors();
    return vectors == 1
        ? new long[] {1, samples, network.outputs()}
        : new long[] {1, samples, vectors, network.outputs()};
  }

  /**
   * The bits of one sample.
   *
   * @param logits of many samples
   * @param offset where this sample's begin
   * @param value the given sample, as the network emits it
   */
  double bits(float[] logits, int offset, float value) {
    double nats =
        switch (network.head()) {
          case DUAL_SOFTMAX -> {
            int sample = (int) Math.rint((value + 1.0) * HALF_RANGE);
            int clamped = Math.max(0, Math.min(2 * HALF_RANGE - 1, sample));
            int classes = network.outputs();
            yield softmax(logits, offset, classes, clamped / classes)
                + softmax(logits, offset + classes, classes, clamped % classes);
          }
          case CATEGORICAL -> {
            int classes = network.outputs();
            int index = new Head.Categorical(classes, amplitudes).nearest(value);
            yield softmax(logits, offset, classes, index);
          }
          case MIXTURE_OF_LOGISTICS -> mixture(logits, offset, value);
          case GAUSSIAN -> gaussian(logits[offset], logits[offset + 1], value);
          case BAND_MIXTURES -> band(logits, offset, value);
        };
    return nats / StrictMath.log(2);
  }

  private static double softmax(float[] logits, int offset, int classes, int index) {
    return logSumExp(logits, offset, classes) - logits[offset + index];
  }

  private static double logSumExp(float[] logits, int offset, int count) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, logits[offset + i]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += StrictMath.exp(logits[offset + i] - largest);
    }
    return largest + StrictMath.log(sum);
  }

  /** Logistic components discretised to 65,536 levels, the outermost holding the tails. */
  private double mixture(float[] parameters, int offset, float value) {
    int count = network.outputs() / 3;
    double normaliser = logSumExp(parameters, offset, count);
    double likelihood = 0;
    for (int i = 0; i < count; i++) {
      double mean = parameters[offset + count + i];
      double logScale = Math.max(parameters[offset + 2 * count + i], MINIMUM_LOG_SCALE);
      likelihood +=
          StrictMath.exp(parameters[offset + i] - normaliser)
              * levelMass(value - mean, logScale, value);
    }
    return -StrictMath.log(Math.max(likelihood, Double.MIN_NORMAL));
  }

  /** The density of a normal distribution times the width of one of 65,536 levels. */
  private static double gaussian(double mean, double logDeviation, double value) {
    double limited = Math.max(logDeviation, Head.Gaussian.MINIMUM_LOG_DEVIATION);
    double distance = (value - mean) * StrictMath.exp(-limited);
    return (StrictMath.log(2 * Math.PI) + distance * distance) / 2
        + limited
        - StrictMath.log(2.0 / (LEVELS - 1));
  }

  /** Logistic components, of which a 16-bit sample takes what lies within half a level of it. */
  private double band(float[] parameters, int offset, float value) {
    int count = network.outputs() / 3;
    double normaliser = logSumExp(parameters, offset, count);
    double likelihood = 0;
    for (int i = 0; i < count; i++) {
      double mean = parameters[offset + count + i];
      double raw = parameters[offset + 2 * count + i];
      double scale = Math.max(raw, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(raw)));
      double level = value * (double) HALF_RANGE;
      double upper = ((level + 0.5) / levelsPerUnit - mean) / scale;
      double lower = ((level - 0.5) / levelsPerUnit - mean) / scale;
      // In the tail whose probabilities are small, so that their difference is exact.
      double mass = lower > 0 ? sigmoid(-lower) - sigmoid(-upper) : sigmoid(upper) - sigmoid(lower);
      likelihood += StrictMath.exp(parameters[offset + i] - normaliser) * mass;
    }
    return -StrictMath.log(Math.max(likelihood, Double.MIN_NORMAL));
  }

  private static double levelMass(double centred, double logScale, double value) {
    double halfLevel = 1.0 / (LEVELS - 1);
    double inverse = StrictMath.exp(-logScale);
    double upper = value > 0.999 ? 1 : sigmoid(inverse * (centred + halfLevel));
    double lower = value < -0.999 ? 0 : sigmoid(inverse * (centred - halfLevel));
    return upper - lower;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }
}
