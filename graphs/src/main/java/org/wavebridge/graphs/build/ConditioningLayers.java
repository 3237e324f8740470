package org.wavebridge.graphs.build;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.InterpolateFrames;
import org.wavebridge.graphs.op.UpsampleFrames;

/**
 * The layers of a conditioner. Every sum of products is inside an operator of ours, whose order is
 * defined; what is between them moves data or rounds once (docs/numerics.md).
 */
final class ConditioningLayers {
  private final ModelBuilder g;
  private final FrameLayers layers;
  private final Past past;

  /**
   * Layers of a graph.
   *
   * @param rows N, int64 {@code [1]}
   * @param past what the layers read before the frames given
   */
  ConditioningLayers(ModelBuilder g, Value rows, Past past) {
    this.g = g;
    this.layers = new FrameLayers(g, rows);
    this.past = past;
  }

  /**
   * The conditioning tensors, in the order of {@link Conditioning#of(VocoderModel)}.
   *
   * @param frames {@code [N, F, M]}, with padding where the past is not apart
   */
  List<Value> of(Value frames, VocoderModel model) {
    if (model.conditioner() instanceof FrameConvolutions convolutions) {
      return List.of(frameConvolutions(frames, convolutions));
    }
    if (model.conditioner() instanceof UpsampledMels upsampled) {
      float[][] silence = new float[2 * upsampled.pad()][model.features().mels()];
      Value padded = past.join(frames, "features", silence);
      Value mels = upsampled(padded, upsampled);
      return model.network() instanceof ResidualGruNetwork
          ? List.of(mels, aux(padded, upsampled.aux(), mels))
          : List.of(mels);
    }
    if (model.conditioner() instanceof InterpolatedMels interpolated) {
      return interpolated(frames, interpolated);
    }
    if (model.conditioner() instanceof CausalConvolutions causal) {
      return List.of(causal(frames, causal));
    }
    throw new IllegalArgumentException(
        "no conditioner graph for " + model.conditioner().getClass());
  }

  private Value frameConvolutions(Value frames, FrameConvolutions conditioner) {
    Value shifted = add(g, frames, constant(g, conditioner.shift()));
    Value x = div(g, shifted, constant(g, conditioner.scale()));
    for (Convolution layer : conditioner.layers()) {
      float[][] silence = new float[layer.width() - 1][layer.inputs()];
      Value joined = past.join(x, layer.name(), silence);
      Value made = layers.convolve(joined, FrameLayers.byTap(layer, true));
      x = layers.frames(made, layer.outputs());
    }
    return x;
  }

  /**
   * The mels of the frames between the padding, at sample rate. A stage makes what the next one
   * reads, of vectors beyond the ends only those that the padding gives; then there is silence.
   */
  private Value upsampled(Value padded, UpsampledMels conditioner) {
    int[] margins = conditioner.margins();
    Value x = padded;
    int margin = conditioner.pad();
    for (int i = 0; i < conditioner.stages().size(); i++) {
      UpsampledMels.Stage stage = conditioner.stages().get(i);
      int read = margin;
      if (margin < margins[i]) {
        x = g.node("Pad", List.of(x, longs(g, 0, 1, 0, 0, 1, 0)));
        read++;
      }
      margin = Math.min(margins[i + 1], (read - 1) * stage.factor());
      x = upsample(x, stage, "upsample" + i, (read - 1) * stage.factor() - margin);
    }
    return margin == 0 ? x : slice(g, x, 1, margin, -margin);
  }

  private Value upsample(Value x, UpsampledMels.Stage stage, String name, long cut) {
    return g.node(
            UpsampleFrames.OPERATOR,
            List.of(
                x,
                g.initializer(name + "_kernel", stage.kernel(), stage.kernel().length),
                g.initializer(name + "_bias", new float[] {stage.bias()}, 1)),
            Attribute.of(UpsampleFrames.FACTOR, stage.factor()),
            Attribute.of(UpsampleFrames.CUT, cut))
        .get(0);
  }

  /** Without an aux branch, a vector of no values for each sample. */
  private Value aux(Value padded, Optional<AuxBranch> aux, Value mels) {
    if (aux.isEmpty()) {
      return slice(g, mels, 2, 0, 0);
    }
    AuxBranch branch = aux.get();
    Value x = layers.convolve(padded, FrameLayers.byTap(branch.input(), true));
    for (AuxBranch.ResidualBlock block : branch.blocks()) {
      Value inner = layers.convolve(x, FrameLayers.byTap(block.first(), true));
      x = add(g, x, layers.convolve(inner, FrameLayers.byTap(block.second(), false)));
    }
    Value made = layers.convolve(x, FrameLayers.byTap(branch.output(), false));
    return layers.frames(made, branch.output().outputs());
  }

  private List<Value> interpolated(Value padded, InterpolatedMels conditioner) {
    int hop = conditioner.hop();
    Value whole = interpolate(padded, hop, (long) conditioner.pad() * hop);
    Value mels = mul(g, whole, g.initializer("mel_scale", new float[] {conditioner.scale()}, 1));
    Value aux = aux(padded, conditioner.aux(), mels);
    return List.of(mels, conditioner.aux().isEmpty() ? aux : interpolate(aux, hop, 0));
  }

  private Value interpolate(Value x, int hop, long cut) {
    return g.node(
            InterpolateFrames.OPERATOR,
            List.of(x),
            Attribute.of(InterpolateFrames.HOP, hop),
            Attribute.of(InterpolateFrames.CUT, cut))
        .get(0);
  }

  private Value causal(Value frames, CausalConvolutions conditioner) {
    Value x = causal(frames, conditioner.input(), conditioner.silence());
    for (ContextLayer layer : conditioner.residual()) {
      x = add(g, x, causal(unary(g, "Relu", x), layer, 0));
    }
    for (Affine layer : conditioner.doublings()) {
      Value both = unary(g, "Relu", layers.product(vectors(x, layer), layer));
      x = reshape(g, both, -1, layer.bias().length / 2);
    }
    for (Affine layer : conditioner.outputs()) {
      x = layers.product(vectors(x, layer), layer);
    }
    return layers.frames(x, (long) conditioner.vectorsPerFrame() * conditioner.size());
  }

  /** All vectors that a layer takes one by one, as one axis. */
  private Value vectors(Value x, Affine layer) {
    return reshape(g, x, -1, layer.weight().columns());
  }

  /**
   * A convolution over {@code [N, F, inputs]}.
   *
   * @param before every value of the frame before the first; those before it are zero
   */
  private Value causal(Value x, ContextLayer layer, float before) {
    float[][] frames = new float[layer.reach()][layer.inputs()];
    if (frames.length > 0) {
      Arrays.fill(frames[frames.length - 1], before);
    }
    Value joined = past.join(x, layer.weight().name(), frames);
    return layers.frames(layers.convolve(joined, layer), layer.outputs());
  }
}
