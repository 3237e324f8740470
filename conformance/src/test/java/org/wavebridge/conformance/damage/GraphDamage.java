package org.wavebridge.conformance.damage;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Random damage to a graph's file: to its bytes, or to the model inside so that it still parses.
 */
final class GraphDamage {
  private static final long[] ODD_NUMBERS = {
    0,
    1,
    -1,
    2,
    3,
    127,
    1 << 20,
    (1 << 20) + 1,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final float[] ODD_FLOATS = {
    0, -0f, -1, 1e-40f, 3e38f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  private final Random random;

  GraphDamage(Random random) {
    this.random = random;
  }

  /** A damaged copy of a graph's file. */
  byte[] of(byte[] graph) {
    return switch (random.nextInt(8)) {
      case 0 -> flipped(graph);
      case 1 -> Arrays.copyOf(graph, random.nextInt(graph.length));
      default -> edited(graph);
    };
  }

  /** One to four bytes replaced. */
  byte[] flipped(byte[] bytes) {
    byte[] copy = bytes.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      copy[random.nextInt(copy.length)] ^= (byte) (1 + random.nextInt(255));
    }
    return copy;
  }

  private byte[] edited(byte[] bytes) {
    try {
      ModelProto.Builder model = ModelProto.newBuilder().mergeFrom(bytes);
      for (int i = random.nextInt(3); i >= 0; i--) {
        edit(model.getGraphBuilder());
      }
      return model.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private void edit(GraphProto.Builder graph) {
    if (random.nextInt(4) == 0) {
      editNode(graph.getNodeBuilder(random.nextInt(graph.getNodeCount())));
    } else {
      editTensor(graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount())));
    }
  }

  private void editNode(NodeProto.Builder node) {
    int inputs = node.getInputCount();
    int attributes = node.getAttributeCount();
    switch (inputs == 0 ? 6 : random.nextInt(7)) {
      case 0 -> {
        int one = random.nextInt(inputs);
        int other = random.nextInt(inputs);
        String name = node.getInput(one);
        node.setInput(one, node.getInput(other));
        node.setInput(other, name);
      }
      case 1 -> node.setInput(random.nextInt(inputs), node.getInput(random.nextInt(inputs)));
      case 2 -> {
        List<String> fewer = List.copyOf(node.getInputList()).subList(0, random.nextInt(inputs));
        node.clearInput().addAllInput(fewer);
      }
      case 3 -> node.addInput(node.getInput(random.nextInt(inputs)));
      default -> {
        if (attributes > 0) {
          editAttribute(node, random.nextInt(attributes));
        }
      }
    }
  }

  private void editAttribute(NodeProto.Builder node, int index) {
    AttributeProto.Builder attribute = node.getAttributeBuilder(index);
    switch (random.nextInt(8)) {
      case 0 -> node.removeAttribute(index);
      case 1 -> attribute.setType(AttributeProto.AttributeType.FLOAT).setF(oddFloat());
      case 2 -> attribute.setName(attribute.getName() + "x");
      case 3 -> attribute.addInts(odd());
      default -> {
        if (attribute.getType() == AttributeProto.AttributeType.INT) {
          attribute.setI(random.nextBoolean() ? odd() : attribute.getI() + random.nextInt(5) - 2);
        } else if (attribute.getIntsCount() > 0) {
          attribute.setInts(random.nextInt(attribute.getIntsCount()), odd());
        }
      }
    }
  }

  private void editTensor(TensorProto.Builder tensor) {
    switch (random.nextInt(8)) {
      case 0 -> editShape(tensor);
      case 1 -> {
        ByteString raw = tensor.getRawData();
        tensor.setRawData(
            random.nextBoolean()
                ? raw.substring(0, random.nextInt(raw.size() + 1))
                : raw.concat(ByteString.copyFrom(new byte[1 + random.nextInt(8)])));
      }
      case 2 -> tensor.setDataType(random.nextInt(24));
      default -> editValues(tensor);
    }
  }

  private void editShape(TensorProto.Builder tensor) {
    int axes = tensor.getDimsCount();
    if (axes == 0 || random.nextInt(6) == 0) {
      tensor.addDims(odd());
      return;
    }
    int axis = random.nextInt(axes);
    switch (random.nextInt(4)) {
      case 0 -> tensor.setDims(axis, odd());
      case 1 -> tensor.setDims(axis, tensor.getDims(axis) + random.nextInt(3) - 1);
      case 2 -> {
        long size = tensor.getDims(axis);
        int other = random.nextInt(axes);
        tensor.setDims(axis, tensor.getDims(other)).setDims(other, size);
      }
      default -> {
        // As many elements in another shape.
        long size = tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b);
        tensor.clearDims().addDims(size);
        for (int i = 1; i < axes; i++) {
          tensor.addDims(1);
        }
      }
    }
  }

  private void editValues(TensorProto.Builder tensor) {
    byte[] raw = tensor.getRawData().toByteArray();
    ByteBuffer values = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    int width = tensor.getDataType() == TensorProto.DataType.INT8_VALUE ? 1 : 4;
    int count = raw.length / width;
    if (count == 0) {
      return;
    }
    int at = random.nextInt(count) * width;
    int other = random.nextInt(count) * width;
    if (width == 1) {
      values.put(at, (byte) (random.nextBoolean() ? -128 : random.nextInt()));
    } else if (tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE) {
      values.putFloat(at, oddFloat());
    } else {
      int value = values.getInt(at);
      switch (random.nextInt(4)) {
        case 0 -> values.putInt(at, (int) odd());
        case 1 -> values.putInt(at, value + random.nextInt(5) - 2);
        case 2 -> values.putInt(at, values.getInt(other));
        default -> values.putInt(at, values.getInt(other)).putInt(other, value);
      }
    }
    tensor.setRawData(ByteString.copyFrom(raw));
  }

  private long odd() {
    return ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)];
  }

  private float oddFloat() {
    return ODD_FLOATS[random.nextInt(ODD_FLOATS.length)];
  }
}
