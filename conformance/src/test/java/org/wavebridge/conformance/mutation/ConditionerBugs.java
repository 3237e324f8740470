package org.wavebridge.conformance.mutation;

import java.util.List;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;

/** Bugs of the conditioner. */
final class ConditionerBugs {
  private ConditionerBugs() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of("features off by 1e-3")
            .model(
                model ->
                    with(
                        model,
                        model.conditioner() instanceof FrameConvolutions c
                            ? new FrameConvolutions(c.shift() + 1e-3f, c.scale(), c.layers())
                            : model.conditioner())),
        Mutant.of("smoothing kernel of the upsampling reversed and cut")
            .model(
                model ->
                    with(
                        model,
                        model.conditioner() instanceof UpsampledMels c
                            ? new UpsampledMels(
                                c.pad(),
                                c.stages().stream().map(ConditionerBugs::cut).toList(),
                                c.aux())
                            : model.conditioner())));
  }

  private static UpsampledMels.Stage cut(UpsampledMels.Stage stage) {
    float[] kernel = stage.kernel().clone();
    kernel[0] = 0;
    return new UpsampledMels.Stage(stage.factor(), kernel);
  }

  private static VocoderModel with(VocoderModel model, Conditioner conditioner) {
    return new VocoderModel(
        model.family(),
        model.audio(),
        model.features(),
        conditioner,
        model.network(),
        model.subscale());
  }
}
