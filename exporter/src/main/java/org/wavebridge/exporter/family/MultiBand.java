package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.SubBandGruNetwork;

/**
 * Rongjiehuang/Multiband-WaveRNN: fatchord's network with an output layer for each of four bands,
 * whose previous samples all enter the input layer. Features are not padded, so frames at both ends
 * have no samples. Its folds and its mode MOL fail in the project itself.
 */
final class MultiBand implements Family {
  private static final List<String> OUTPUTS = List.of("fc30", "fc31", "fc32", "fc33");
  private static final String RAW = "RAW";

  /** Taps of the filters less one, cutoff of their prototype, and shape of its window. */
  private static final int ORDER = 62;

  private static final double CUTOFF = 0.15;
  private static final double BETA = 9;

  private final Fatchord fatchord = new Fatchord();

  @Override
  public String name() {
    return "multiband";
  }

  @Override
  public Set<String> settings() {
    return fatchord.settings();
  }

  /** Those of training, and the project's own version. */
  @Override
  public boolean ignores(String name) {
    return fatchord.ignores(name) || name.equals("version");
  }

  private static FatchordKeys keys(Checkpoint checkpoint) {
    return FatchordKeys.of(checkpoint).withOutputs(OUTPUTS);
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    return keys(checkpoint).tensors();
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return fatchord.unused(checkpoint);
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    FatchordLayers layers =
        new FatchordLayers(tensors, settings, keys(tensors.checkpoint()), Fatchord.NAMES);
    UpsampledMels conditioner = layers.conditioner();
    int mels = conditioner.aux().orElseThrow().input().inputs();
    SubBandGruNetwork network =
        layers.bandNetwork(
            mels,
            layers.aux(conditioner.aux()),
            conditioner.hop(),
            outputs -> head(tensors, settings, outputs),
            CosineModulatedBank.windowed(OUTPUTS.size(), ORDER, CUTOFF, BETA));
    AudioFormat audio = audio(settings, network.outputs());
    return new VocoderModel(
        name(),
        audio,
        new FeatureFormat(
            mels,
            conditioner.hop() * network.bands(),
            MelSettings.analysis(
                settings, "min_level_db", MelSettings.Usual.MULTIBAND, audio.sampleRate())),
        conditioner,
        network,
        Optional.empty(),
        Utterance.PLAIN.withFrames(conditioner.pad(), conditioner.pad()));
  }

  private static Head head(TensorReader tensors, Settings settings, int outputs) {
    settings.choice("voc_mode", RAW, Set.of(RAW));
    if (Integer.bitCount(outputs) != 1 || outputs < 4) {
      throw tensors.refused(
          "%s has %d outputs, expected 2^bits classes, 4 or more; mixtures (MOL) of several bands are not exported, since the project cannot train them"
              .formatted(OUTPUTS.get(0), outputs));
    }
    settings.tensors(
        "bits", Integer.numberOfTrailingZeros(outputs), outputs + " outputs of " + OUTPUTS.get(0));
    return new Head.Categorical(outputs);
  }

  private static AudioFormat audio(Settings settings, int classes) {
    return new AudioFormat(
        MelSettings.sampleRate(settings, 24000),
        Integer.numberOfTrailingZeros(classes),
        settings.flag("mu_law", true) ? SampleEncoding.MU_LAW : SampleEncoding.LINEAR,
        0,
        0);
  }
}
