package org.wavebridge.graphs.assemble;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.NetworkKind;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.op.BlockSparseGemm;
import org.wavebridge.graphs.op.CanonicalTanh;
import org.wavebridge.graphs.op.ConvolveFrames;
import org.wavebridge.graphs.op.DecodeValues;
import org.wavebridge.graphs.op.GruFrames;
import org.wavebridge.graphs.op.InterpolateFrames;
import org.wavebridge.graphs.op.LinearPrediction;
import org.wavebridge.graphs.op.MelSpectrogram;
import org.wavebridge.graphs.op.PhiloxUniforms;
import org.wavebridge.graphs.op.QuadratureMirrorMerge;
import org.wavebridge.graphs.op.ReflectionPrediction;
import org.wavebridge.graphs.op.UpsampleFrames;

/** The registry of custom operators. */
public final class Operators {
  private static final ContextLayer LAYER =
      new ContextLayer(WeightMatrix.dense("layer", 1, 2, new float[2]), new float[1], 1, 1, false);

  /**
   * All operators; one whose body or attributes depend on the head or on a context network appears
   * once for each kind, and that of layers over frames for one layer.
   */
  public static final List<CustomOperator> ALL = all();

  /** The names of those that have a plugin for GPUs; every operator runs on CPUs. */
  public static final Set<String> WITH_PLUGIN = withPlugin();

  private Operators() {}

  private static Set<String> withPlugin() {
    Set<String> names = new TreeSet<>();
    for (CustomOperator operator :
        List.of(BlockSparseGemm.OPERATOR, UpsampleFrames.OPERATOR, InterpolateFrames.OPERATOR)) {
      names.add(operator.name());
    }
    for (Profile profile : Profile.values()) {
      Networks.ALL.stream()
          .filter(NetworkKind::hasPlugin)
          .flatMap(network -> network.operators(profile).stream())
          .map(CustomOperator::name)
          .filter(name -> name.contains("Generate"))
          .forEach(names::add);
    }
    return Collections.unmodifiableSet(names);
  }

  private static List<CustomOperator> all() {
    List<CustomOperator> operators =
        new ArrayList<>(
            List.of(
                BlockSparseGemm.OPERATOR,
                UpsampleFrames.OPERATOR,
                InterpolateFrames.OPERATOR,
                ConvolveFrames.in(List.of(ConvolveFrames.Layer.of(LAYER))),
                GruFrames.OPERATOR,
                MelSpectrogram.OPERATOR,
                LinearPrediction.OPERATOR,
                ReflectionPrediction.OPERATOR,
                CanonicalTanh.OPERATOR,
                QuadratureMirrorMerge.of(new QuadratureMirrorTree(2, new float[3], new float[3])),
                PhiloxUniforms.OPERATOR,
                DecodeValues.of(new DecodeValues.Form(true, false, true))));
    for (Profile profile : Profile.values()) {
      for (NetworkKind<?> network : Networks.ALL) {
        operators.addAll(network.operators(profile));
      }
    }
    return List.copyOf(operators);
  }
}
