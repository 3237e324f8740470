package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/**
 * G-Wang/WaveRNN-Pytorch: fatchord's network under {@code state_dict}, beside {@code global_step}.
 * Features are not padded, so the frames at both ends have no samples. In mu-law mode the network
 * is fed amplitudes. Whether its classes are mu-law ({@code input_type} {@code mulaw}) or linear
 * ({@code bits}) must be said. Features are made elsewhere.
 */
final class GWang implements Family {
  private static final String LOCATION = "state_dict";
  private static final Map<String, String> NAMES =
      Map.of("mels", "num_mels", "hop_length", "hop_size");

  @Override
  public String name() {
    return "gwang";
  }

  @Override
  public Set<String> settings() {
    Set<String> names = new TreeSet<>(InputType.SETTINGS);
    names.addAll(Set.of("fft_size", "win_length", "rescaling", "rescaling_max", "batch_size"));
    names.addAll(Set.of("allow_clipping_in_normalization", "quantize_channels", "nepochs"));
    names.addAll(Set.of("save_every_step", "evaluate_every_step", "seq_len_factor", "seq_len"));
    names.addAll(Set.of("grad_norm", "initial_learning_rate", "lr_schedule_type"));
    names.addAll(Set.of("noam_warm_up_steps", "step_gamma", "lr_step_interval", "adam_beta1"));
    names.addAll(Set.of("adam_beta2", "adam_eps", "amsgrad", "weight_decay", "fix_learning_rate"));
    return names;
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    return FatchordKeys.of(checkpoint).tensors();
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return FatchordKeys.counters(checkpoint);
  }

  @Override
  public Optional<String> doubt(Checkpoint checkpoint) {
    Optional<String> elsewhere = FatchordKeys.elsewhere(checkpoint, LOCATION);
    return elsewhere.isPresent() || checkpoint.metadata().containsKey("global_step")
        ? elsewhere
        : Optional.of("all tensors are there, but no 'global_step' beside them");
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    FatchordLayers layers =
        new FatchordLayers(tensors, settings, FatchordKeys.of(tensors.checkpoint()), NAMES);
    UpsampledMels conditioner = layers.conditioner();
    int mels = conditioner.aux().orElseThrow().input().inputs();
    ResidualGruNetwork network =
        layers.network(
            mels,
            layers.aux(conditioner.aux()),
            outputs -> InputType.head(tensors, settings, outputs, Optional.empty()));
    return new VocoderModel(
        name(),
        InputType.audio(settings, network.head(), 22050),
        new FeatureFormat(mels, conditioner.hop(), Optional.empty()),
        conditioner,
        network,
        Optional.empty(),
        Utterance.PLAIN
            .withFrames(conditioner.pad(), conditioner.pad())
            .with(Utterance.Crossfade.RELEASE));
  }
}
