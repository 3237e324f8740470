package org.wavebridge.runtime.internal.tensorrt;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.global.nvinfer.PluginFieldType;
import org.bytedeco.tensorrt.nvinfer.IPluginCreatorV3One;
import org.bytedeco.tensorrt.nvinfer.PluginField;
import org.bytedeco.tensorrt.nvinfer.PluginFieldCollection;

/**
 * The attributes of a node as TensorRT's ONNX parser hands them to a creator: those that the
 * creator lists, whole numbers as int32.
 */
final class ExportedFields {
  /** The fields keep addresses only. */
  private final List<Pointer> kept = new ArrayList<>();

  private final PluginFieldCollection collection = new PluginFieldCollection();

  ExportedFields(NodeProto node, IPluginCreatorV3One creator) {
    Set<String> listed = names(creator.getFieldNames());
    List<PluginField> fields =
        node.getAttributeList().stream()
            .filter(attribute -> listed.contains(attribute.getName()))
            .map(this::field)
            .toList();
    PluginField array = keep(new PluginField(fields.size()));
    for (int i = 0; i < fields.size(); i++) {
      array.getPointer(i).put(fields.get(i));
    }
    collection.nbFields(fields.size()).fields(array);
  }

  PluginFieldCollection get() {
    return collection;
  }

  /** The first node of ours in a prepared graph. */
  static NodeProto node(byte[] prepared) {
    try {
      return ModelProto.parseFrom(prepared).getGraph().getNodeList().stream()
          .filter(node -> node.getDomain().equals("org.wavebridge"))
          .findFirst()
          .orElseThrow();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** The joined constants of that node. */
  static TensorProto constants(byte[] prepared) {
    try {
      return ModelProto.parseFrom(prepared).getGraph().getInitializer(0);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  static Set<String> names(PluginFieldCollection fields) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < fields.nbFields(); i++) {
      names.add(fields.fields().getPointer(i).name());
    }
    return names;
  }

  private PluginField field(AttributeProto attribute) {
    BytePointer name = keep(new BytePointer(attribute.getName()));
    return keep(
        switch (attribute.getType()) {
          case INT -> whole(name, List.of(attribute.getI()));
          case INTS -> whole(name, attribute.getIntsList());
          case FLOATS -> floats(name, attribute.getFloatsList());
          default -> throw new AssertionError(attribute.getName() + ": " + attribute.getType());
        });
  }

  private PluginField whole(BytePointer name, List<Long> values) {
    int[] whole = values.stream().mapToInt(Math::toIntExact).toArray();
    return new PluginField(
        name, keep(new IntPointer(whole)), PluginFieldType.kINT32.value, whole.length);
  }

  private PluginField floats(BytePointer name, List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return new PluginField(
        name, keep(new FloatPointer(floats)), PluginFieldType.kFLOAT32.value, floats.length);
  }

  private <T extends Pointer> T keep(T pointer) {
    kept.add(pointer);
    return pointer;
  }
}
