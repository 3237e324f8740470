package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.BidirectionalGru;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.ConvolveFrames;
import org.wavebridge.graphs.op.GruFrames;
import org.wavebridge.graphs.op.InterpolateFrames;
import org.wavebridge.graphs.op.LayerProducts;
import org.wavebridge.graphs.op.PackedWeight;
import org.wavebridge.graphs.op.UpsampleFrames;

/**
 * The layers of a conditioner. Every sum of products is inside an operator of ours, whose order is
 * defined; what is between them moves data or rounds once (docs/numerics.md).
 */
final class ConditioningLayers {
  private final ModelBuilder g;
  private final Value rows;
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
    this.rows = rows;
    this.layers = new FrameLayers(g, rows);
    this.past = past;
  }

  /**
   * The conditioning tensors, in the order of {@link VocoderModel#conditioningTensors()}.
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
      Value mels = joined(upsampled(padded, upsampled), model);
      return model.network().conditioningTensors().size() > 1
          ? List.of(mels, speaking(aux(frames, upsampled.aux(), mels), upsampled.speakerSize()))
          : List.of(mels);
    }
    if (model.conditioner() instanceof InterpolatedMels interpolated) {
      return interpolated(frames, interpolated);
    }
    if (model.conditioner() instanceof CausalConvolutions causal) {
      return List.of(causal(frames, causal));
    }
    if (model.conditioner() instanceof LpcNetConditioner lpcNet) {
      return List.of(new LpcNetLayers(g, rows, past, lpcNet).of(frames));
    }
    if (model.conditioner() instanceof BidirectionalGru gru) {
      return List.of(bidirectional(frames, gru));
    }
    throw new IllegalArgumentException(
        "no conditioner graph for " + model.conditioner().getClass());
  }

  private Value frameConvolutions(Value frames, FrameConvolutions conditioner) {
    Value shifted = add(g, frames, constant(g, conditioner.shift()));
    Value x = div(g, shifted, constant(g, conditioner.scale()));
    return stack(
        x,
        conditioner.layers().stream()
            .map(layer -> ConvolveFrames.Layer.of(FrameLayers.byTap(layer, true)))
            .toList(),
        0);
  }

  /**
   * Layers one after the other.
   *
   * @param frames {@code [N, F, size]}
   * @param before every value of the frame before the first, as the first layer reads it; those
   *     before it are zero, as are those of the other layers
   * @return {@code [N, F, V size]}, the V vectors of a frame one after the other
   */
  private Value stack(Value frames, List<ConvolveFrames.Layer> all, float before) {
    float[][][] pasts = new float[all.size()][][];
    for (int i = 0; i < pasts.length; i++) {
      ContextLayer layer = all.get(i).convolution();
      pasts[i] = new float[layer.reach()][layer.inputs()];
    }
    if (pasts[0].length > 0) {
      Arrays.fill(pasts[0][pasts[0].length - 1], before);
    }
    return past.layers(frames, all, pasts).orElseGet(() -> layers.stack(frames, all, pasts, past));
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
  private Value aux(Value frames, Optional<AuxBranch> aux, Value mels) {
    if (aux.isEmpty()) {
      return slice(g, mels, 2, 0, 0);
    }
    AuxBranch branch = aux.get();
    List<ConvolveFrames.Layer> all = new ArrayList<>();
    all.add(ConvolveFrames.Layer.of(FrameLayers.byTap(branch.input(), true)));
    for (AuxBranch.ResidualBlock block : branch.blocks()) {
      all.add(ConvolveFrames.Layer.of(FrameLayers.byTap(block.first(), true)));
      all.add(new ConvolveFrames.Layer(FrameLayers.byTap(block.second(), false), false, 2, 1));
    }
    all.add(ConvolveFrames.Layer.of(FrameLayers.byTap(branch.output(), false)));
    return stack(frames, all, 0);
  }

  /** The mels of a frame's steps as one vector, where the network takes them so. */
  private Value joined(Value mels, VocoderModel model) {
    Conditioning tensor = model.conditioningTensors().get(0);
    return tensor.rate() == Conditioning.Rate.FRAME ? reshape(g, mels, 0, -1, tensor.size()) : mels;
  }

  /** The speaker embedding, an input {@code [N, S]} of the graph, in front of every vector. */
  private Value speaking(Value vectors, int size) {
    if (size == 0) {
      return vectors;
    }
    Value speaker = g.input(ConditionerGraph.SPEAKER, Dim.N, Dim.of(size));
    Value shape = concat(g, 0, rows, size(g, vectors, 1), longs(g, size));
    return concat(g, 2, g.node("Expand", List.of(unsqueeze(g, speaker, 1), shape)), vectors);
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
    List<ConvolveFrames.Layer> all = new ArrayList<>();
    all.add(ConvolveFrames.Layer.of(conditioner.input()));
    for (ContextLayer layer : conditioner.residual()) {
      all.add(new ConvolveFrames.Layer(layer, true, 1, 1));
    }
    for (Affine layer : conditioner.doublings()) {
      all.add(new ConvolveFrames.Layer(single(layer, true), false, 0, 2));
    }
    for (Affine layer : conditioner.outputs()) {
      all.add(ConvolveFrames.Layer.of(single(layer, false)));
    }
    return stack(frames, all, conditioner.silence());
  }

  /**
   * Both directions of each layer beside each other; repeated here only where frames begin late.
   */
  private Value bidirectional(Value frames, BidirectionalGru conditioner) {
    Value x = frames;
    for (BidirectionalGru.Layer layer : conditioner.layers()) {
      Value backward = reversed(unit(reversed(x), layer.backward()));
      x = concat(g, 2, unit(x, layer.forward()), backward);
    }
    return conditioner.atSampleRate() ? repeated(x, conditioner.hop()) : x;
  }

  /** One unit over frames {@code [N, F, inputs]}: {@code [N, F, units]}. */
  private Value unit(Value x, BidirectionalGru.Unit unit) {
    Affine input = unit.input();
    Value made =
        LayerProducts.of(g, input.weight().name(), input).of(g, reshape(g, x, -1, unit.inputs()));
    Affine recurrent = unit.recurrent();
    List<Value> inputs = new ArrayList<>();
    inputs.add(layers.frames(made, 3L * unit.units()));
    inputs.addAll(PackedWeight.of(recurrent.weight()).addTo(g));
    float[] bias = recurrent.bias();
    inputs.add(g.initializer(recurrent.weight().name() + "_bias", bias, bias.length));
    return g.node(GruFrames.OPERATOR, inputs, Attribute.of(GruFrames.UNITS, unit.units())).get(0);
  }

  private Value reversed(Value frames) {
    return g.node(
        "Slice",
        List.of(frames, longs(g, -1), longs(g, Long.MIN_VALUE), longs(g, 1), longs(g, -1)));
  }

  /** Sample t is frame {@link BidirectionalGru#frame}, the last one at most. */
  private Value repeated(Value frames, int hop) {
    Value count = size(g, frames, 1);
    Value samples = range(g, squeeze(g, mul(g, count, longs(g, hop)), 0));
    Value place = mul(g, cast(g, samples, ElementType.FLOAT), constant(g, 1f / hop));
    Value frame = cast(g, unary(g, "Floor", place), ElementType.INT64);
    return gather(g, frames, g.node("Min", List.of(frame, sub(g, count, longs(g, 1)))), 1);
  }

  /** A layer of single vectors as a convolution of one tap. */
  private static ContextLayer single(Affine layer, boolean relu) {
    return new ContextLayer(layer.weight(), layer.bias(), 1, 1, relu);
  }
}
