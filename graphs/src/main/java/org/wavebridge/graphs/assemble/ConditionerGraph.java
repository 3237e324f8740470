package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;

/**
 * {@code conditioner}: features {@code [N, M, F]} of whole utterances to the conditioning tensors,
 * at frame rate {@code [N, F, size]} or sample rate {@code [N, T, size]}. Where the conditioning
 * has a speaker, its embedding {@code [N, S]} is an input too.
 */
final class ConditionerGraph {
  /** The input that is the speaker embedding. */
  static final String SPEAKER = "speaker";

  private ConditionerGraph() {}

  static OnnxModel build(VocoderModel model) {
    int mels = model.features().mels();
    ModelBuilder g =
        new ModelBuilder(
            "conditioner",
            "Features [N, %d, F] to conditioning: vectors at frame rate [N, F, size] hold for all %d samples of a frame, vectors at sample rate [N, T, size]"
                    .formatted(mels, model.features().hop())
                + " for one. Features are padded at both ends inside."
                + speaker(model.conditioner().speakerSize()));
    List<Value> made = made(g, model);
    List<Conditioning> tensors = model.conditioningTensors();
    for (int i = 0; i < tensors.size(); i++) {
      tensors.get(i).output(g, made.get(i));
    }
    return g.build();
  }

  /** The conditioning tensors of features, which become an input. */
  static List<Value> made(ModelBuilder g, VocoderModel model) {
    Value features = g.input("features", Dim.N, Dim.of(model.features().mels()), Dim.F);
    Value rows = size(g, features, 0);
    Value frames = transpose(g, padded(g, features, model.conditioner()), 0, 2, 1);
    boolean causal =
        model.conditioner() instanceof CausalConvolutions
            || model.conditioner() instanceof LpcNetConditioner;
    Past past = causal ? Past.constant(g, rows) : Past.PADDED;
    return new ConditioningLayers(g, rows, past)
        .of(frames, model).stream().map(made -> cut(g, made, model.conditioner())).toList();
  }

  /** Leaves out what comes before the first frame's conditioning. */
  private static Value cut(ModelBuilder g, Value made, Conditioner conditioner) {
    return conditioner instanceof LpcNetConditioner of && of.lookAhead() > 0
        ? slice(g, made, 1, of.lookAhead(), Long.MAX_VALUE)
        : made;
  }

  /** What a graph's documentation says of the speaker. */
  static String speaker(int size) {
    return size == 0
        ? ""
        : " The speaker embedding [N, %d] of a row stands in front of each of its aux vectors."
            .formatted(size);
  }

  private static Value padded(ModelBuilder g, Value features, Conditioner conditioner) {
    if (conditioner instanceof FrameConvolutions convolutions) {
      return pad(g, features, convolutions.contextFrames(), Attribute.of("mode", "edge"));
    }
    if (conditioner instanceof UpsampledMels upsampled) {
      return upsampled.padValue() == 0
          ? pad(g, features, upsampled.pad())
          : g.node(
              "Pad",
              List.of(features, pads(g, upsampled.pad()), constant(g, upsampled.padValue())));
    }
    if (conditioner instanceof InterpolatedMels interpolated) {
      return pad(g, features, interpolated.pad());
    }
    if (conditioner instanceof LpcNetConditioner lpcNet) {
      return g.node("Pad", List.of(features, longs(g, 0, 0, 0, 0, 0, lpcNet.lookAhead())));
    }
    return features;
  }

  private static Value pad(ModelBuilder g, Value features, int frames, Attribute... mode) {
    return g.node("Pad", List.of(features, pads(g, frames)), mode);
  }

  private static Value pads(ModelBuilder g, int frames) {
    return longs(g, 0, 0, frames, 0, 0, frames);
  }
}
