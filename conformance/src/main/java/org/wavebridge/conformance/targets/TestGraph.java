package org.wavebridge.conformance.targets;

import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * A graph of a case.
 *
 * @param label what it is, for messages
 * @param onnx the serialised model
 * @param precision {@code f32} or {@code int8}
 * @param meaning what it computes, for a target that reads no ONNX
 */
public record TestGraph(String label, byte[] onnx, String precision, Meaning meaning) {
  /** The function that a graph computes. */
  public sealed interface Meaning {}

  /**
   * A graph of a vocoder.
   *
   * @param kind which
   * @param model with quantised weights for an int8 graph
   */
  public record VocoderPart(GraphKind kind, VocoderModel model) implements Meaning {}

  /**
   * A single {@code BlockSparseGemm}.
   *
   * @param layer its weight and bias
   */
  public record Product(Affine layer) implements Meaning {}
}
