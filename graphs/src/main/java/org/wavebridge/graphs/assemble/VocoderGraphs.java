package org.wavebridge.graphs.assemble;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.OnnxModel;

/** All graphs of a bundle. */
public final class VocoderGraphs {
  private VocoderGraphs() {}

  /**
   * Builds every f32 graph that the model allows: {@code features} only where its mel analysis is
   * known; for subscale utterances {@code subscale}, {@code subscale_generate} and, with a context
   * network, {@code context} in place of {@code step} and {@code generate}.
   */
  public static Map<GraphKind, OnnxModel> build(VocoderModel model) {
    return build(model, Profile.F32, kinds(model));
  }

  /**
   * Builds the int8 graphs of a quantised model; features, conditioner, steps and context exist in
   * f32 only.
   */
  public static Map<GraphKind, OnnxModel> buildInt8(VocoderModel quantised) {
    return build(quantised, profile(quantised), EnumSet.of(loop(quantised), GraphKind.SCORE));
  }

  /** The profile that a model's weights are made for. */
  public static Profile profile(VocoderModel model) {
    return model.network().layers().activations().map(Profile::of).orElse(Profile.F32);
  }

  /** The graphs that a model has in f32. */
  public static Set<GraphKind> kinds(VocoderModel model) {
    Set<GraphKind> kinds = EnumSet.of(GraphKind.CONDITIONER, loop(model), GraphKind.SCORE);
    if (model.features().analysis().isPresent()) {
      kinds.add(GraphKind.FEATURES);
    }
    if (model.subscale().isPresent()) {
      kinds.add(GraphKind.SUBSCALE);
      model.subscale().flatMap(Subscale::context).ifPresent(any -> kinds.add(GraphKind.CONTEXT));
    } else {
      kinds.add(GraphKind.STEP);
    }
    if (model.network().bandSynthesis().isPresent()) {
      kinds.add(GraphKind.SYNTHESIS);
    }
    return kinds;
  }

  /** Why a model has no graphs that stand alone; empty where it has some. */
  public static Optional<String> notStandalone(VocoderModel model) {
    if (model.subscale().isPresent()) {
      return Optional.of(
          "graphs that stand alone: expected a network that makes one sample after the other, found subscale generation; its graph subscale_generate makes one utterance at a time");
    }
    return DecodeGraph.refusal(model);
  }

  /**
   * The graphs that a program without this project's Java or Python runs in place of {@code
   * generate}, with decoding, and where it can be, the conditioning of streams.
   *
   * @throws GraphException if {@link #notStandalone} says why not
   */
  public static Set<GraphKind> standaloneKinds(VocoderModel model) {
    notStandalone(model)
        .ifPresent(
            why -> {
              throw new GraphException(why);
            });
    Set<GraphKind> kinds = EnumSet.of(GraphKind.SEEDED_GENERATE, GraphKind.DECODE);
    if (model.conditioner().contextFrames() < Conditioner.WHOLE) {
      kinds.add(GraphKind.STREAM_CONDITIONER);
    }
    return kinds;
  }

  private static GraphKind loop(VocoderModel model) {
    return model.subscale().isPresent() ? GraphKind.SUBSCALE_GENERATE : GraphKind.GENERATE;
  }

  /** Builds graphs of some kinds. */
  public static Map<GraphKind, OnnxModel> build(
      VocoderModel model, Profile profile, Set<GraphKind> kinds) {
    Map<GraphKind, OnnxModel> graphs = new EnumMap<>(GraphKind.class);
    kinds.forEach(kind -> graphs.put(kind, build(model, profile, kind)));
    return graphs;
  }

  /**
   * Builds one graph, of those in {@link #kinds} or {@link #standaloneKinds}.
   *
   * @param profile of the loop and of scoring; the others are f32
   */
  public static OnnxModel build(VocoderModel model, Profile profile, GraphKind kind) {
    return switch (kind) {
      case FEATURES -> FeaturesGraph.build(model, model.features().analysis().orElseThrow());
      case CONDITIONER -> ConditionerGraph.build(model);
      case STEP, SUBSCALE -> StepGraph.build(model);
      case CONTEXT -> ContextGraph.build(model.subscale().flatMap(Subscale::context).orElseThrow());
      case SYNTHESIS -> SynthesisGraph.build(model.network().bandSynthesis().orElseThrow());
      case GENERATE -> GenerateGraph.build(model, profile);
      case SEEDED_GENERATE -> SeededGenerateGraph.build(model, profile);
      case DECODE -> DecodeGraph.build(model);
      case STREAM_CONDITIONER -> StreamedConditioner.of(model, true).orElseThrow().graph();
      case SUBSCALE_GENERATE -> SubscaleGenerateGraph.build(model, profile);
      case SCORE ->
          model.subscale().isPresent()
              ? SubscaleScoreGraph.build(model, profile)
              : ScoreGraph.build(model, profile);
    };
  }
}
