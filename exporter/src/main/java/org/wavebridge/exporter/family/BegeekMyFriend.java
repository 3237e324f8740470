package org.wavebridge.exporter.family;

import java.util.List;
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
 * begeekmyfriend/WaveRNN: fatchord's network under {@code model}, with a bias in every convolution
 * of the upsampling. Features of its author's Tacotron lie in -4 .. 4 and are padded with {@code
 * voc_pad_val}, which changed from commit to commit and which no tensor tells: -4 in the last, the
 * one that keeps the tensors under {@code model}; it also is the conditioning beyond the end of a
 * fold. All frames have samples, nothing is faded. Folds are joined where they fit best. The
 * waveform keeps its level, which the project sets to -20 dB of full scale.
 */
final class BegeekMyFriend implements Family {
  private static final String LOCATION = "model";
  private static final String PAD_VALUE = "voc_pad_val";
  private static final double USUAL_PAD_VALUE = -4;

  @Override
  public String name() {
    return "begeekmyfriend";
  }

  @Override
  public Set<String> settings() {
    Set<String> names = new TreeSet<>(new Fatchord().settings());
    names.add(PAD_VALUE);
    return names;
  }

  @Override
  public boolean ignores(String name) {
    return name.startsWith("voc_");
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    return FatchordKeys.of(checkpoint).withBiases().tensors();
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return new Fatchord().unused(checkpoint);
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    FatchordLayers layers =
        new FatchordLayers(
            tensors, settings, FatchordKeys.of(tensors.checkpoint()).withBiases(), Fatchord.NAMES);
    UpsampledMels conditioner = layers.conditioner();
    int mels = conditioner.aux().orElseThrow().input().inputs();
    ResidualGruNetwork network =
        layers.network(
            mels,
            layers.aux(conditioner.aux()),
            outputs -> FatchordHead.read(tensors, settings, outputs));
    if (!tensors.checkpoint().location().equals(LOCATION)) {
      settings.requireGiven(PAD_VALUE);
    }
    float pad = (float) settings.number(PAD_VALUE, USUAL_PAD_VALUE);
    return new VocoderModel(
        name(),
        audio(settings, network.head()),
        new FeatureFormat(mels, conditioner.hop(), Optional.empty()),
        conditioner.paddedWith(pad),
        network,
        Optional.empty(),
        Utterance.WHOLE.with(Utterance.Crossfade.ALIGN).withBeyond(pad));
  }

  private static AudioFormat audio(Settings settings, Head head) {
    int rate = MelSettings.sampleRate(settings, 22050);
    if (head.categorical().isPresent()) {
      return new AudioFormat(
          rate,
          Integer.numberOfTrailingZeros(head.outputs()),
          settings.flag("mu_law", true) ? SampleEncoding.MU_LAW : SampleEncoding.LINEAR,
          0,
          0);
    }
    return new AudioFormat(
        rate, settings.integer("bits", 9, 1, 16), SampleEncoding.CONTINUOUS, 0, 0);
  }
}
