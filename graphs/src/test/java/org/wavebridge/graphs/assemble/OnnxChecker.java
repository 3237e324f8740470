package org.wavebridge.graphs.assemble;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnx.ModelProto;
import org.bytedeco.onnx.global.onnx;

/** The official ONNX checker with strict shape inference. */
public final class OnnxChecker {
  private OnnxChecker() {}

  /** Throws if the model is refused. */
  public static void check(byte[] bytes) {
    try (BytePointer pointer = new BytePointer(bytes);
        ModelProto model = new ModelProto()) {
      if (!onnx.ParseProtoFromBytes(model, pointer, bytes.length)) {
        throw new IllegalStateException("not a model");
      }
      onnx.check_model(model, true, false, false);
    }
  }
}
