package org.wavebridge.graphs.assemble;

import java.util.List;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.network.NetworkKind;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmax;
import org.wavebridge.graphs.network.embeddinggru.EmbeddingGru;
import org.wavebridge.graphs.network.lpcnet.LpcNet;
import org.wavebridge.graphs.network.multibandgru.MultiBandGru;
import org.wavebridge.graphs.network.residualgru.ResidualGru;
import org.wavebridge.graphs.network.residualgru.SubBandGru;

/** The registry of step networks. */
public final class Networks {
  /** Every kind of network. */
  public static final List<NetworkKind<?>> ALL =
      List.of(
          new DualSoftmax(),
          new ResidualGru(),
          new SubBandGru(),
          new MultiBandGru(),
          new LpcNet(),
          new EmbeddingGru());

  private Networks() {}

  /** The kind of a network. */
  @SuppressWarnings("unchecked") // A kind is only given networks of its own description.
  static NetworkKind<StepNetwork> of(StepNetwork network) {
    return (NetworkKind<StepNetwork>)
        ALL.stream()
            .filter(kind -> kind.description().isInstance(network))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("no graphs for a network " + network.kind()));
  }

  /**
   * The kind that a bundle names.
   *
   * @throws GraphException if there is none
   */
  public static NetworkKind<?> named(String word) {
    return ALL.stream()
        .filter(kind -> kind.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new GraphException(
                    "network kind: expected one of %s, found '%s'"
                        .formatted(ALL.stream().map(NetworkKind::word).toList(), word)));
  }
}
