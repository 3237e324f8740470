package org.wavebridge.exporter.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointTensor;

/**
 * The tensors of fatchord's network and of its descendants, by fatchord's names. A descendant may
 * leave parts out and may call them otherwise.
 *
 * @param input name of the input layer
 * @param aux whether there is the residual network of the aux conditioning
 * @param blocks how many residual blocks it has
 * @param stages the numbers of the upsampling layers that convolve; every other one repeats
 * @param single whether there is one GRU and one hidden dense layer, instead of two of each
 * @param biases whether the convolutions of the upsampling have biases
 * @param outputs names of the output layers, one for each band
 * @param own fatchord's name to the checkpoint's
 */
record FatchordKeys(
    String input,
    boolean aux,
    int blocks,
    List<Integer> stages,
    boolean single,
    boolean biases,
    List<String> outputs,
    UnaryOperator<String> own) {
  private static final Pattern BLOCK =
      Pattern.compile("upsample\\.resnet\\.layers\\.(\\d{1,3})\\..*");
  private static final Pattern STAGE =
      Pattern.compile("upsample\\.up_layers\\.(\\d{1,2})\\.(?:weight|bias)");

  /** Copies the lists. */
  FatchordKeys {
    stages = List.copyOf(stages);
    outputs = List.copyOf(outputs);
  }

  /** fatchord's own network, as far as a checkpoint's names say how many layers there are. */
  static FatchordKeys of(Checkpoint checkpoint) {
    return new FatchordKeys(
        "I",
        true,
        last(checkpoint, BLOCK) + 1,
        stages(last(checkpoint, STAGE)),
        false,
        false,
        List.of("fc3"),
        UnaryOperator.identity());
  }

  /** The upsampling layers 1, 3, 5, ..., to a last one. */
  static List<Integer> stages(int last) {
    List<Integer> stages = new ArrayList<>(List.of(1));
    for (int stage = 3; stage <= last; stage += 2) {
      stages.add(stage);
    }
    return stages;
  }

  /** These keys with another name for the input layer. */
  FatchordKeys withInput(String name) {
    return new FatchordKeys(name, aux, blocks, stages, single, biases, outputs, own);
  }

  /** These keys with one GRU and one hidden dense layer. */
  FatchordKeys withOneGru() {
    return new FatchordKeys(input, aux, blocks, stages, true, biases, outputs, own);
  }

  /** These keys with biases in the convolutions of the upsampling. */
  FatchordKeys withBiases() {
    return new FatchordKeys(input, aux, blocks, stages, single, true, outputs, own);
  }

  /** These keys with an output layer for each band. */
  FatchordKeys withOutputs(List<String> names) {
    return new FatchordKeys(input, aux, blocks, stages, single, biases, names, own);
  }

  /** These keys under other names. */
  FatchordKeys named(UnaryOperator<String> names) {
    return new FatchordKeys(input, aux, blocks, stages, single, biases, outputs, names);
  }

  /** These keys without the aux conditioning, or without upsampling layers. */
  FatchordKeys without(boolean noAux, boolean noStages) {
    return new FatchordKeys(
        input, aux && !noAux, blocks, noStages ? List.of() : stages, single, biases, outputs, own);
  }

  /** The names of all tensors in the checkpoint. */
  List<String> tensors() {
    List<String> names = new ArrayList<>();
    if (aux) {
      names.add("upsample.resnet.conv_in.weight");
      names.addAll(FatchordUpsampler.batchNorm("upsample.resnet.batch_norm"));
      for (int block = 0; block < blocks; block++) {
        names.addAll(FatchordUpsampler.blockTensors(block));
      }
      names.addAll(List.of("upsample.resnet.conv_out.weight", "upsample.resnet.conv_out.bias"));
    }
    stages.forEach(stage -> names.add("upsample.up_layers." + stage + ".weight"));
    if (biases) {
      names.addAll(biasTensors());
    }
    for (String gru : single ? List.of("rnn1") : List.of("rnn1", "rnn2")) {
      for (String part : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
        names.add(gru + "." + part + "_l0");
      }
    }
    List<String> layers =
        new ArrayList<>(single ? List.of(input, "fc1") : List.of(input, "fc1", "fc2"));
    layers.addAll(outputs);
    for (String layer : layers) {
      names.addAll(List.of(layer + ".weight", layer + ".bias"));
    }
    return names.stream().map(own).toList();
  }

  private List<String> biasTensors() {
    List<String> names = new ArrayList<>();
    if (aux) {
      names.add("upsample.resnet.conv_in.bias");
      for (int block = 0; block < blocks; block++) {
        String prefix = "upsample.resnet.layers." + block + ".";
        names.addAll(List.of(prefix + "conv1.bias", prefix + "conv2.bias"));
      }
    }
    stages.forEach(stage -> names.add("upsample.up_layers." + stage + ".bias"));
    return names;
  }

  /**
   * Why a checkpoint with all tensors may still be another project's: they are not under the key
   * that this one uses.
   */
  static Optional<String> elsewhere(Checkpoint checkpoint, String location) {
    if (checkpoint.location().equals(location)) {
      return Optional.empty();
    }
    return Optional.of(
        "all tensors are there, but not under '%s', where this family has them"
            .formatted(location));
  }

  /**
   * Whether the input layer has so many columns beyond those for the previous value, the mels and a
   * quarter of the aux conditioning; or at least so many, where no tensor tells the others.
   */
  static boolean hasFurther(Checkpoint checkpoint, int columns) {
    long mels = size(checkpoint, "upsample.resnet.conv_in.weight", 1);
    long aux = size(checkpoint, "upsample.resnet.conv_out.weight", 0) / 4;
    long further = size(checkpoint, "I.weight", 1) - 1 - mels - aux;
    boolean known = mels > 0 && aux > 0;
    return known ? further == columns : further >= columns;
  }

  /**
   * Whether the input layer has a column less than the previous value, the mels and a quarter of
   * the aux conditioning take.
   */
  static boolean lacksChannel(Checkpoint checkpoint) {
    long columns = size(checkpoint, "I.weight", 1);
    long mels = size(checkpoint, "upsample.resnet.conv_in.weight", 1);
    long aux = size(checkpoint, "upsample.resnet.conv_out.weight", 0);
    return columns > 0 && mels > 0 && aux > 0 && columns == mels + aux / 4;
  }

  private static long size(Checkpoint checkpoint, String name, int axis) {
    CheckpointTensor tensor = checkpoint.tensors().get(name);
    return tensor == null || tensor.shape().length <= axis ? 0 : tensor.shape()[axis];
  }

  /** The counters of batch normalisations, which only training uses. */
  static Set<String> counters(Checkpoint checkpoint) {
    return checkpoint.tensors().keySet().stream()
        .filter(name -> name.endsWith(".num_batches_tracked"))
        .collect(Collectors.toSet());
  }

  /** The largest number that a pattern's group has among a checkpoint's names, or -1. */
  static int last(Checkpoint checkpoint, Pattern layer) {
    return checkpoint.tensors().keySet().stream()
        .map(layer::matcher)
        .filter(Matcher::matches)
        .mapToInt(match -> Integer.parseInt(match.group(1)))
        .reduce(-1, Math::max);
  }
}
