package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.wavebridge.graphs.GraphException;

/**
 * A named float tensor as a serialised ONNX {@code TensorProto}, for exchange with other programs.
 *
 * @param name of the input or output
 * @param values row-major
 * @param shape sizes of the axes; their product is the number of values
 */
public record TensorMessage(String name, float[] values, long[] shape) {
  /** The serialised message, with the values as raw little-endian bytes. */
  public byte[] toBytes() {
    return Tensors.floats(name, values, shape).toByteArray();
  }

  /**
   * Parses a message; values may be raw bytes or a list of floats.
   *
   * @throws GraphException if the bytes are no float tensor, or their number is not that of the
   *     shape
   */
  public static TensorMessage of(byte[] bytes) {
    try {
      TensorProto tensor = TensorProto.parseFrom(bytes);
      if (tensor.getDataType() != ElementType.FLOAT.number()) {
        throw new GraphException(
            "tensor '%s': expected element type %d (float), found %d"
                .formatted(tensor.getName(), ElementType.FLOAT.number(), tensor.getDataType()));
      }
      long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
      float[] values = values(tensor);
      long expected = 1;
      for (long size : shape) {
        expected *= size;
      }
      if (expected != values.length) {
        throw new GraphException(
            "tensor '%s': expected %d values for its shape, found %d"
                .formatted(tensor.getName(), expected, values.length));
      }
      return new TensorMessage(tensor.getName(), values, shape);
    } catch (InvalidProtocolBufferException e) {
      throw new GraphException("not an ONNX tensor: " + e.getMessage(), e);
    }
  }

  private static float[] values(TensorProto tensor) {
    if (!tensor.hasRawData()) {
      float[] values = new float[tensor.getFloatDataCount()];
      for (int i = 0; i < values.length; i++) {
        values[i] = tensor.getFloatData(i);
      }
      return values;
    }
    ByteBuffer bytes = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(values);
    return values;
  }
}
