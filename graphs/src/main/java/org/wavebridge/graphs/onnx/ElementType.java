package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import org.wavebridge.graphs.GraphException;

/** The element types our graphs use. */
public enum ElementType {
  /** 32-bit floating point. */
  FLOAT(DataType.FLOAT, 4),
  /** 64-bit floating point. */
  DOUBLE(DataType.DOUBLE, 8),
  /** 8-bit signed integer. */
  INT8(DataType.INT8, 1),
  /** 8-bit unsigned integer. */
  UINT8(DataType.UINT8, 1),
  /** 32-bit signed integer. */
  INT32(DataType.INT32, 4),
  /** 64-bit signed integer. */
  INT64(DataType.INT64, 8),
  /** Truth value. */
  BOOL(DataType.BOOL, 1),
  /** 16-bit signed integer: samples. */
  INT16(DataType.INT16, 2);

  private final DataType onnx;
  private final int bytes;

  ElementType(DataType onnx, int bytes) {
    this.onnx = onnx;
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The type of an ONNX number. */
  static ElementType of(int number) {
    for (ElementType type : values()) {
      if (type.number() == number) {
        return type;
      }
    }
    throw new GraphException("element type %d is none that our graphs use".formatted(number));
  }

  int number() {
    return onnx.getNumber();
  }
}
