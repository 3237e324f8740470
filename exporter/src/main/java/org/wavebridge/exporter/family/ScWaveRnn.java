package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/**
 * dipjyoti92/SC-WaveRNN: fatchord's network, whose input layer also takes a speaker embedding, in
 * its last 256 columns. The embedding comes from an encoder that is no part of the checkpoint, and
 * is used as it is. Folds are joined before they are decoded.
 */
final class ScWaveRnn implements Family {
  /** Columns for the speaker, which the project has written into its network. */
  static final int SPEAKER = 256;

  private final Fatchord fatchord = new Fatchord();

  @Override
  public String name() {
    return "scwavernn";
  }

  @Override
  public Set<String> settings() {
    return fatchord.settings();
  }

  @Override
  public boolean ignores(String name) {
    return fatchord.ignores(name);
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    return fatchord.tensors(checkpoint);
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return fatchord.unused(checkpoint);
  }

  @Override
  public Optional<String> doubt(Checkpoint checkpoint) {
    return FatchordKeys.hasFurther(checkpoint, SPEAKER) ? Optional.empty() : Optional.of(narrow());
  }

  private static String narrow() {
    return "'I.weight' has no %d columns for a speaker".formatted(SPEAKER);
  }

  /** Only the width of the input layer tells it from fatchord's. */
  @Override
  public FamilyMatch match(Checkpoint checkpoint) {
    FamilyMatch match = Family.super.match(checkpoint);
    return match.off() > 0 || FatchordKeys.hasFurther(checkpoint, SPEAKER)
        ? match
        : new FamilyMatch(name(), false, 1, narrow());
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    FatchordLayers layers =
        new FatchordLayers(
            tensors, settings, FatchordKeys.of(tensors.checkpoint()), Fatchord.NAMES);
    UpsampledMels conditioner = layers.conditioner().withSpeaker(SPEAKER);
    int mels = conditioner.aux().orElseThrow().input().inputs();
    ResidualGruNetwork network =
        layers.network(
            mels,
            layers.aux(conditioner.aux()),
            SPEAKER,
            outputs -> FatchordHead.read(tensors, settings, outputs));
    return Fatchord.model(
        name(),
        settings,
        conditioner,
        network,
        Utterance.PLAIN.with(Utterance.Crossfade.RELEASE).joiningValues());
  }
}
