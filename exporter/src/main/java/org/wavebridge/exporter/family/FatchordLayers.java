package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.network.residualgru.SubBandGruNetwork;

/**
 * The layers that fatchord's network shares with those of projects that grew out of it: the
 * upsampling, the GRUs and the dense layers.
 */
final class FatchordLayers {
  private final TensorReader tensors;
  private final Settings settings;
  private final FatchordKeys keys;
  private final Map<String, String> names;

  /**
   * The layers of a checkpoint.
   *
   * @param names of the settings that tell the tensors' sizes, by what they tell: mels, pad,
   *     upsample_factors, hop_length, res_blocks, compute_dims, res_out_dims, rnn_dims, fc_dims;
   *     one that is not there is called so itself
   */
  FatchordLayers(
      TensorReader tensors, Settings settings, FatchordKeys keys, Map<String, String> names) {
    this.tensors = tensors.named(keys.own());
    this.settings = settings;
    this.keys = keys;
    this.names = names;
  }

  /** Features, upsampled, and the aux conditioning where there is one. */
  UpsampledMels conditioner() {
    UpsampledMels conditioner = new FatchordUpsampler(tensors).read(keys);
    tell("pad", conditioner.pad(), "width of upsample.resnet.conv_in");
    tell(
        "upsample_factors",
        conditioner.stages().stream().map(UpsampledMels.Stage::factor).toList(),
        "widths of upsample.up_layers");
    int bands = keys.outputs().size();
    tell(
        "hop_length",
        bands * conditioner.hop(),
        (bands == 1 ? "" : bands + " times the ") + "product of the upsampling factors");
    conditioner.aux().ifPresent(this::tell);
    return conditioner;
  }

  /** The aux conditioning alone, where there is one. */
  Optional<AuxBranch> auxBranch() {
    Optional<AuxBranch> aux = new FatchordUpsampler(tensors).auxBranch(keys);
    aux.ifPresent(this::tell);
    return aux;
  }

  private void tell(AuxBranch aux) {
    tell("mels", aux.input().inputs(), "inputs of upsample.resnet.conv_in");
    tell("res_blocks", aux.blocks().size(), "upsample.resnet.layers");
    tell("compute_dims", aux.input().outputs(), "outputs of upsample.resnet.conv_in");
    tell("res_out_dims", aux.output().outputs(), "outputs of upsample.resnet.conv_out");
  }

  private void tell(String what, Object value, String why) {
    settings.tensors(names.getOrDefault(what, what), value, why);
  }

  /** Channels of each of the four slices of the aux conditioning. */
  int aux(Optional<AuxBranch> branch) {
    int outputs = branch.map(aux -> aux.output().outputs()).orElse(0);
    if (outputs % 4 != 0) {
      throw tensors.refused(
          "upsample.resnet.conv_out has %d outputs, expected a multiple of 4".formatted(outputs));
    }
    return outputs / 4;
  }

  /**
   * The step network of a project whose input layer has columns for the previous value, the mels
   * and the first slice of the aux conditioning.
   *
   * @param mels features of a frame
   * @param aux channels of a slice
   * @param head from the number of outputs
   */
  ResidualGruNetwork network(int mels, int aux, IntFunction<Head> head) {
    return network(mels, aux, 0, head);
  }

  /**
   * The step network of a project whose input layer has further columns at its end.
   *
   * @param speaker how many, for a speaker embedding; 0 where it takes none
   */
  ResidualGruNetwork network(int mels, int aux, int speaker, IntFunction<Head> head) {
    InputLayer input = input(1, mels, aux, speaker);
    ResidualGruNetwork network = network(input.sample().values(), input.rest(), head);
    return speaker == 0 ? network : network.speaking(input.speaker());
  }

  /**
   * The step network of a project that makes a sample of each of several bands in a step. Its input
   * layer begins with columns for their previous values.
   *
   * @param steps of a frame
   * @param head of each band, from the number of its outputs
   */
  SubBandGruNetwork bandNetwork(
      int mels, int aux, int steps, IntFunction<Head> head, BandSynthesis synthesis) {
    InputLayer input = input(keys.outputs().size(), mels, aux, 0);
    float[] none = new float[input.sample().rows()];
    return new SubBandGruNetwork(
        steps, input.sample(), network(none, input.rest(), head), synthesis);
  }

  /** The parts of the input layer: for the previous values, for all else, and for a speaker. */
  private record InputLayer(WeightMatrix sample, AuxAffine rest, WeightMatrix speaker) {}

  private InputLayer input(int previous, int mels, int aux, int speaker) {
    String input = keys.input();
    int from = previous + mels + aux;
    int all = from + speaker;
    int hidden = (int) tensors.shape(input + ".weight", ANY, all)[0];
    float[] values = tensors.floats(input + ".weight", hidden, all);
    return new InputLayer(
        TensorReader.columns(LayerRow.SAMPLE_WEIGHTS, values, hidden, 0, previous),
        new AuxAffine(
            TensorReader.columns("mel_weight", values, hidden, previous, previous + mels),
            TensorReader.columns("input_aux", values, hidden, previous + mels, from),
            tensors.floats(input + ".bias", hidden)),
        TensorReader.columns("speaker", values, hidden, from, all));
  }

  /**
   * The step network of a project whose input layer leaves the last channel of the first slice out:
   * a column of zeros stands for it.
   *
   * @param mels features of a frame
   * @param aux channels of a slice
   * @param head from the number of outputs
   */
  ResidualGruNetwork networkWithoutLast(int mels, int aux, IntFunction<Head> head) {
    String input = keys.input();
    int columns = mels + aux;
    int rows = (int) tensors.shape(input + ".weight", ANY, columns)[0];
    float[] values = tensors.floats(input + ".weight", rows, columns);
    float[] auxValues = new float[rows * aux];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(values, row * columns + 1 + mels, auxValues, row * aux, aux - 1);
    }
    return network(
        TensorReader.columns("sample_weights", values, rows, 0, 1).values(),
        new AuxAffine(
            TensorReader.columns("mel_weight", values, rows, 1, 1 + mels),
            WeightMatrix.dense("input_aux", rows, aux, auxValues),
            tensors.floats(input + ".bias", rows)),
        head);
  }

  /**
   * The step network behind an input layer.
   *
   * @param sample its column for the previous value, {@code [R]}
   * @param input its columns for the mels and for the first slice
   * @param head from the number of outputs
   */
  ResidualGruNetwork network(float[] sample, AuxAffine input, IntFunction<Head> head) {
    int hidden = sample.length;
    int aux = input.aux().columns();
    AuxAffine fc1 = auxLayer("fc1", hidden, aux);
    AuxAffine fc2 =
        keys.single()
            ? AbsentLayers.identity("fc2", fc1.weight().rows())
            : auxLayer("fc2", fc1.weight().rows(), aux);
    String last = keys.outputs().get(0);
    long outputs = tensors.shape(last + ".weight", ANY, fc2.weight().rows())[0];
    if (outputs > Head.MOST_OUTPUTS) {
      throw tensors.refused(
          "%s has %d outputs, at most %d can be drawn from: classes of 14 bits; networks with more, as RAW with 15 or 16 bits, are not exported"
              .formatted(last, outputs, Head.MOST_OUTPUTS));
    }
    tell("rnn_dims", hidden, "rows of " + keys.input() + ".weight");
    tell("fc_dims", fc1.weight().rows(), "rows of fc1.weight");
    return new ResidualGruNetwork(
        sample,
        input,
        gruPart("rnn1", "ih", hidden),
        gruPart("rnn1", "hh", hidden),
        keys.single() ? AbsentLayers.none("gru2", 3 * hidden, hidden) : secondInput(hidden, aux),
        keys.single()
            ? AbsentLayers.zero("rnn2", 3 * hidden, hidden)
            : gruPart("rnn2", "hh", hidden),
        fc1,
        fc2,
        output((int) outputs, fc2.weight().rows()),
        head.apply((int) outputs));
  }

  /** The output layers, one below the other. */
  private Affine output(int rows, int columns) {
    int bands = keys.outputs().size();
    float[] weight = new float[bands * rows * columns];
    float[] bias = new float[bands * rows];
    for (int band = 0; band < bands; band++) {
      Affine layer = tensors.layer(keys.outputs().get(band), "output", rows, columns);
      System.arraycopy(layer.weight().values(), 0, weight, band * rows * columns, rows * columns);
      System.arraycopy(layer.bias(), 0, bias, band * rows, rows);
    }
    return new Affine(WeightMatrix.dense("output", bands * rows, columns, weight), bias);
  }

  private AuxAffine secondInput(int hidden, int aux) {
    float[] values = tensors.floats("rnn2.weight_ih_l0", 3L * hidden, (long) hidden + aux);
    return new AuxAffine(
        TensorReader.columns("gru2_input", values, 3 * hidden, 0, hidden),
        TensorReader.columns("gru2_aux", values, 3 * hidden, hidden, hidden + aux),
        tensors.floats("rnn2.bias_ih_l0", 3L * hidden));
  }

  private Affine gruPart(String gru, String part, int hidden) {
    String weight = gru + ".weight_" + part + "_l0";
    return new Affine(
        tensors.matrix(weight, weight, 3 * hidden, hidden),
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
