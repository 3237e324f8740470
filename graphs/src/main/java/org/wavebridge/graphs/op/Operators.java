package org.wavebridge.graphs.op;

import java.util.List;
import org.wavebridge.graphs.onnx.CustomOperator;

/** The registry of custom operators. */
public final class Operators {
  /** All operators; one whose body depends on the head appears once for each. */
  public static final List<CustomOperator> ALL =
      List.of(
          BlockSparseGemm.OPERATOR,
          DualSoftmaxGenerate.OPERATOR,
          DualSoftmaxScore.OPERATOR,
          ResidualGruGenerate.CATEGORICAL,
          ResidualGruGenerate.MIXTURE,
          ResidualGruScore.OPERATOR);

  private Operators() {}
}
