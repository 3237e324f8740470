package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Arrays to ONNX tensors, stored as raw little-endian bytes. */
final class Tensors {
  private Tensors() {}

  static TensorProto floats(String name, float[] values, long... shape) {
    ByteBuffer bytes = little(4L * values.length);
    bytes.asFloatBuffer().put(values);
    return tensor(name, ElementType.FLOAT, bytes, shape);
  }

  static TensorProto ints(String name, int[] values, long... shape) {
    ByteBuffer bytes = little(4L * values.length);
    bytes.asIntBuffer().put(values);
    return tensor(name, ElementType.INT32, bytes, shape);
  }

  static TensorProto longs(String name, long[] values, long... shape) {
    ByteBuffer bytes = little(8L * values.length);
    bytes.asLongBuffer().put(values);
    return tensor(name, ElementType.INT64, bytes, shape);
  }

  static TensorProto bytes(String name, ElementType type, byte[] values, long... shape) {
    return tensor(name, type, ByteBuffer.wrap(values), shape);
  }

  private static ByteBuffer little(long size) {
    return ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static TensorProto tensor(
      String name, ElementType type, ByteBuffer bytes, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.number())
            .setRawData(ByteString.copyFrom(bytes.rewind()));
    for (long size : shape) {
      tensor.addDims(size);
    }
    return tensor.build();
  }
}
