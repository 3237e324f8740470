package org.wavebridge.graphs.build;

import java.util.EnumMap;
import java.util.Map;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.op.Profile;

/** All graphs of a bundle. */
public final class VocoderGraphs {
  private VocoderGraphs() {}

  /**
   * Builds every f32 graph that the model allows: {@code features} only where its mel analysis is
   * known.
   *
   * @throws GraphException if the model's utterances are folded, which no graph can do
   */
  public static Map<GraphKind, OnnxModel> build(VocoderModel model) {
    if (model.subscale().isPresent()) {
      throw new GraphException(
          "a model of family '%s' with %d sub-tensors: graphs make one sample after the other and cannot fold utterances; export a model without subscale"
              .formatted(model.family(), model.subscale().get().factor()));
    }
    Map<GraphKind, OnnxModel> graphs = new EnumMap<>(GraphKind.class);
    model
        .features()
        .analysis()
        .ifPresent(
            analysis -> graphs.put(GraphKind.FEATURES, FeaturesGraph.build(model, analysis)));
    graphs.put(GraphKind.CONDITIONER, ConditionerGraph.build(model));
    graphs.put(GraphKind.STEP, StepGraph.build(model));
    graphs.put(GraphKind.GENERATE, GenerateGraph.build(model, Profile.F32));
    graphs.put(GraphKind.SCORE, ScoreGraph.build(model, Profile.F32));
    return graphs;
  }

  /**
   * Builds the int8 graphs of a quantised model; features, conditioner and step exist in f32 only.
   */
  public static Map<GraphKind, OnnxModel> buildInt8(VocoderModel quantised) {
    Map<GraphKind, OnnxModel> graphs = new EnumMap<>(GraphKind.class);
    graphs.put(GraphKind.GENERATE, GenerateGraph.build(quantised, Profile.INT8));
    graphs.put(GraphKind.SCORE, ScoreGraph.build(quantised, Profile.INT8));
    return graphs;
  }
}
