package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * fatchord/WaveRNN, modes RAW and MOL. Dimensions and upsampling factors come from the tensors; the
 * audio settings are those of its {@code hparams.py}.
 */
final class Fatchord implements Family {
  /** fatchord's names of what the tensors tell. */
  static final Map<String, String> NAMES =
      Map.of(
          "mels", "num_mels",
          "pad", "voc_pad",
          "upsample_factors", "voc_upsample_factors",
          "res_blocks", "voc_res_blocks",
          "compute_dims", "voc_compute_dims",
          "res_out_dims", "voc_res_out_dims",
          "rnn_dims", "voc_rnn_dims",
          "fc_dims", "voc_fc_dims");

  private static final int FADE_OUT_FRAMES = 20;

  @Override
  public String name() {
    return "fatchord";
  }

  @Override
  public Set<String> settings() {
    return Set.of(
        "family",
        "sample_rate",
        "num_mels",
        "hop_length",
        "win_length",
        "n_fft",
        "fmin",
        "min_level_db",
        "bits",
        "mu_law",
        "voc_mode",
        "voc_upsample_factors",
        "voc_rnn_dims",
        "voc_fc_dims",
        "voc_compute_dims",
        "voc_res_out_dims",
        "voc_res_blocks",
        "voc_pad",
        "voc_gen_batched",
        "voc_target",
        "voc_overlap");
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    return FatchordKeys.of(checkpoint).tensors();
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    Set<String> unused = new TreeSet<>(FatchordKeys.counters(checkpoint));
    unused.add("step");
    return unused;
  }

  /**
   * Descendants with other audio settings keep the same tensors under a key; fatchord's own file is
   * the bare state dict.
   */
  @Override
  public Optional<String> doubt(Checkpoint checkpoint) {
    if (checkpoint.location().isEmpty() || name().equals(checkpoint.config().get("family"))) {
      return Optional.empty();
    }
    return Optional.of(
        "all tensors are there, but under '%s', as in projects that changed the audio settings"
            .formatted(checkpoint.location()));
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
            outputs -> FatchordHead.read(tensors, settings, outputs));
    AudioFormat audio = audio(settings, network.head());
    return new VocoderModel(
        name(),
        audio,
        new FeatureFormat(
            mels,
            conditioner.hop(),
            Optional.of(MelSettings.decibels(settings, "min_level_db", audio.sampleRate()))),
        conditioner,
        network,
        Optional.empty());
  }

  private static AudioFormat audio(Settings settings, Head head) {
    int rate = MelSettings.sampleRate(settings, 22050);
    if (head instanceof Head.Categorical categorical) {
      boolean muLaw = settings.flag("mu_law", true);
      return new AudioFormat(
          rate,
          Integer.numberOfTrailingZeros(categorical.classes()),
          muLaw ? SampleEncoding.MU_LAW : SampleEncoding.LINEAR,
          0,
          FADE_OUT_FRAMES);
    }
    return new AudioFormat(
        rate, settings.integer("bits", 9, 1, 16), SampleEncoding.CONTINUOUS, 0, FADE_OUT_FRAMES);
  }
}
