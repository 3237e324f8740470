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
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/**
 * fatchord/WaveRNN, modes RAW and MOL. Dimensions and upsampling factors come from the tensors; the
 * audio settings are those of its {@code hparams.py}, or of ForwardTacotron's configuration, whose
 * features are natural logarithms.
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

  /** The parts of ForwardTacotron's configuration, which leaves {@code voc_} away. */
  static final Map<String, String> PARTS =
      Map.of("dsp", "", "audio", "", "vocoder", "voc_", "vocoder.model", "voc_");

  /** Settings that ForwardTacotron has and fatchord's project has not. */
  private static final List<String> FORWARD_TACOTRON =
      List.of("trim_start_end_silence", "trim_silence_top_db", "trim_long_silences");

  private static final int FADE_OUT_FRAMES = 20;

  @Override
  public String name() {
    return "fatchord";
  }

  @Override
  public Set<String> settings() {
    Set<String> names = new TreeSet<>(MelSettings.names());
    names.addAll(NAMES.values());
    names.addAll(Set.of("family", "sample_rate", "hop_length", "bits", "mu_law", "voc_mode"));
    names.addAll(Set.of("min_level_db", "ref_level_db"));
    names.addAll(Set.of("voc_gen_batched", "voc_target", "voc_overlap"));
    return names;
  }

  @Override
  public Map<String, String> parts() {
    return PARTS;
  }

  /** Other settings of training. */
  @Override
  public boolean ignores(String name) {
    return name.startsWith("voc_");
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
    if (FatchordKeys.hasFurther(checkpoint, ScWaveRnn.SPEAKER)) {
      return Optional.of(
          "all tensors are there, but 'I.weight' has %d columns more, as for a speaker"
              .formatted(ScWaveRnn.SPEAKER));
    }
    if (FatchordKeys.lacksChannel(checkpoint)) {
      return Optional.of(
          "all tensors are there, but I has a column less than mels and aux conditioning take");
    }
    if (checkpoint.location().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "all tensors are there, but under '%s', as in projects that changed the audio settings"
            .formatted(checkpoint.location()));
  }

  @Override
  public List<String> twins() {
    return List.of(ForwardTacotron.NAME);
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    return read(tensors, settings, name(), usual(settings));
  }

  /** The model of a family with another name and usual analysis. */
  static VocoderModel read(
      TensorReader tensors, Settings settings, String family, MelSettings.Usual usual) {
    FatchordLayers layers =
        new FatchordLayers(tensors, settings, FatchordKeys.of(tensors.checkpoint()), NAMES);
    UpsampledMels conditioner = layers.conditioner();
    int mels = conditioner.aux().orElseThrow().input().inputs();
    ResidualGruNetwork network =
        layers.network(
            mels,
            layers.aux(conditioner.aux()),
            outputs -> FatchordHead.read(tensors, settings, outputs));
    return model(family, settings, conditioner, network, Utterance.PLAIN, usual);
  }

  /** The vocoder of a project that kept fatchord's settings. */
  static VocoderModel model(
      String family,
      Settings settings,
      UpsampledMels conditioner,
      ResidualGruNetwork network,
      Utterance utterance) {
    return model(family, settings, conditioner, network, utterance, usual(settings));
  }

  private static VocoderModel model(
      String family,
      Settings settings,
      UpsampledMels conditioner,
      ResidualGruNetwork network,
      Utterance utterance,
      MelSettings.Usual usual) {
    int mels = network.input().weight().columns();
    AudioFormat audio = audio(settings, network.head());
    return new VocoderModel(
        family,
        audio,
        new FeatureFormat(
            mels,
            conditioner.hop(),
            MelSettings.analysis(settings, "min_level_db", usual, audio.sampleRate())),
        conditioner,
        network,
        Optional.empty(),
        utterance);
  }

  private static MelSettings.Usual usual(Settings settings) {
    return FORWARD_TACOTRON.stream().anyMatch(settings::given)
        ? MelSettings.Usual.FORWARD_TACOTRON
        : MelSettings.Usual.FATCHORD;
  }

  private static AudioFormat audio(Settings settings, Head head) {
    int rate = MelSettings.sampleRate(settings, 22050);
    if (head.categorical().isPresent()) {
      boolean muLaw = settings.flag("mu_law", true);
      return new AudioFormat(
          rate,
          Integer.numberOfTrailingZeros(head.outputs()),
          muLaw ? SampleEncoding.MU_LAW : SampleEncoding.LINEAR,
          0,
          FADE_OUT_FRAMES);
    }
    return new AudioFormat(
        rate, settings.integer("bits", 9, 1, 16), SampleEncoding.CONTINUOUS, 0, FADE_OUT_FRAMES);
  }
}
