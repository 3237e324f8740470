package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.UpsampledMels;

/**
 * What fatchord's network has in common with that of projects that grew out of it: the upsampling,
 * both GRUs and the dense layers, under the same names.
 */
final class FatchordLayers {
  private static final Pattern BLOCK =
      Pattern.compile("upsample\\.resnet\\.layers\\.(\\d{1,3})\\..*");
  private static final Pattern STAGE =
      Pattern.compile("upsample\\.up_layers\\.(\\d{1,2})\\.weight");

  private final TensorReader tensors;
  private final Settings settings;
  private final String prefix;

  /**
   * The layers of a checkpoint.
   *
   * @param prefix of the names of the settings that tell the tensors' sizes
   */
  FatchordLayers(TensorReader tensors, Settings settings, String prefix) {
    this.tensors = tensors;
    this.settings = settings;
    this.prefix = prefix;
  }

  /**
   * The tensors of all layers.
   *
   * @param input name of the input layer
   */
  static List<String> tensors(Checkpoint checkpoint, String input) {
    List<String> names = new ArrayList<>(List.of("upsample.resnet.conv_in.weight"));
    names.addAll(FatchordUpsampler.batchNorm("upsample.resnet.batch_norm"));
    for (int block = 0; block < blocks(checkpoint); block++) {
      names.addAll(FatchordUpsampler.blockTensors(block));
    }
    names.addAll(List.of("upsample.resnet.conv_out.weight", "upsample.resnet.conv_out.bias"));
    stages(checkpoint).forEach(stage -> names.add("upsample.up_layers." + stage + ".weight"));
    for (String gru : List.of("rnn1", "rnn2")) {
      for (String part : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
        names.add(gru + "." + part + "_l0");
      }
    }
    for (String layer : List.of(input, "fc1", "fc2", "fc3")) {
      names.addAll(List.of(layer + ".weight", layer + ".bias"));
    }
    return names;
  }

  /** The counters of batch normalisations, which only training uses. */
  static Set<String> counters(Checkpoint checkpoint) {
    return checkpoint.tensors().keySet().stream()
        .filter(name -> name.endsWith(".num_batches_tracked"))
        .collect(Collectors.toSet());
  }

  private static int blocks(Checkpoint checkpoint) {
    return last(checkpoint, BLOCK) + 1;
  }

  /** The numbers of the layers that convolve; every other one repeats. */
  private static List<Integer> stages(Checkpoint checkpoint) {
    List<Integer> stages = new ArrayList<>(List.of(1));
    for (int stage = 3; stage <= last(checkpoint, STAGE); stage += 2) {
      stages.add(stage);
    }
    return stages;
  }

  private static int last(Checkpoint checkpoint, Pattern layer) {
    return checkpoint.tensors().keySet().stream()
        .map(layer::matcher)
        .filter(Matcher::matches)
        .mapToInt(match -> Integer.parseInt(match.group(1)))
        .reduce(-1, Math::max);
  }

  /**
   * The upsampling.
   *
   * @param mels name of the setting for the number of features
   */
  UpsampledMels conditioner(String mels) {
    UpsampledMels conditioner =
        new FatchordUpsampler(tensors)
            .read(blocks(tensors.checkpoint()), stages(tensors.checkpoint()));
    settings.tensors(mels, conditioner.input().inputs(), "inputs of upsample.resnet.conv_in");
    settings.tensors(prefix + "pad", conditioner.pad(), "width of upsample.resnet.conv_in");
    settings.tensors(
        prefix + "upsample_factors",
        conditioner.stages().stream().map(UpsampledMels.Stage::factor).toList(),
        "widths of upsample.up_layers");
    settings.tensors("hop_length", conditioner.hop(), "product of the upsampling factors");
    settings.tensors(prefix + "res_blocks", conditioner.blocks().size(), "upsample.resnet.layers");
    settings.tensors(
        prefix + "compute_dims",
        conditioner.input().outputs(),
        "outputs of upsample.resnet.conv_in");
    settings.tensors(
        prefix + "res_out_dims",
        conditioner.output().outputs(),
        "outputs of upsample.resnet.conv_out");
    return conditioner;
  }

  /** Channels of each of the four slices of the aux conditioning. */
  int aux(UpsampledMels conditioner) {
    int outputs = conditioner.output().outputs();
    if (outputs % 4 != 0) {
      throw tensors.refused(
          "upsample.resnet.conv_out has %d outputs, expected a multiple of 4".formatted(outputs));
    }
    return outputs / 4;
  }

  /**
   * The step network.
   *
   * @param inputName of the input layer's tensors
   * @param sample its column for the previous value, {@code [R]}
   * @param input its columns for the mels and for the first slice
   * @param head from the number of outputs
   */
  ResidualGruNetwork network(
      String inputName, float[] sample, AuxAffine input, IntFunction<Head> head) {
    int hidden = sample.length;
    int aux = input.aux().columns();
    float[] gru2 = tensors.floats("rnn2.weight_ih_l0", 3L * hidden, (long) hidden + aux);
    AuxAffine fc1 = auxLayer("fc1", hidden, aux);
    AuxAffine fc2 = auxLayer("fc2", fc1.weight().rows(), aux);
    int outputs = (int) tensors.shape("fc3.weight", ANY, fc2.weight().rows())[0];
    settings.tensors(prefix + "rnn_dims", hidden, "rows of " + inputName + ".weight");
    settings.tensors(prefix + "fc_dims", fc1.weight().rows(), "rows of fc1.weight");
    return new ResidualGruNetwork(
        sample,
        input,
        gruPart("rnn1", "ih", "gru1_input", hidden),
        gruPart("rnn1", "hh", "gru1_recurrent", hidden),
        new AuxAffine(
            TensorReader.columns("gru2_input", gru2, 3 * hidden, 0, hidden),
            TensorReader.columns("gru2_aux", gru2, 3 * hidden, hidden, hidden + aux),
            tensors.floats("rnn2.bias_ih_l0", 3L * hidden)),
        gruPart("rnn2", "hh", "gru2_recurrent", hidden),
        fc1,
        fc2,
        tensors.layer("fc3", "output", outputs, fc2.weight().rows()),
        head.apply(outputs));
  }

  private Affine gruPart(String gru, String part, String name, int hidden) {
    return new Affine(
        tensors.matrix(gru + ".weight_" + part + "_l0", name, 3 * hidden, hidden),
        tensors.floats(gru + ".bias_" + part + "_l0", 3L * hidden));
  }

  private AuxAffine auxLayer(String name, int inputs, int aux) {
    int rows = (int) tensors.shape(name + ".weight", ANY, (long) inputs + aux)[0];
    float[] values = tensors.floats(name + ".weight", rows, (long) inputs + aux);
    return new AuxAffine(
        TensorReader.columns(name, values, rows, 0, inputs),
        TensorReader.columns(name + "_aux", values, rows, inputs, inputs + aux),
        tensors.floats(name + ".bias", rows));
  }
}
