package org.wavebridge.graphs.build;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;

/**
 * The conditioner of a bundle for frames that come one after the other: features {@code [N, M, F]},
 * F new frames, and a state {@code [N, S]} to the conditioning tensors and {@code next_state};
 * where S is 0 there is neither. However the frames are cut into calls, the bits are those of the
 * {@code conditioner} graph.
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
  /** The conditioner of a model; empty where conditioning depends on the whole utterance. */
  public static Optional<StreamedConditioner> of(VocoderModel model) {
    Conditioner conditioner = model.conditioner();
    if (conditioner.contextFrames() >= Conditioner.WHOLE) {
      return Optional.empty();
    }
    int mels = model.features().mels();
    int size = stateSize(conditioner, mels);
    ModelBuilder g =
        new ModelBuilder(
            "conditioner",
            "The next frames of N utterances, features [N, %d, F], and the state [N, %d] that earlier ones left to conditioning, late by the frames that it looks ahead, and the next state."
                .formatted(mels, size));
    Value features = g.input("features", Dim.N, Dim.of(mels), Dim.F);
    Value rows = size(g, features, 0);
    Past.Carried past = new Past.Carried(g, rows, size);
    List<Value> made =
        new ConditioningLayers(g, rows, past).of(transpose(g, features, 0, 2, 1), model);
    List<Conditioning> tensors = Conditioning.of(model);
    for (int i = 0; i < tensors.size(); i++) {
      tensors.get(i).output(g, made.get(i));
    }
    float[] state = past.finish();
    boolean causal = conditioner instanceof CausalConvolutions;
    int around = causal ? 0 : conditioner.contextFrames();
    return Optional.of(
        new StreamedConditioner(g.build(), state, around, around, padding(conditioner)));
  }

  private static OptionalDouble padding(Conditioner conditioner) {
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
    return 2 * conditioner.contextFrames() * mels;
  }
}
