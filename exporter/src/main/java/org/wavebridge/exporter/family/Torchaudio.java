package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
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
 * torchaudio.models.WaveRNN: fatchord's network under names of its own, mu-law classes. All frames
 * have samples, and nothing is faded. Features are those of {@code infer()}: decibels in 0 .. 1.
 * Its vocoder rounds drawn levels down, which the setting {@code truncate_levels} can turn off.
 */
final class Torchaudio implements Family {
  private static final String RESNET = "upsample.resnet.melresnet_model.";
  private static final Pattern BLOCK =
      Pattern.compile("upsample\\.resnet\\.melresnet_model\\.(\\d{1,3})\\.resblock_model\\..*");
  private static final Pattern STAGE =
      Pattern.compile("upsample\\.upsample_layers\\.(\\d{1,2})\\.weight");

  private static final String MINIMUM = "mel_min_level_db";

  /** Layers before the first residual block: convolution, normalisation, ReLU. */
  private static final int FIRST_BLOCK = 3;

  private static final Map<String, String> NAMES =
      Map.of(
          "mels", "n_freq",
          "upsample_factors", "upsample_scales",
          "res_blocks", "n_res_block",
          "compute_dims", "n_hidden",
          "res_out_dims", "n_output",
          "rnn_dims", "n_rnn",
          "fc_dims", "n_fc");

  @Override
  public String name() {
    return "torchaudio";
  }

  @Override
  public Set<String> settings() {
    Set<String> names = new TreeSet<>(MelSettings.names());
    names.addAll(NAMES.values());
    names.addAll(Set.of("family", "sample_rate", "hop_length", "n_classes", "kernel_size", "pad"));
    names.addAll(Set.of(MINIMUM, "truncate_levels"));
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
    int blocks = Math.max(0, FatchordKeys.last(checkpoint, BLOCK) - FIRST_BLOCK + 1);
    List<Integer> stages = FatchordKeys.stages(FatchordKeys.last(checkpoint, STAGE));
    return new FatchordKeys(
        "I", true, blocks, stages, false, false, List.of("fc3"), name -> own(name, blocks));
  }

  /** fatchord's name to torchaudio's: there, layers of a sequence have numbers. */
  private static String own(String name, int blocks) {
    String[] parts = name.split("\\.");
    if (name.startsWith("I.")) {
      return "fc." + parts[1];
    }
    if (name.startsWith("upsample.up_layers.")) {
      return name.replace("up_layers", "upsample_layers");
    }
    if (!name.startsWith("upsample.resnet.")) {
      return name;
    }
    return switch (parts[2]) {
      case "conv_in" -> RESNET + "0." + parts[3];
      case "batch_norm" -> RESNET + "1." + parts[3];
      case "conv_out" -> RESNET + (FIRST_BLOCK + blocks) + "." + parts[3];
      default -> {
        int layer =
            switch (parts[4]) {
              case "conv1" -> 0;
              case "batch_norm1" -> 1;
              case "conv2" -> 3;
              default -> 4;
            };
        int block = FIRST_BLOCK + Integer.parseInt(parts[3]);
        yield RESNET + block + ".resblock_model." + layer + "." + parts[5];
      }
    };
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    FatchordLayers layers =
        new FatchordLayers(tensors, settings, keys(tensors.checkpoint()), NAMES);
    UpsampledMels conditioner = layers.conditioner();
    int width = conditioner.aux().orElseThrow().input().width();
    settings.tensors("kernel_size", width, "width of " + RESNET + "0");
    int mels = conditioner.aux().orElseThrow().input().inputs();
    ResidualGruNetwork network =
        layers.network(
            mels, layers.aux(conditioner.aux()), outputs -> head(tensors, settings, outputs));
    int rate = MelSettings.sampleRate(settings, 22050);
    boolean truncates = settings.flag("truncate_levels", true);
    return new VocoderModel(
        name(),
        new AudioFormat(
            rate,
            Integer.numberOfTrailingZeros(network.head().outputs()),
            truncates ? SampleEncoding.MU_LAW_TRUNCATED : SampleEncoding.MU_LAW,
            0,
            0),
        new FeatureFormat(
            mels,
            conditioner.hop(),
            MelSettings.analysis(settings, MINIMUM, MelSettings.Usual.FATCHORD, rate)),
        conditioner,
        network,
        Optional.empty(),
        Utterance.WHOLE);
  }

  private static Head head(TensorReader tensors, Settings settings, int outputs) {
    if (Integer.bitCount(outputs) != 1 || outputs < 2) {
      throw tensors.refused("fc3 has %d outputs, expected 2^bits classes".formatted(outputs));
    }
    settings.tensors("n_classes", outputs, "outputs of fc3");
    return new Head.Categorical(outputs);
  }
}
