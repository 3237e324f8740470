package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.stream.LongStream;
import org.wavebridge.graphs.GraphException;

/** Several initializers as one of 32-bit words, each filled up to whole words. */
final class JoinedConstants {
  private static final int WORD = 4;

  private JoinedConstants() {}

  /**
   * The joined initializer.
   *
   * @throws GraphException if a tensor's values are not stored as raw data of its size
   */
  static TensorProto of(String name, List<TensorProto> constants) {
    ByteString bytes = ByteString.EMPTY;
    for (TensorProto tensor : constants) {
      checkRaw(tensor);
      ByteString raw = tensor.getRawData();
      int rest = -raw.size() & (WORD - 1);
      bytes = bytes.concat(raw).concat(ByteString.copyFrom(new byte[rest]));
    }
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(ElementType.INT32.number())
        .addDims(bytes.size() / WORD)
        .setRawData(bytes)
        .build();
  }

  /** For each tensor its rank and sizes. */
  static long[] shapes(List<TensorProto> constants) {
    return constants.stream()
        .flatMapToLong(
            tensor ->
                LongStream.concat(
                    LongStream.of(tensor.getDimsCount()),
                    tensor.getDimsList().stream().mapToLong(Long::longValue)))
        .toArray();
  }

  private static void checkRaw(TensorProto tensor) {
    long elements = 1;
    for (long size : tensor.getDimsList()) {
      elements = Math.multiplyExact(elements, size);
    }
    long expected = elements * ElementType.of(tensor.getDataType()).bytes();
    if (tensor.getRawData().size() != expected) {
      throw new GraphException(
          "initializer '%s': expected %d bytes of raw data, found %d"
              .formatted(tensor.getName(), expected, tensor.getRawData().size()));
    }
  }
}
