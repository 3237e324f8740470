package org.wavebridge.runtime.internal.tensorrt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.DimsExprs;
import org.bytedeco.tensorrt.nvinfer.DynamicPluginTensorDesc;
import org.bytedeco.tensorrt.nvinfer.InterfaceInfo;
import org.bytedeco.tensorrt.nvinfer.PluginField;
import org.bytedeco.tensorrt.nvinfer.PluginFieldCollection;
import org.bytedeco.tensorrt.nvinfer.PluginTensorDesc;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The numbers of our header (abi/tensorrt_abi.h, and the native tests that assert its sizes)
 * against those of TensorRT's own, from which the bindings were made.
 */
final class BindingsTest {
  @BeforeAll
  static void load() {
    HostedTensorRt.loadLibraries();
  }

  @Test
  void sizesOfStructures() {
    assertSize(72, Dims64.class);
    assertSize(88, PluginTensorDesc.class);
    assertSize(304, DynamicPluginTensorDesc.class);
    assertSize(24, PluginField.class);
    assertSize(16, PluginFieldCollection.class);
    assertSize(16, InterfaceInfo.class);
    assertSize(72, DimsExprs.class);
  }

  private static void assertSize(int expected, Class<? extends Pointer> type) {
    assertEquals(expected, Loader.sizeof(type), type.getSimpleName());
  }

  @Test
  void placesOfMembers() {
    try (PluginField field = new PluginField();
        DynamicPluginTensorDesc dynamic = new DynamicPluginTensorDesc();
        PluginFieldCollection collection = new PluginFieldCollection()) {
      field.data(new Address(0x1234)).type(nvinfer.PluginFieldType.kINT32).length(77);
      ByteBuffer bytes = bytes(field);
      assertEquals(0x1234, bytes.getLong(8));
      assertEquals(5, bytes.getInt(16));
      assertEquals(77, bytes.getInt(20));
      dynamic.desc().dims().nbDims(3).d(7, 70);
      dynamic.desc().type(nvinfer.DataType.kINT64).scale(0.5f);
      dynamic.min().nbDims(4);
      dynamic.max().nbDims(5);
      dynamic.opt().nbDims(6).d(0, 60);
      bytes = bytes(dynamic);
      assertEquals(3, bytes.getInt(0));
      assertEquals(70, bytes.getLong(64));
      assertEquals(8, bytes.getInt(72));
      assertEquals(0.5f, bytes.getFloat(80));
      assertEquals(4, bytes.getInt(88));
      assertEquals(5, bytes.getInt(160));
      assertEquals(6, bytes.getInt(232));
      assertEquals(60, bytes.getLong(240));
      collection.nbFields(9).fields(field);
      assertEquals(9, bytes(collection).getInt(0));
      assertEquals(field.address(), bytes(collection).getLong(8));
    }
  }

  private static ByteBuffer bytes(Pointer structure) {
    BytePointer bytes = new BytePointer(structure);
    return bytes.capacity(structure.sizeof()).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  @ParameterizedTest
  @CsvSource({"kFLOAT, 0", "kHALF, 1", "kINT8, 2", "kINT32, 3", "kBOOL, 4", "kINT64, 8"})
  void elementTypes(nvinfer.DataType type, int number) {
    assertEquals(number, type.value);
  }

  @ParameterizedTest
  @CsvSource({"kFLOAT32, 1", "kINT32, 5", "kUNKNOWN, 8", "kINT64, 10"})
  void fieldTypes(nvinfer.PluginFieldType type, int number) {
    assertEquals(number, type.value);
  }

  @Test
  void otherNumbers() {
    assertEquals(0, nvinfer.TensorFormat.kLINEAR.value);
    assertEquals(0, nvinfer.TensorRTPhase.kBUILD.value);
    assertEquals(1, nvinfer.TensorRTPhase.kRUNTIME.value);
    assertEquals(0, nvinfer.PluginCapabilityType.kCORE.value);
    assertEquals(1, nvinfer.PluginCapabilityType.kBUILD.value);
    assertEquals(2, nvinfer.PluginCapabilityType.kRUNTIME.value);
    assertEquals(1, nvinfer.NetworkDefinitionCreationFlag.kSTRONGLY_TYPED.value);
  }
}
