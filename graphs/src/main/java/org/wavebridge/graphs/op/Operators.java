package org.wavebridge.graphs.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.CustomOperator;

/** The registry of custom operators. */
public final class Operators {
  /** Sub-tensors without a context; those with one add attributes and inputs of no other name. */
  private static final Subscale INDEPENDENT = new Subscale(2, 1, 1, Optional.empty());

  private static final List<ConvolveFrames.Layer> ONE_LAYER =
      List.of(
          ConvolveFrames.Layer.of(
              new ContextLayer(
                  WeightMatrix.dense("layer", 1, 2, new float[2]), new float[1], 2, 1, false)));

  /**
   * All operators; one whose body depends on the head appears once for each, those of folded
   * utterances without a context, and that of layers over frames for one layer.
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
                ConvolveFrames.in(ONE_LAYER),
                MelSpectrogram.OPERATOR));
    operators.add(
        QuadratureMirrorMerge.of(new QuadratureMirrorTree(2, new float[3], new float[3])));
    for (Profile profile : Profile.values()) {
      operators.add(DualSoftmaxGenerate.in(profile));
      operators.add(DualSoftmaxScore.in(profile));
      operators.add(ResidualGruGenerate.in(profile, new Head.Categorical(2)));
      operators.add(ResidualGruGenerate.in(profile, new Head.MixtureOfLogistics(1)));
      operators.add(ResidualGruGenerate.in(profile, new Head.Gaussian()));
      operators.add(ResidualGruScore.in(profile));
      operators.add(MultiBandGruGenerate.in(profile));
      operators.add(MultiBandGruScore.in(profile));
      operators.add(DualSoftmaxSubscaleGenerate.in(profile, INDEPENDENT));
      operators.add(ResidualGruSubscaleGenerate.in(profile, new Head.Categorical(2), INDEPENDENT));
      operators.add(
          ResidualGruSubscaleGenerate.in(profile, new Head.MixtureOfLogistics(1), INDEPENDENT));
      operators.add(ResidualGruSubscaleGenerate.in(profile, new Head.Gaussian(), INDEPENDENT));
    }
    return List.copyOf(operators);
  }
}
