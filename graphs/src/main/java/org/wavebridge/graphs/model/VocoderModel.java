package org.wavebridge.graphs.model;

import java.util.Optional;

/**
 * Everything about a trained vocoder, with its weights.
 *
 * @param family the code base the checkpoint came from
 * @param audio what generated values mean
 * @param features what the vocoder takes
 * @param conditioner features to conditioning
 * @param network conditioning to samples
 * @param subscale the sub-tensors, or empty where one sample follows the other
 * @param utterance which frames have samples, and how pieces of an utterance are joined
 */
public record VocoderModel(
    String family,
    AudioFormat audio,
    FeatureFormat features,
    Conditioner conditioner,
    StepNetwork network,
    Optional<Subscale> subscale,
    Utterance utterance) {
  /** Checks that the context fits the network. */
  public VocoderModel {
    if (subscale.isPresent() && conditioner.atSampleRate()) {
      throw new IllegalArgumentException(
          "utterances can be folded only where conditioning is at frame rate");
    }
    if (network instanceof MultiBandGruNetwork multiBand) {
      checkColumns(multiBand, conditioner, features.hop(), subscale.isPresent());
    } else if (conditioner instanceof CausalConvolutions) {
      throw new IllegalArgumentException("causal convolutions condition multi-band networks only");
    }
    Optional<ContextNetwork> context = subscale.flatMap(Subscale::context);
    if (context.isPresent() && context.get().input().rows() != network.inputSize()) {
      throw new IllegalArgumentException(
          "weight '%s': expected %d rows, which the network's input has, found %d"
              .formatted(
                  context.get().input().name(), network.inputSize(), context.get().input().rows()));
    }
  }

  private static void checkColumns(
      MultiBandGruNetwork network, Conditioner conditioner, int hop, boolean folded) {
    if (folded
        || !(conditioner instanceof CausalConvolutions causal)
        || causal.vectorsPerFrame() != network.columns()
        || causal.size() != network.inputSize()
        || hop % (network.columns() * network.bands()) != 0) {
      throw new IllegalArgumentException(
          "a multi-band network is not folded, and takes causal convolutions that give the input of its gates for each column of a frame of %d samples"
              .formatted(hop));
    }
  }

  /** A vocoder whose utterances are {@link Utterance#PLAIN}. */
  public VocoderModel(
      String family,
      AudioFormat audio,
      FeatureFormat features,
      Conditioner conditioner,
      StepNetwork network,
      Optional<Subscale> subscale) {
    this(family, audio, features, conditioner, network, subscale, Utterance.PLAIN);
  }

  /** Samples for which the conditioning of the slower rate holds: a frame's, a column's, or one. */
  public int samplesPerVector() {
    if (network instanceof MultiBandGruNetwork multiBand) {
      return features.hop() / multiBand.columns();
    }
    return conditioner.atSampleRate() ? 1 : features.hop();
  }

  /** The same vocoder with another step network. */
  public VocoderModel with(StepNetwork other) {
    return new VocoderModel(family, audio, features, conditioner, other, subscale, utterance);
  }

  /** The same vocoder with another conditioner. */
  public VocoderModel with(Conditioner other) {
    return new VocoderModel(family, audio, features, other, network, subscale, utterance);
  }

  /** The same vocoder with its features described otherwise. */
  public VocoderModel with(FeatureFormat other) {
    return new VocoderModel(family, audio, other, conditioner, network, subscale, utterance);
  }

  /** The same vocoder with subscale generation. */
  public VocoderModel with(Subscale folding) {
    return new VocoderModel(
        family, audio, features, conditioner, network, Optional.of(folding), utterance);
  }

  /** The same step network without subscale generation. */
  public VocoderModel withoutSubscale() {
    return new VocoderModel(family, audio, features, conditioner, network, Optional.empty());
  }
}
