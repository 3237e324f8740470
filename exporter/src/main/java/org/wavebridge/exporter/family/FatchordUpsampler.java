package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.UpsampledMels;

/**
 * Reads fatchord's upsampling network, absorbing each batch normalisation into the convolution
 * before it.
 */
final class FatchordUpsampler {
  private static final double EPSILON = 1e-5;
  private static final int USUAL_PAD = 2;
  private static final int MAXIMUM_HOP = 1 << 16;
  private static final String RESNET = "upsample.resnet.";

  private final TensorReader tensors;

  FatchordUpsampler(TensorReader tensors) {
    this.tensors = tensors;
  }

  /** The tensors of a batch normalisation. */
  static List<String> batchNorm(String name) {
    return List.of(name + ".weight", name + ".bias", name + ".running_mean", name + ".running_var");
  }

  /** The tensors of a residual block. */
  static List<String> blockTensors(int block) {
    String prefix = RESNET + "layers." + block + ".";
    List<String> names = new ArrayList<>(List.of(prefix + "conv1.weight", prefix + "conv2.weight"));
    names.addAll(batchNorm(prefix + "batch_norm1"));
    names.addAll(batchNorm(prefix + "batch_norm2"));
    return names;
  }

  /** The upsampling; without a branch that tells the padding, two frames. */
  UpsampledMels read(FatchordKeys keys) {
    List<UpsampledMels.Stage> stages = stages(keys);
    Optional<AuxBranch> aux = auxBranch(keys);
    int pad = aux.map(branch -> (branch.input().width() - 1) / 2).orElse(USUAL_PAD);
    return new UpsampledMels(pad, stages, aux);
  }

  /** The branch of the aux conditioning, where there is one. */
  Optional<AuxBranch> auxBranch(FatchordKeys keys) {
    return keys.aux() ? Optional.of(aux(keys)) : Optional.empty();
  }

  /** An upsampling network for features that are multiplied by a number first. */
  static UpsampledMels scaled(UpsampledMels conditioner, double scale) {
    List<UpsampledMels.Stage> stages = new ArrayList<>(conditioner.stages());
    UpsampledMels.Stage first = stages.get(0);
    stages.set(
        0, new UpsampledMels.Stage(first.factor(), scaled(first.kernel(), scale), first.bias()));
    return new UpsampledMels(
        conditioner.pad(),
        stages,
        conditioner
            .aux()
            .map(
                aux ->
                    new AuxBranch(
                        new Convolution(
                            aux.input().name(),
                            aux.input().outputs(),
                            aux.input().inputs(),
                            aux.input().width(),
                            scaled(aux.input().weight(), scale),
                            aux.input().bias()),
                        aux.blocks(),
                        aux.output())),
        conditioner.padValue(),
        conditioner.speakerSize());
  }

  private static float[] scaled(float[] values, double scale) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = (float) (values[i] * scale);
    }
    return scaled;
  }

  private AuxBranch aux(FatchordKeys keys) {
    Convolution input =
        absorbed("aux_input", RESNET + "conv_in", RESNET + "batch_norm", keys.biases(), ANY, ANY);
    if (input.width() % 2 == 0) {
      throw tensors.refused(
          "tensor '%sconv_in.weight': expected an odd width, found %d"
              .formatted(RESNET, input.width()));
    }
    List<AuxBranch.ResidualBlock> residual = new ArrayList<>();
    for (int block = 0; block < keys.blocks(); block++) {
      String prefix = RESNET + "layers." + block + ".";
      residual.add(
          new AuxBranch.ResidualBlock(
              absorbed(
                  "aux_block" + block + "_first",
                  prefix + "conv1",
                  prefix + "batch_norm1",
                  keys.biases(),
                  input.outputs(),
                  1),
              absorbed(
                  "aux_block" + block + "_second",
                  prefix + "conv2",
                  prefix + "batch_norm2",
                  keys.biases(),
                  input.outputs(),
                  1)));
    }
    return new AuxBranch(input, residual, output(input.outputs()));
  }

  private Convolution output(int inputs) {
    long[] shape = tensors.shape(RESNET + "conv_out.weight", ANY, inputs, 1);
    return new Convolution(
        "aux_output",
        (int) shape[0],
        inputs,
        1,
        tensors.floats(RESNET + "conv_out.weight", shape),
        tensors.floats(RESNET + "conv_out.bias", shape[0]));
  }

  private List<UpsampledMels.Stage> stages(FatchordKeys keys) {
    List<UpsampledMels.Stage> stages = new ArrayList<>();
    long hop = 1;
    for (int layer : keys.stages()) {
      String bias = "upsample.up_layers." + layer + ".bias";
      String name = "upsample.up_layers." + layer + ".weight";
      long[] shape = tensors.shape(name, 1, 1, 1, ANY);
      if (shape[3] % 2 == 0 || shape[3] < 3) {
        throw tensors.refused(
            "tensor '%s': expected 2 x factor + 1 taps, found %d".formatted(name, shape[3]));
      }
      stages.add(
          new UpsampledMels.Stage(
              (int) (shape[3] - 1) / 2,
              tensors.floats(name, shape),
              keys.biases() ? tensors.floats(bias, 1)[0] : 0));
      hop *= (shape[3] - 1) / 2;
      if (hop > MAXIMUM_HOP) {
        throw tensors.refused(
            "the upsampling factors make %d samples per frame, at most %d fit"
                .formatted(hop, MAXIMUM_HOP));
      }
    }
    return stages;
  }

  /**
   * With s = g / sqrt(variance + epsilon): w' = w s, b' = bias + (b - mean) s, in double precision;
   * b is the convolution's own bias, or 0.
   */
  private Convolution absorbed(
      String name, String layer, String norm, boolean biased, long channels, long width) {
    String weight = layer + ".weight";
    long[] shape = tensors.shape(weight, channels, channels, width);
    int outputs = (int) shape[0];
    int taps = (int) (shape[1] * shape[2]);
    float[] values = tensors.floats(weight, shape);
    float[] own = biased ? tensors.floats(layer + ".bias", outputs) : new float[outputs];
    float[] gain = tensors.floats(norm + ".weight", outputs);
    float[] bias = tensors.floats(norm + ".bias", outputs);
    float[] mean = tensors.floats(norm + ".running_mean", outputs);
    float[] variance = tensors.floats(norm + ".running_var", outputs);
    float[] absorbed = new float[values.length];
    float[] absorbedBias = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      if (variance[o] < 0) {
        throw tensors.refused(
            "tensor '%s.running_var': element %d is %s, a variance cannot be negative"
                .formatted(norm, o, variance[o]));
      }
      double scale = gain[o] / Math.sqrt(variance[o] + EPSILON);
      boolean finite = true;
      for (int i = 0; i < taps; i++) {
        absorbed[o * taps + i] = (float) (values[o * taps + i] * scale);
        finite &= Float.isFinite(absorbed[o * taps + i]);
      }
      absorbedBias[o] = (float) (bias[o] + ((double) own[o] - mean[o]) * scale);
      if (!finite || !Float.isFinite(absorbedBias[o])) {
        throw tensors.refused(
            "tensor '%s.weight': element %d is too large to be absorbed into the convolution"
                .formatted(norm, o));
      }
    }
    return new Convolution(name, outputs, (int) shape[1], (int) shape[2], absorbed, absorbedBias);
  }
}
