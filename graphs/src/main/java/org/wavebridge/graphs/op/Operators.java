package org.wavebridge.graphs.op;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.onnx.CustomOperator;

/** The registry of custom operators. */
public final class Operators {
  /** All operators; one whose body depends on the head appears once for each. */
  public static final List<CustomOperator> ALL = all();

  private Operators() {}

  private static List<CustomOperator> all() {
    List<CustomOperator> operators = new ArrayList<>(List.of(BlockSparseGemm.OPERATOR));
    for (Profile profile : Profile.values()) {
      operators.add(DualSoftmaxGenerate.in(profile));
      operators.add(DualSoftmaxScore.in(profile));
      operators.add(ResidualGruGenerate.in(profile, new Head.Categorical(2)));
      operators.add(ResidualGruGenerate.in(profile, new Head.MixtureOfLogistics(1)));
      operators.add(ResidualGruScore.in(profile));
    }
    return List.copyOf(operators);
  }
}
