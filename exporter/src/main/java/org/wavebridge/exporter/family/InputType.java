package org.wavebridge.exporter.family;

import java.util.Optional;
import java.util.Set;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.SampleEncoding;

/**
 * The setting {@code input_type} of G-Wang's project and of those that grew out of it: what the
 * network's samples are.
 */
final class InputType {
  /** The settings that these projects share. */
  static final Set<String> SETTINGS =
      Set.of(
          "family",
          "input_type",
          "distribution",
          "log_scale_min",
          "bits",
          "mulaw_quantize_channels",
          "num_mels",
          "fmin",
          "fmax",
          "hop_size",
          "sample_rate",
          "preemphasis",
          "min_level_db",
          "ref_level_db",
          "rnn_dims",
          "fc_dims",
          "pad",
          "upsample_factors",
          "compute_dims",
          "res_out_dims",
          "res_blocks");

  private static final String NAME = "input_type";
  private static final String BITS = "bits";
  private static final String MU_LAW = "mulaw";
  private static final String MIXTURE = "mixture";

  private InputType() {}

  /**
   * The head of a number of outputs.
   *
   * @param usual what classes are without a configuration; empty where it must be given
   */
  static Head head(TensorReader tensors, Settings settings, int outputs, Optional<String> usual) {
    boolean classes = Integer.bitCount(outputs) == 1 && outputs > 2;
    if (!classes && (outputs % 3 != 0)) {
      throw tensors.refused(
          "fc3 has %d outputs: neither 2^bits classes nor 3 per mixture component; 'raw' samples of a beta or normal distribution cannot be read"
              .formatted(outputs));
    }
    Set<String> fitting = classes ? Set.of(BITS, MU_LAW) : Set.of(MIXTURE);
    String type =
        classes && usual.isEmpty()
            ? settings.choice(NAME, fitting)
            : settings.choice(NAME, classes ? usual.orElseThrow() : MIXTURE, fitting);
    switch (type) {
      case BITS ->
          settings.tensors(
              "bits", Integer.numberOfTrailingZeros(outputs), outputs + " outputs of fc3");
      case MU_LAW -> settings.tensors("mulaw_quantize_channels", outputs, "outputs of fc3");
      default -> {
        requireSmallestScale(settings);
        return new Head.MixtureOfLogistics(outputs / 3);
      }
    }
    return new Head.Categorical(outputs, type.equals(MU_LAW));
  }

  /** The smallest scale is one number for all networks here. */
  private static void requireSmallestScale(Settings settings) {
    double smallest = Head.MixtureOfLogistics.MINIMUM_LOG_SCALE;
    settings.number(
        "log_scale_min",
        smallest,
        "log 1e-14 = %s, the only one that mixtures are drawn with here".formatted(smallest),
        value -> Math.abs(value - smallest) < 1e-4);
  }

  /** The audio format of a head's samples. */
  static AudioFormat audio(Settings settings, Head head, int sampleRate) {
    int rate = MelSettings.sampleRate(settings, sampleRate);
    Optional<Head.Categorical> classes = head.categorical();
    if (classes.isPresent()) {
      return new AudioFormat(
          rate,
          Integer.numberOfTrailingZeros(head.outputs()),
          classes.get().amplitudes() ? SampleEncoding.MU_LAW_AMPLITUDES : SampleEncoding.LINEAR,
          0,
          0);
    }
    return new AudioFormat(rate, 16, SampleEncoding.CONTINUOUS, 0, 0);
  }
}
