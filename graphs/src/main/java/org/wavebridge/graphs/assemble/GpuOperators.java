package org.wavebridge.graphs.assemble;

import java.util.Set;

/**
 * The operators of our graphs that TensorRT's ONNX parser takes, and those that our plugins add.
 */
public final class GpuOperators {
  /** The operators of our domain that there are plugins for. */
  public static final Set<String> PLUGINS = Operators.WITH_PLUGIN;

  /** Those of them that say at the end of a call whether it went well. */
  static final Set<String> REPORTING =
      Set.copyOf(PLUGINS.stream().filter(GpuOperators::makesSamples).toList());

  /**
   * Standard operators that the parser takes. Not among them: those it refuses (STFT,
   * MatMulInteger, Multinomial, BitShift, ...), and those whose randomness it does not take from
   * the graph (RandomUniform and its like).
   */
  public static final Set<String> PARSED =
      Set.of(
          "Abs",
          "Add",
          "And",
          "ArgMax",
          "Cast",
          "Clip",
          "Concat",
          "Constant",
          "ConstantOfShape",
          "Conv",
          "ConvTranspose",
          "CumSum",
          "Div",
          "Equal",
          "Exp",
          "Expand",
          "Flatten",
          "Floor",
          "GRU",
          "Gather",
          "GatherElements",
          "Gemm",
          "Greater",
          "GreaterOrEqual",
          "Identity",
          "If",
          "Less",
          "LessOrEqual",
          "Log",
          "Loop",
          "MatMul",
          "Max",
          "Min",
          "Mul",
          "Neg",
          "Not",
          "Or",
          "Pad",
          "Range",
          "ReduceL2",
          "ReduceMax",
          "ReduceSum",
          "Relu",
          "Reshape",
          "Resize",
          "Round",
          "Scan",
          "ScatterElements",
          "ScatterND",
          "Shape",
          "Sigmoid",
          "Slice",
          "Softmax",
          "Split",
          "Sqrt",
          "Squeeze",
          "Sub",
          "Tanh",
          "TopK",
          "Transpose",
          "Unsqueeze",
          "Where");

  private GpuOperators() {}

  /** Whether an operator makes all samples of a call. */
  static boolean makesSamples(String operator) {
    return operator.contains("Generate");
  }
}
