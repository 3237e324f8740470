package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.stream.Stream;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * The common part of the operators over whole sequences: their attributes and the frame of each
 * sample.
 */
public final class SequenceAttributes {
  /** Attribute: samples that share one frame of conditioning. */
  public static final String SAMPLES_PER_FRAME = "samples_per_frame";

  /**
   * Attribute: size of the recurrent state of one GRU; used by the bodies of the score operators.
   */
  public static final String HIDDEN_SIZE = "hidden_size";

  /** How many samples share a frame of conditioning. */
  public static final OperatorAttribute SAMPLES =
      OperatorAttribute.integer(
          SAMPLES_PER_FRAME, 1, Integer.MAX_VALUE, "samples that share a frame of conditioning");

  /** The size of the state, which only function bodies use. */
  public static final OperatorAttribute HIDDEN =
      OperatorAttribute.integer(
          HIDDEN_SIZE,
          1,
          BlockSparseGemm.MOST_INPUTS,
          "size of the state; only the function body uses it");

  /** Attribute of int8 operators: the bits of activations; 8 where it is absent. */
  public static final String ACTIVATION_BITS = "activation_bits";

  private static final OperatorAttribute BITS =
      OperatorAttribute.integer(
              ACTIVATION_BITS, 8, 12, "bits of activations, 8 or 12; absent stands for 8")
          .orAbsent();

  private SequenceAttributes() {}

  /** The attributes of an operator in a profile. */
  public static List<OperatorAttribute> in(Profile profile, List<OperatorAttribute> attributes) {
    return profile == Profile.INT8_12 ? with(attributes, BITS) : attributes;
  }

  /** What a profile adds to the attributes of a node. */
  public static List<Attribute> of(Profile profile) {
    return profile == Profile.INT8_12
        ? List.of(Attribute.of(ACTIVATION_BITS, Activations.BITS_12.bits()))
        : List.of();
  }

  /** Attributes, and more of them. */
  public static List<OperatorAttribute> with(
      List<OperatorAttribute> some, OperatorAttribute... more) {
    return Stream.concat(some.stream(), Stream.of(more)).toList();
  }

  /** The inputs of an operator: those that other nodes compute, then the constants. */
  public static List<OperatorTensor> inputs(
      List<OperatorTensor> own, List<OperatorTensor> constants) {
    return Stream.concat(own.stream(), constants.stream()).toList();
  }

  /** The frame of sample {@code t} (int64, any shape). */
  public static Value frame(Nodes g, Value t) {
    return div(g, t, attribute(g, SAMPLES_PER_FRAME));
  }

  /**
   * Spreads {@code [N, F, C]} at frame rate to {@code [N, T, C]}, for T the int64 scalar count of
   * samples.
   */
  public static Value toSamples(Nodes g, Value frames, Value samples) {
    return gather(g, frames, frame(g, range(g, samples)), 1);
  }

  /**
   * Audio {@code [T, N]} of a loop to {@code [N, T]}. The shape is that of the uniforms: a loop of
   * no iterations does not know its own.
   */
  public static Value rowsFirst(Nodes g, Value samples, Value uniforms) {
    Value shape = concat(g, 0, size(g, uniforms, 1), size(g, uniforms, 0));
    Value whole = g.node("Reshape", List.of(samples, shape), Attribute.of("allowzero", 1));
    return transpose(g, whole, 1, 0);
  }
}
