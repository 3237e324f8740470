package org.wavebridge.graphs.build;

import java.util.EnumMap;
import java.util.Map;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.OnnxModel;

/** All graphs of a bundle. */
public final class VocoderGraphs {
  private VocoderGraphs() {}

  /**
   * Builds every graph that the model allows: {@code features} only where its mel analysis is
   * known.
   */
  public static Map<GraphKind, OnnxModel> build(VocoderModel model) {
    Map<GraphKind, OnnxModel> graphs = new EnumMap<>(GraphKind.class);
    model
        .features()
        .analysis()
        .ifPresent(
            analysis -> graphs.put(GraphKind.FEATURES, FeaturesGraph.build(model, analysis)));
    graphs.put(GraphKind.CONDITIONER, ConditionerGraph.build(model));
    graphs.put(GraphKind.STEP, StepGraph.build(model));
    graphs.put(GraphKind.GENERATE, GenerateGraph.build(model));
    graphs.put(GraphKind.SCORE, ScoreGraph.build(model));
    return graphs;
  }
}
