package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;

/** The element types our graphs use. */
public enum ElementType {
  /** 32-bit floating point. */
  FLOAT(DataType.FLOAT),
  /** 8-bit signed integer. */
  INT8(DataType.INT8),
  /** 8-bit unsigned integer. */
  UINT8(DataType.UINT8),
  /** 32-bit signed integer. */
  INT32(DataType.INT32),
  /** 64-bit signed integer. */
  INT64(DataType.INT64),
  /** Truth value. */
  BOOL(DataType.BOOL);

  private final DataType onnx;

  ElementType(DataType onnx) {
    this.onnx = onnx;
  }

  int number() {
    return onnx.getNumber();
  }
}
