package org.wavebridge.graphs.model;

import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.contract.Conditioning;

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
      throw new IllegalArgumentException("subscale generation needs conditioning at frame rate");
    }
    network.check(conditioner, features.hop(), subscale.isPresent());
    Optional<ContextNetwork> context = subscale.flatMap(Subscale::context);
    if (context.isPresent() && context.get().input().rows() != network.inputSize()) {
      throw new IllegalArgumentException(
          "weight '%s': expected %d rows, which the network's input has, found %d"
              .formatted(
                  context.get().input().name(), network.inputSize(), context.get().input().rows()));
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
    return conditioner.atSampleRate() ? 1 : features.hop() / network.vectorsPerFrame();
  }

  /** The tensors the network takes, in input order, at the rates that the conditioner gives. */
  public List<Conditioning> conditioningTensors() {
    List<Conditioning> tensors = network.conditioningTensors();
    return conditioner.atSampleRate()
        ? tensors.stream().map(Conditioning::atSampleRate).toList()
        : tensors;
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
