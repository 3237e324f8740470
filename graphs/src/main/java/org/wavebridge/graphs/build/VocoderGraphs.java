package org.wavebridge.graphs.build;

import java.util.EnumMap;
import java.util.Map;
import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.op.Profile;

/** All graphs of a bundle. */
public final class VocoderGraphs {
  private VocoderGraphs() {}

  /**
   * Builds every f32 graph that the model allows: {@code features} only where its mel analysis is
   * known; for folded utterances {@code subscale}, {@code subscale_generate} and, with a context
   * network, {@code context} in place of {@code step} and {@code generate}.
   */
  public static Map<GraphKind, OnnxModel> build(VocoderModel model) {
    Map<GraphKind, OnnxModel> graphs = new EnumMap<>(GraphKind.class);
    model
        .features()
        .analysis()
        .ifPresent(
            analysis -> graphs.put(GraphKind.FEATURES, FeaturesGraph.build(model, analysis)));
    graphs.put(GraphKind.CONDITIONER, ConditionerGraph.build(model));
    if (model.subscale().isPresent()) {
      graphs.put(GraphKind.SUBSCALE, StepGraph.build(model));
      model
          .subscale()
          .flatMap(Subscale::context)
          .ifPresent(context -> graphs.put(GraphKind.CONTEXT, ContextGraph.build(context)));
    } else if (model.network() instanceof MultiBandGruNetwork network) {
      graphs.put(GraphKind.STEP, MultiBandStepGraph.build(network));
      graphs.put(GraphKind.SYNTHESIS, SynthesisGraph.build(network.synthesis()));
    } else {
      graphs.put(GraphKind.STEP, StepGraph.build(model));
    }
    graphs.putAll(fused(model, Profile.F32));
    return graphs;
  }

  /**
   * Builds the int8 graphs of a quantised model; features, conditioner, steps and context exist in
   * f32 only.
   */
  public static Map<GraphKind, OnnxModel> buildInt8(VocoderModel quantised) {
    return fused(quantised, Profile.INT8);
  }

  private static Map<GraphKind, OnnxModel> fused(VocoderModel model, Profile profile) {
    Map<GraphKind, OnnxModel> graphs = new EnumMap<>(GraphKind.class);
    if (model.subscale().isPresent()) {
      graphs.put(GraphKind.SUBSCALE_GENERATE, SubscaleGenerateGraph.build(model, profile));
      graphs.put(GraphKind.SCORE, SubscaleScoreGraph.build(model, profile));
    } else {
      graphs.put(GraphKind.GENERATE, GenerateGraph.build(model, profile));
      graphs.put(GraphKind.SCORE, ScoreGraph.build(model, profile));
    }
    return graphs;
  }
}
