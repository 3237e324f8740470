package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.gemm;
import static org.wavebridge.graphs.onnx.StandardOps.size;

import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * Block-sparse product {@code y = x Wᵀ + b}: x {@code [N, K]}, W {@code [R, K]} in blocks of any
 * shape, y {@code [N, R]}. Source: Kalchbrenner et al. 2018, section 3; ONNX Gemm.
 */
public final class BlockSparseGemm {
  /** Attribute: K, the columns of W. */
  public static final String INPUTS = "inputs";

  /** The most columns of a weight. */
  public static final int MOST_INPUTS = 1 << 20;

  /** The operator. */
  public static final CustomOperator OPERATOR =
      new CustomOperator(
          "BlockSparseGemm",
          "y = x W^T + b with W [R, K] stored as its non-zero blocks: weight_blocks [Z, bh, bw], weight_columns [Z] (block column of each),"
              + " weight_rows [R/bh + 1] (where each row of blocks starts). x [N, K], bias [R], y [N, R].",
          List.of(
              OperatorTensor.values("x", "[N, K]"),
              OperatorTensor.weight("weight", "[R, K]"),
              OperatorTensor.constant("bias", "[R]")),
          List.of(OperatorTensor.values("y", "[N, R]")),
          List.of(OperatorAttribute.integer(INPUTS, 1, MOST_INPUTS, "K")),
          BlockSparseGemm::body);

  private BlockSparseGemm() {}

  private static List<Value> body(Nodes g, Map<String, Value> inputs) {
    Value x = Inputs.get(inputs, "x");
    Value weight = Weights.dense(g, inputs, "weight", size(g, x, 1));
    return List.of(gemm(g, x, weight, Inputs.get(inputs, "bias")));
  }
}
