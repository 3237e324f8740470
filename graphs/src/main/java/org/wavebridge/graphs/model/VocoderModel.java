package org.wavebridge.graphs.model;

import java.util.Optional;

/**
 * Everything about a trained vocoder, with its weights. An utterance of {@code frames} frames has
 * {@code (frames - 1) * hop} samples.
 *
 * @param family the code base the checkpoint came from
 * @param audio what generated values mean
 * @param features what the vocoder takes
 * @param conditioner features to conditioning
 * @param network conditioning to samples
 * @param subscale how utterances are folded, or empty where one sample follows the other
 */
public record VocoderModel(
    String family,
    AudioFormat audio,
    FeatureFormat features,
    Conditioner conditioner,
    StepNetwork network,
    Optional<Subscale> subscale) {
  /** Checks that the context fits the network. */
  public VocoderModel {
    Optional<ContextNetwork> context = subscale.flatMap(Subscale::context);
    if (context.isPresent() && context.get().input().rows() != network.inputSize()) {
      throw new IllegalArgumentException(
          "weight '%s': expected %d rows, which the network's input has, found %d"
              .formatted(
                  context.get().input().name(), network.inputSize(), context.get().input().rows()));
    }
  }

  /** The same vocoder with another step network. */
  public VocoderModel with(StepNetwork other) {
    return new VocoderModel(family, audio, features, conditioner, other, subscale);
  }

  /** The same vocoder with its features described otherwise. */
  public VocoderModel with(FeatureFormat other) {
    return new VocoderModel(family, audio, other, conditioner, network, subscale);
  }

  /** The same vocoder with its utterances folded. */
  public VocoderModel with(Subscale folding) {
    return new VocoderModel(family, audio, features, conditioner, network, Optional.of(folding));
  }

  /** The same step network without folding. */
  public VocoderModel withoutSubscale() {
    return new VocoderModel(family, audio, features, conditioner, network, Optional.empty());
  }
}
