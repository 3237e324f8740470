package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.GraphException;

/** Lists the initializers of a serialised model. */
public final class Constants {
  private Constants() {}

  /**
   * One initializer.
   *
   * @param name in the graph
   * @param elements how many values
   * @param bytes that the values take as raw data, the way {@link ModelBuilder} stores them
   */
  public record Constant(String name, long elements, long bytes) {}

  /**
   * The initializers of a model's graph, in file order.
   *
   * @throws GraphException if the bytes are no ONNX model
   */
  public static List<Constant> of(byte[] model) {
    try {
      List<Constant> constants = new ArrayList<>();
      for (TensorProto tensor : ModelProto.parseFrom(model).getGraph().getInitializerList()) {
        long elements = tensor.getDimsList().stream().reduce(1L, Math::multiplyExact);
        constants.add(new Constant(tensor.getName(), elements, tensor.getRawData().size()));
      }
      return constants;
    } catch (InvalidProtocolBufferException e) {
      throw new GraphException("not an ONNX model: " + e.getMessage(), e);
    }
  }
}
