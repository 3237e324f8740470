package org.wavebridge.exporter.checkpoint;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checkpoints that lie beside a vocoder's and are none, by names that only they have. */
public final class OtherCheckpoints {
  private static final String NOT = ", not of a WaveRNN vocoder; give the vocoder's checkpoint";

  /**
   * A network by names of its tensors.
   *
   * @param what it is
   * @param names that it has, each of one tensor at least
   */
  private record Network(String what, List<Pattern> names) {
    static Network of(String what, String... names) {
      return new Network(what, Stream.of(names).map(Pattern::compile).toList());
    }

    boolean fits(Collection<String> tensors) {
      return names.stream()
          .allMatch(name -> tensors.stream().anyMatch(tensor -> name.matcher(tensor).lookingAt()));
    }
  }

  private static final List<Network> NETWORKS =
      List.of(
          Network.of(
              "of a HiFi-GAN generator", "conv_pre\\.", "ups\\.0\\.", "resblocks\\.0\\.convs"),
          Network.of("of a GAN's discriminators", "discriminators\\.\\d{1,3}\\.conv"),
          Network.of("of a WaveGlow", "WN\\.0\\.", "convinv\\.0\\."),
          Network.of("of a VITS synthesizer", "enc_p\\.", "dec\\.", "flow\\."),
          Network.of(
              "of a FastSpeech-like synthesizer",
              "(\\w{1,40}\\.)?(dur_pred|duration_predictor|variance_adaptor|pitch_pred)"),
          Network.of(
              "of a Tacotron-like synthesizer",
              "(encoder|embedding|encoder_proj)\\.",
              "decoder\\.\\w{0,40}(attention|attn|prenet)"),
          Network.of(
              "of a WaveNet or Parallel WaveGAN",
              "first_conv\\.",
              "conv_layers\\.0\\.",
              "last_conv"),
          Network.of("of a speaker encoder", "similarity_weight", "lstm\\."));

  private OtherCheckpoints() {}

  /** The name of a network that no family knows, by the names of its tensors. */
  public static Optional<String> ofTensors(Collection<String> names) {
    return NETWORKS.stream()
        .filter(network -> network.fits(names))
        .map(network -> "the checkpoint " + network.what() + NOT)
        .findFirst();
  }

  /** The kind of a dictionary in which no network was found. */
  static Optional<String> of(Map<?, ?> top) {
    if (top.containsKey("param_groups") && top.containsKey("state")) {
      return Optional.of("the state of an optimiser, without weights; give the model's checkpoint");
    }
    return top.values().stream()
        .filter(Map.class::isInstance)
        .map(part -> names((Map<?, ?>) part))
        .filter(names -> !names.isEmpty() && names.size() < StateDict.MAXIMUM_TENSORS)
        .limit(20)
        .flatMap(names -> ofTensors(names).stream())
        .findFirst();
  }

  private static List<String> names(Map<?, ?> part) {
    List<String> names =
        part.entrySet().stream()
            .filter(entry -> entry.getValue() instanceof CheckpointTensor)
            .map(entry -> String.valueOf(entry.getKey()))
            .toList();
    int prefix = names.isEmpty() ? 0 : StateDict.prefix(names).length();
    return names.stream().map(name -> name.substring(prefix)).toList();
  }
}
