package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.Arrays;

/** A named attribute of a node. */
public final class Attribute {
  private final AttributeProto proto;

  private Attribute(AttributeProto.Builder proto) {
    this.proto = proto.build();
  }

  /** An integer. */
  public static Attribute of(String name, long value) {
    return new Attribute(named(name, AttributeProto.AttributeType.INT).setI(value));
  }

  /** A float. */
  public static Attribute of(String name, float value) {
    return new Attribute(named(name, AttributeProto.AttributeType.FLOAT).setF(value));
  }

  /** A list of integers. */
  public static Attribute of(String name, long[] values) {
    return new Attribute(
        named(name, AttributeProto.AttributeType.INTS)
            .addAllInts(Arrays.stream(values).boxed().toList()));
  }

  /** A list of floats. */
  public static Attribute of(String name, float[] values) {
    AttributeProto.Builder proto = named(name, AttributeProto.AttributeType.FLOATS);
    for (float value : values) {
      proto.addFloats(value);
    }
    return new Attribute(proto);
  }

  /** A text. */
  public static Attribute of(String name, String value) {
    return new Attribute(
        named(name, AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
  }

  /** The integer attribute {@code attribute} of the function whose body this is. */
  public static Attribute reference(String name, String attribute) {
    return new Attribute(named(name, AttributeProto.AttributeType.INT).setRefAttrName(attribute));
  }

  /** The float attribute {@code attribute} of the function whose body this is. */
  public static Attribute referenceFloat(String name, String attribute) {
    return new Attribute(named(name, AttributeProto.AttributeType.FLOAT).setRefAttrName(attribute));
  }

  /** The integer-list attribute {@code attribute} of the function whose body this is. */
  public static Attribute referenceList(String name, String attribute) {
    return new Attribute(named(name, AttributeProto.AttributeType.INTS).setRefAttrName(attribute));
  }

  /** The float-list attribute {@code attribute} of the function whose body this is. */
  public static Attribute referenceFloats(String name, String attribute) {
    return new Attribute(
        named(name, AttributeProto.AttributeType.FLOATS).setRefAttrName(attribute));
  }

  static Attribute of(String name, TensorProto value) {
    return new Attribute(named(name, AttributeProto.AttributeType.TENSOR).setT(value));
  }

  static Attribute of(String name, GraphProto value) {
    return new Attribute(named(name, AttributeProto.AttributeType.GRAPH).setG(value));
  }

  static Attribute of(AttributeProto parsed) {
    return new Attribute(parsed.toBuilder());
  }

  AttributeProto proto() {
    return proto;
  }

  private static AttributeProto.Builder named(String name, AttributeProto.AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }
}
