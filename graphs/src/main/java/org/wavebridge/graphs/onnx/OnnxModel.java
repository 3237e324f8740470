package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;

/** A finished ONNX model. */
public final class OnnxModel {
  private final ModelProto proto;

  OnnxModel(ModelProto proto) {
    this.proto = proto;
  }

  ModelProto proto() {
    return proto;
  }

  /** The serialised model, as it stands in a file. */
  public byte[] toBytes() {
    return proto.toByteArray();
  }
}
