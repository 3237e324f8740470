package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/**
 * geneing/WaveRNN-Pytorch: fatchord's upsampling, then one GRU and one hidden dense layer, pruned
 * in groups of 1x4. The input layer takes the first half of the aux conditioning without its last
 * channel, the dense layer the second half. All frames have samples, nothing is faded. Older
 * commits call the output layer {@code fc2}. Features lie in -4 .. 4 and are made elsewhere.
 */
final class Geneing implements Family {
  private static final Map<String, String> NAMES =
      Map.of("mels", "num_mels", "hop_length", "hop_size");

  /** The type of its published models: linear levels. */
  private static final String USUAL_TYPE = "bits";

  @Override
  public String name() {
    return "geneing";
  }

  @Override
  public Set<String> settings() {
    Set<String> names = new TreeSet<>(InputType.SETTINGS);
    names.addAll(Set.of("n_fft", "win_size", "symmetric_mels", "max_abs_value"));
    names.addAll(Set.of("preemphasize", "sparse_group"));
    return names;
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    return keys(checkpoint).tensors();
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return FatchordKeys.counters(checkpoint);
  }

  private static FatchordKeys keys(Checkpoint checkpoint) {
    Set<String> names = checkpoint.tensors().keySet();
    boolean older = names.contains("fc2.weight") && !names.contains("fc3.weight");
    return FatchordKeys.of(checkpoint)
        .withOneGru()
        .named(name -> older ? name.replaceFirst("^fc3\\.", "fc2.") : name);
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    FatchordLayers layers =
        new FatchordLayers(tensors, settings, keys(tensors.checkpoint()), NAMES);
    UpsampledMels conditioner = layers.conditioner();
    int mels = conditioner.aux().orElseThrow().input().inputs();
    int channels = conditioner.aux().orElseThrow().output().outputs();
    if (channels % 2 != 0) {
      throw tensors.refused(
          "upsample.resnet.conv_out has %d outputs, expected a multiple of 2".formatted(channels));
    }
    ResidualGruNetwork network =
        layers.networkWithoutLast(
            mels,
            channels / 2,
            outputs -> InputType.head(tensors, settings, outputs, Optional.of(USUAL_TYPE)));
    AudioFormat audio = InputType.audio(settings, network.head(), 16000);
    return new VocoderModel(
        name(),
        audio,
        new FeatureFormat(mels, conditioner.hop(), Optional.empty()),
        conditioner,
        network,
        Optional.empty(),
        Utterance.WHOLE.with(Utterance.Crossfade.RELEASE));
  }
}
