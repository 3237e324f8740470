package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;

/**
 * The conditioner of a bundle for frames that come one after the other: features {@code [N, F, M]},
 * F new frames, and a state {@code [N, S]} to the conditioning tensors and {@code next_state};
 * where S is 0 there is neither. However the frames are cut into calls, the bits are those of the
 * {@code conditioner} graph. Where there is a speaker, every call takes its embedding as that graph
 * does.
 *
 * <p>Before its first frame an utterance is padded with {@link #lead} frames, after its last one
 * with {@link #tail}. The conditioning of the first {@code lead + tail} frames given means nothing;
 * what follows is that of the utterance's frames. So the conditioning of a frame is there when
 * {@code tail} frames after it are.
 *
 * @param graph see above
 * @param state of a row at the start, {@code [S]}
 * @param lead frames of padding before the first
 * @param tail frames of padding after the last
 * @param padding every value of a frame of padding; empty where it is a copy of the first frame, or
 *     of the last
 */
public record StreamedConditioner(
    OnnxModel graph, float[] state, int lead, int tail, OptionalDouble padding) {
  /**
   * The conditioner of a model; empty where conditioning depends on the whole utterance.
   *
   * @param fused whether layers over frames are one node, as suits a backend that has a kernel for
   *     it; not where a weight is sparse, which that node would store as a dense one
   */
  public static Optional<StreamedConditioner> of(VocoderModel model, boolean fused) {
    Conditioner conditioner = model.conditioner();
    if (conditioner.contextFrames() >= Conditioner.WHOLE) {
      return Optional.empty();
    }
    int mels = model.features().mels();
    int size = stateSize(conditioner, mels);
    ModelBuilder g =
        new ModelBuilder(
            "conditioner",
            "The next frames of N utterances, features [N, F, %d], and the state [N, %d] that earlier ones left to conditioning, late by the frames that it looks ahead, and the next state."
                    .formatted(mels, size)
                + ConditionerGraph.speaker(conditioner.speakerSize()));
    Value features = g.input("features", Dim.N, Dim.F, Dim.of(mels));
    Layers layers = layers(g, model, features, "state", fused);
    List<Conditioning> tensors = model.conditioningTensors();
    for (int i = 0; i < tensors.size(); i++) {
      tensors.get(i).output(g, layers.conditioning.get(i));
    }
    return Optional.of(
        new StreamedConditioner(
            g.build(),
            layers.state,
            keepsPast(conditioner) ? 0 : conditioner.contextFrames(),
            conditioner.futureFrames(),
            padding(conditioner)));
  }

  /** Whether the layers keep what they read before a frame, so that no padding comes first. */
  static boolean keepsPast(Conditioner conditioner) {
    return conditioner instanceof CausalConvolutions || conditioner instanceof LpcNetConditioner;
  }

  /**
   * The layers in a graph.
   *
   * @param conditioning the tensors of {@link VocoderModel#conditioningTensors()}
   * @param state of a row at the start
   */
  record Layers(List<Value> conditioning, float[] state) {}

  /**
   * Adds the layers to a graph, with the state as an input of a name and an output {@code
   * next_name}.
   *
   * @param features {@code [N, F, M]}
   * @param fused see {@link #of}
   */
  static Layers layers(
      ModelBuilder g, VocoderModel model, Value features, String name, boolean fused) {
    Conditioner conditioner = model.conditioner();
    int size = stateSize(conditioner, model.features().mels());
    Past.Carried past = new Past.Carried(g, name, size, fused && dense(conditioner));
    Value rows = size(g, features, 0);
    List<Value> made = new ConditioningLayers(g, rows, past).of(features, model);
    return new Layers(made, past.finish());
  }

  private static OptionalDouble padding(Conditioner conditioner) {
    if (conditioner instanceof LpcNetConditioner) {
      return OptionalDouble.of(0);
    }
    return conditioner instanceof UpsampledMels upsampled
        ? OptionalDouble.of(upsampled.padValue())
        : OptionalDouble.empty();
  }

  /** Values that the layers keep of earlier frames. */
  private static int stateSize(Conditioner conditioner, int mels) {
    if (conditioner instanceof FrameConvolutions convolutions) {
      return convolutions.layers().stream()
          .mapToInt(layer -> (layer.width() - 1) * layer.inputs())
          .sum();
    }
    if (conditioner instanceof CausalConvolutions causal) {
      return causal.input().reach() * causal.input().inputs()
          + causal.residual().stream().mapToInt(layer -> layer.reach() * layer.inputs()).sum();
    }
    if (conditioner instanceof LpcNetConditioner lpcNet) {
      return LpcNetLayers.stateSize(lpcNet);
    }
    int padded = 2 * conditioner.contextFrames() * mels;
    return conditioner instanceof UpsampledMels upsampled && upsampled.aux().isPresent()
        ? padded + (upsampled.aux().get().input().width() - 1) * mels
        : padded;
  }

  private static boolean dense(Conditioner conditioner) {
    return !(conditioner instanceof CausalConvolutions causal)
        || causal.matrices().stream().allMatch(matrix -> matrix.blocks().isEmpty());
  }
}
