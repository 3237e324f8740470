package org.wavebridge.graphs.build;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;

/**
 * {@code conditioner}: features {@code [N, M, F]} to the conditioning tensors, at frame rate {@code
 * [N, F, size]} or sample rate {@code [N, T, size]}.
 */
final class ConditionerGraph {
  private final ModelBuilder g;

  private ConditionerGraph(ModelBuilder g) {
    this.g = g;
  }

  static OnnxModel build(VocoderModel model) {
    int mels = model.features().mels();
    ModelBuilder g =
        new ModelBuilder(
            "conditioner",
            "Features [N, %d, F] to conditioning: vectors at frame rate [N, F, size] hold for all %d samples of a frame, vectors at sample rate [N, T, size]"
                    .formatted(mels, model.features().hop())
                + " for one. Features are padded at both ends inside.");
    ConditionerGraph graph = new ConditionerGraph(g);
    Value features = g.input("features", Dim.N, Dim.of(mels), Dim.F);
    List<Value> made;
    if (model.conditioner() instanceof FrameConvolutions convolutions) {
      made = List.of(graph.frameConvolutions(features, convolutions));
    } else if (model.conditioner() instanceof UpsampledMels upsampled) {
      Value upsampledMels = graph.mels(features, upsampled, mels);
      made =
          model.network() instanceof ResidualGruNetwork
              ? List.of(upsampledMels, graph.aux(features, upsampled, upsampledMels))
              : List.of(upsampledMels);
    } else if (model.conditioner() instanceof InterpolatedMels interpolated) {
      made = graph.interpolated(features, interpolated);
    } else if (model.conditioner() instanceof CausalConvolutions causal) {
      made = List.of(new CausalConditioner(g, features).build(causal));
    } else {
      throw new IllegalArgumentException(
          "no conditioner graph for " + model.conditioner().getClass());
    }
    List<Conditioning> tensors = Conditioning.of(model);
    for (int i = 0; i < tensors.size(); i++) {
      tensors.get(i).output(g, made.get(i));
    }
    return g.build();
  }

  private Value frameConvolutions(Value features, FrameConvolutions conditioner) {
    Value shifted = add(g, features, constant(g, conditioner.shift()));
    Value x = div(g, shifted, constant(g, conditioner.scale()));
    long pad = conditioner.contextFrames();
    x = g.node("Pad", List.of(x, longs(g, 0, 0, pad, 0, 0, pad)), Attribute.of("mode", "edge"));
    for (Convolution layer : conditioner.layers()) {
      x = unary(g, "Relu", convolve(x, layer));
    }
    return transpose(g, x, 0, 2, 1);
  }

  /**
   * Every stage: repeat along time, smooth each channel with the same kernel; at last cut the
   * padding.
   */
  private Value mels(Value features, UpsampledMels conditioner, int mels) {
    Value x = padded(features, conditioner.pad(), conditioner.padValue());
    x = reshape(g, x, concat(g, 0, longs(g, -1, 1), size(g, x, 2)));
    int index = 0;
    for (UpsampledMels.Stage stage : conditioner.stages()) {
      x = upsample(x, stage, "upsample" + index++);
    }
    long cut = (long) conditioner.pad() * conditioner.hop();
    Value whole = slice(g, x, 2, cut, cut == 0 ? Long.MAX_VALUE : -cut);
    Value shape = concat(g, 0, longs(g, -1, mels), size(g, whole, 2));
    return transpose(g, reshape(g, whole, shape), 0, 2, 1);
  }

  private Value upsample(Value x, UpsampledMels.Stage stage, String name) {
    long factor = stage.factor();
    Value repeated = g.node("Expand", List.of(unsqueeze(g, x, 3), longs(g, 1, 1, 1, factor)));
    Value flat = reshape(g, repeated, 0, 1, -1);
    Value kernel = g.initializer(name + "_kernel", stage.kernel(), 1, 1, stage.kernel().length);
    List<Value> operands = new ArrayList<>(List.of(flat, kernel));
    if (stage.bias() != 0) {
      operands.add(g.initializer(name + "_bias", new float[] {stage.bias()}, 1));
    }
    return g.node("Conv", operands, Attribute.of("pads", new long[] {factor, factor}));
  }

  private Value aux(Value features, UpsampledMels conditioner, Value mels) {
    return aux(features, conditioner.pad(), conditioner.padValue(), conditioner.aux(), mels);
  }

  /** Without an aux branch, a vector of no values for each sample. */
  private Value aux(Value features, int pad, float padValue, Optional<AuxBranch> aux, Value mels) {
    if (aux.isEmpty()) {
      return slice(g, mels, 2, 0, 0);
    }
    AuxBranch branch = aux.get();
    Value x = unary(g, "Relu", convolve(padded(features, pad, padValue), branch.input()));
    for (AuxBranch.ResidualBlock block : branch.blocks()) {
      x = add(g, x, convolve(unary(g, "Relu", convolve(x, block.first())), block.second()));
    }
    return transpose(g, convolve(x, branch.output()), 0, 2, 1);
  }

  private List<Value> interpolated(Value features, InterpolatedMels conditioner) {
    int hop = conditioner.hop();
    Value padded = transpose(g, padded(features, conditioner.pad(), 0), 0, 2, 1);
    long cut = (long) conditioner.pad() * hop;
    Value whole = slice(g, interpolate(padded, hop), 1, cut, cut == 0 ? Long.MAX_VALUE : -cut);
    Value scale = g.initializer("mel_scale", new float[] {conditioner.scale()}, 1);
    Value mels = mul(g, whole, scale);
    Value aux = aux(features, conditioner.pad(), 0, conditioner.aux(), mels);
    return List.of(mels, conditioner.aux().isEmpty() ? aux : interpolate(aux, hop));
  }

  /**
   * {@code [N, F, C]} to {@code [N, F hop, C]}; sample t lies at t (F - 1) / (F hop - 1), which is
   * divided in whole numbers.
   */
  private Value interpolate(Value x, int hop) {
    Value frames = size(g, x, 1);
    Value samples = mul(g, frames, longs(g, hop));
    Value last = sub(g, frames, longs(g, 1));
    Value divisor = g.node("Max", List.of(sub(g, samples, longs(g, 1)), longs(g, 1)));
    Value position = mul(g, range(g, squeeze(g, samples, 0)), last);
    Value frame = div(g, position, divisor);
    Value rest = sub(g, position, mul(g, frame, divisor));
    Value weight = div(g, cast(g, rest, ElementType.FLOAT), cast(g, divisor, ElementType.FLOAT));
    Value next = g.node("Min", List.of(add(g, frame, longs(g, 1)), last));
    Value here = gather(g, x, frame, 1);
    Value rise = sub(g, gather(g, x, next, 1), here);
    return add(g, here, mul(g, unsqueeze(g, weight, 1), rise));
  }

  private Value padded(Value x, long pad, float value) {
    List<Value> operands = new ArrayList<>(List.of(x, longs(g, 0, 0, pad, 0, 0, pad)));
    if (value != 0) {
      operands.add(constant(g, value));
    }
    return g.node("Pad", operands);
  }

  private Value convolve(Value x, Convolution layer) {
    Value weight =
        g.initializer(
            layer.name() + "_weight",
            layer.weight(),
            layer.outputs(),
            layer.inputs(),
            layer.width());
    Value bias = g.initializer(layer.name() + "_bias", layer.bias(), layer.outputs());
    return g.node("Conv", List.of(x, weight, bias));
  }
}
