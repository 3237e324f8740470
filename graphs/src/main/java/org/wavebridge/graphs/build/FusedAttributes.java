package org.wavebridge.graphs.build;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.op.DualSoftmaxGenerate;
import org.wavebridge.graphs.op.MultiBandGruGenerate;
import org.wavebridge.graphs.op.ResidualGruGenerate;

/** The attributes that the generate and the score operator of a network share. */
final class FusedAttributes {
  private FusedAttributes() {}

  static Attribute conditioning(DualSoftmaxNetwork network) {
    return Attribute.of(
        DualSoftmaxGenerate.CONDITIONING_SIZE, network.conditioning().weight().columns());
  }

  static List<Attribute> of(ResidualGruNetwork network) {
    return List.of(mels(network), auxSizes(network), mixtures(network));
  }

  /** What only some heads need to draw: the values of classes not evenly spaced, or a mark. */
  static Optional<Attribute> draw(ResidualGruNetwork network) {
    if (network.head() instanceof Head.Gaussian) {
      return Optional.of(Attribute.of(ResidualGruGenerate.GAUSSIAN, 1));
    }
    return network.head() instanceof Head.Categorical categorical && categorical.amplitudes()
        ? Optional.of(Attribute.of(ResidualGruGenerate.CLASS_VALUES, categorical.values()))
        : Optional.empty();
  }

  static Attribute mels(ResidualGruNetwork network) {
    return Attribute.of(ResidualGruGenerate.MELS, network.input().weight().columns());
  }

  static Attribute auxSizes(ResidualGruNetwork network) {
    return Attribute.of(
        ResidualGruGenerate.AUX_SIZES, Arrays.stream(network.auxSizes()).asLongStream().toArray());
  }

  static Attribute mixtures(ResidualGruNetwork network) {
    return Attribute.of(
        ResidualGruGenerate.MIXTURES,
        network.head() instanceof Head.MixtureOfLogistics mixture ? mixture.mixtures() : 0);
  }

  /** The attributes of both operators of a multi-band network. */
  static List<Attribute> of(MultiBandGruNetwork network) {
    return List.of(mixtures(network.head()));
  }

  /** What only drawing needs. */
  static List<Attribute> draw(MultiBandGruNetwork network) {
    return List.of(
        Attribute.of(MultiBandGruGenerate.LEVELS_PER_UNIT, network.head().unit()),
        Attribute.of(MultiBandGruGenerate.UNIFORM_MARGIN, network.head().margin()));
  }

  private static Attribute mixtures(Head.BandMixtures head) {
    return Attribute.of(ResidualGruGenerate.MIXTURES, head.mixtures());
  }
}
