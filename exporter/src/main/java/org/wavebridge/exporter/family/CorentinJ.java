package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
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
 * CorentinJ/Real-Time-Voice-Cloning: fatchord's network under {@code model_state}, at 16 kHz.
 * Features lie in -4 .. 4 and are divided by 4 before the network. Folds are joined before they are
 * decoded; de-emphasis follows, then the fade. Features are made from pre-emphasised audio, which
 * feature analysis here does not know, so there is none.
 */
final class CorentinJ implements Family {
  private static final String LOCATION = "model_state";
  private static final int FADE_OUT_FRAMES = 20;

  @Override
  public String name() {
    return "corentinj";
  }

  @Override
  public Set<String> settings() {
    Set<String> names = new TreeSet<>(new Fatchord().settings());
    names.add("apply_preemphasis");
    return names;
  }

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
    return new Fatchord().unused(checkpoint);
  }

  @Override
  public Optional<String> doubt(Checkpoint checkpoint) {
    return FatchordKeys.elsewhere(checkpoint, LOCATION);
  }

  @Override
  public List<String> twins() {
    return List.of(MockingBird.NAME);
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    return read(
        tensors,
        settings,
        name(),
        Fatchord.NAMES,
        hop -> Utterance.PLAIN.with(Utterance.Crossfade.RELEASE).joiningValues());
  }

  /**
   * The model of a family with another name.
   *
   * @param names of the settings that tell the tensors' sizes
   * @param utterance from the samples that the network makes of a frame
   */
  static VocoderModel read(
      TensorReader tensors,
      Settings settings,
      String family,
      Map<String, String> names,
      IntFunction<Utterance> utterance) {
    FatchordLayers layers =
        new FatchordLayers(tensors, settings, FatchordKeys.of(tensors.checkpoint()), names);
    UpsampledMels conditioner = layers.conditioner();
    int mels = conditioner.aux().orElseThrow().input().inputs();
    ResidualGruNetwork network =
        layers.network(
            mels,
            layers.aux(conditioner.aux()),
            outputs -> FatchordHead.read(tensors, settings, outputs));
    double range = settings.number("mel_max_abs_value", 4, "a number above 0", value -> value > 0);
    return new VocoderModel(
        family,
        audio(settings, network.head()),
        new FeatureFormat(mels, conditioner.hop(), Optional.empty()),
        FatchordUpsampler.scaled(conditioner, 1 / range),
        network,
        Optional.empty(),
        utterance.apply(conditioner.hop()));
  }

  private static AudioFormat audio(Settings settings, Head head) {
    int rate = MelSettings.sampleRate(settings, 16000);
    double emphasis =
        settings.number("preemphasis", 0.97, "from 0 to less than 1", a -> a >= 0 && (float) a < 1);
    float deEmphasis = settings.flag("apply_preemphasis", true) ? (float) emphasis : 0;
    if (head.categorical().isPresent()) {
      return new AudioFormat(
          rate,
          Integer.numberOfTrailingZeros(head.outputs()),
          settings.flag("mu_law", true) ? SampleEncoding.MU_LAW : SampleEncoding.LINEAR,
          deEmphasis,
          FADE_OUT_FRAMES);
    }
    return new AudioFormat(
        rate,
        settings.integer("bits", 9, 1, 16),
        SampleEncoding.CONTINUOUS,
        deEmphasis,
        FADE_OUT_FRAMES);
  }
}
