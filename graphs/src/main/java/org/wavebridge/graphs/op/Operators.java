package org.wavebridge.graphs.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.CustomOperator;

/** The registry of custom operators. */
public final class Operators {
  private static final ContextLayer LAYER =
      new ContextLayer(WeightMatrix.dense("layer", 1, 2, new float[2]), new float[1], 1, 1, false);

  private static final List<Optional<ContextNetwork>> CONTEXTS =
      List.of(
          Optional.empty(),
          Optional.of(
              new ContextNetwork(
                  true, List.of(LAYER), WeightMatrix.dense("context_input", 3, 1, new float[3]))));

  private static final List<Head> HEADS =
      List.of(
          new Head.Categorical(2),
          new Head.Categorical(2, true),
          new Head.MixtureOfLogistics(1),
          new Head.Gaussian());

  /**
   * All operators; one whose body or attributes depend on the head or on a context network appears
   * once for each kind, and that of layers over frames for one layer.
   */
  public static final List<CustomOperator> ALL = all();

  private Operators() {}

  private static List<CustomOperator> all() {
    List<CustomOperator> operators =
        new ArrayList<>(
            List.of(
                BlockSparseGemm.OPERATOR,
                UpsampleFrames.OPERATOR,
                InterpolateFrames.OPERATOR,
                ConvolveFrames.in(List.of(ConvolveFrames.Layer.of(LAYER))),
                MelSpectrogram.OPERATOR));
    operators.add(
        QuadratureMirrorMerge.of(new QuadratureMirrorTree(2, new float[3], new float[3])));
    for (Profile profile : Profile.values()) {
      operators.add(DualSoftmaxGenerate.in(profile));
      operators.add(DualSoftmaxScore.in(profile));
      HEADS.forEach(head -> operators.add(ResidualGruGenerate.in(profile, head)));
      operators.add(ResidualGruScore.in(profile));
      operators.add(MultiBandGruGenerate.in(profile));
      operators.add(MultiBandGruScore.in(profile));
      for (Optional<ContextNetwork> context : CONTEXTS) {
        Subscale subscale = new Subscale(2, 1, 1, context);
        operators.add(DualSoftmaxSubscaleGenerate.in(profile, subscale));
        HEADS.forEach(
            head -> operators.add(ResidualGruSubscaleGenerate.in(profile, head, subscale)));
      }
    }
    return List.copyOf(operators);
  }
}
