package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/**
 * wqt2019/tacotron-2_wavernn: fatchord's files and network, but the input layer takes the first
 * slice of the aux conditioning without its last channel; this alone tells it. Features are those
 * of its Tacotron, made of pre-emphasised sound. The fade at the end comes before de-emphasis.
 */
final class Wqt2019 implements Family {
  private static final int FADE_OUT_FRAMES = 20;
  private static final double USUAL_EMPHASIS = MelSettings.Usual.WQT2019.preEmphasis();

  private final Fatchord fatchord = new Fatchord();

  @Override
  public String name() {
    return "wqt2019";
  }

  @Override
  public Set<String> settings() {
    Set<String> names = new TreeSet<>(fatchord.settings());
    names.add("apply_preemphasis");
    return names;
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
    return FatchordKeys.lacksChannel(checkpoint)
        ? Optional.empty()
        : Optional.of(
            "all tensors are there, but I has not a column less than mels and aux conditioning take");
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    FatchordLayers layers =
        new FatchordLayers(
            tensors, settings, FatchordKeys.of(tensors.checkpoint()), Fatchord.NAMES);
    UpsampledMels conditioner = layers.conditioner();
    int mels = conditioner.aux().orElseThrow().input().inputs();
    ResidualGruNetwork network =
        layers.networkWithoutLast(
            mels,
            layers.aux(conditioner.aux()),
            outputs -> FatchordHead.read(tensors, settings, outputs));
    AudioFormat audio = audio(settings, network);
    return new VocoderModel(
        name(),
        audio,
        new FeatureFormat(
            mels,
            conditioner.hop(),
            MelSettings.analysis(
                settings, "min_level_db", MelSettings.Usual.WQT2019, audio.sampleRate())),
        conditioner,
        network,
        Optional.empty(),
        Utterance.PLAIN.fadingEmphasised());
  }

  private static AudioFormat audio(Settings settings, ResidualGruNetwork network) {
    int rate = MelSettings.sampleRate(settings, 16000);
    float deEmphasis = (float) MelSettings.preEmphasis(settings, USUAL_EMPHASIS);
    if (network.head().categorical().isEmpty()) {
      int bits = settings.integer("bits", 9, 1, 16);
      return new AudioFormat(rate, bits, SampleEncoding.CONTINUOUS, deEmphasis, FADE_OUT_FRAMES);
    }
    return new AudioFormat(
        rate,
        Integer.numberOfTrailingZeros(network.head().outputs()),
        settings.flag("mu_law", true) ? SampleEncoding.MU_LAW : SampleEncoding.LINEAR,
        deEmphasis,
        FADE_OUT_FRAMES);
  }
}
