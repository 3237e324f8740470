package org.wavebridge.exporter.checkpoint;

import static org.wavebridge.exporter.files.PickleWriter.none;
import static org.wavebridge.exporter.files.PickleWriter.part;
import static org.wavebridge.exporter.files.PickleWriter.pickle;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.PickleWriter;
import org.wavebridge.exporter.files.Refusals;
import org.wavebridge.exporter.files.Tensor;

/** Pickles that ask for more than tensors, or claim what is not there. */
final class PickleRefusalTest {
  private static final Tensor TENSOR = Tensor.of("Float", "0", 2, 3);
  private static final String ASKS =
      "the pickle asks for %s, which is not plain tensor data; refused, save the state dict alone";
  private static final String DAMAGED = "the pickle is damaged or truncated (%s)";
  private static final String TOO_DEEP =
      "what the file holds beside its tensors is nested deeper than 32; save the state dict alone";
  private static final String TOO_MUCH =
      "what it holds beside its tensors takes more than 8000000 values; save the state dict alone, or raise -Dwavebridge.maximum.values";

  @TempDir Path folder;

  private void refused(PickleWriter pickle, String expected) {
    byte[] data = CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, 0, 1, 2, 3, 4, 5);
    Refusals.refused(folder, CheckpointFiles.zip(pickle.bytes(), Map.of("0", data)), expected);
  }

  /** A dictionary with a tensor and another value. */
  private static PickleWriter beside(Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a", TENSOR);
    map.put("other", value);
    return pickle().value(map);
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "builtins, eval",
    "__builtin__, getattr",
    "torch, load",
    "torch.nn.modules.linear, Linear",
    "builtins, getattr",
    "builtins, list",
    "numpy, load",
    "functools, partial",
    "datetime, datetime.now",
    "collections, OrderedDict.fromkeys",
  })
  void functionsByName(String module, String name) {
    refused(beside(part().call(module, name, "true")), ASKS.formatted(module + "." + name));
    PickleWriter stackGlobal = part().value(module).value(name).raw(0x93).tuple("true").raw('R');
    refused(beside(stackGlobal), ASKS.formatted(module + "." + name));
  }

  @Test
  void opcodesThatReachFunctionsAnotherWay() {
    refused(beside(part().raw('(').value("true").ascii("ios\nsystem\n")), asks("opcode INST"));
    refused(
        beside(part().raw('(').global("collections", "OrderedDict").value("x").raw('o')),
        asks("opcode OBJ"));
    refused(beside(part().raw(0x82, 1)), asks("opcode EXT1"));
    refused(beside(part().raw(0x83, 1, 0)), asks("opcode EXT2"));
    refused(beside(part().raw(0x84, 1, 0, 0, 0)), asks("opcode EXT4"));
    refused(beside(part().raw(0x97)), asks("opcode NEXT_BUFFER"));
    refused(beside(part().ascii("Pstorage\n")), asks("opcode PERSID"));
  }

  private static String asks(String what) {
    return ASKS.formatted(what);
  }

  @Test
  void callsOfKnownFunctionsWithTheWrongValues() {
    String wrong = DAMAGED.formatted("an operation on the wrong values");
    refused(beside(part().call("torch._utils", "_rebuild_tensor_v2")), wrong);
    refused(beside(part().call("torch._utils", "_rebuild_tensor_v2", 1, 2, 3, 4)), wrong);
    refused(beside(part().call("collections", "OrderedDict", List.of(List.of("k")))), wrong);
    refused(beside(part().value("text").tuple().raw('R')), wrong);
    refused(
        beside(part().call("torch", "Size", 3)),
        DAMAGED.formatted("items of something that is no list"));
    refused(
        beside(part().call("_codecs", "encode", "x", "rot13")),
        DAMAGED.formatted("text encoded in anything but latin1"));
    refused(
        beside(part().call("torch", "device", List.of(1))),
        DAMAGED.formatted("a device that is no text"));
    refused(
        beside(part().value(List.of("os")).value("system").raw(0x93)),
        DAMAGED.formatted("a function whose name is no text"));
  }

  @Test
  void persistentIdsThatAreNoStorage() {
    String expected = "a persistent id that is no reference to a storage";
    refused(beside(part().value("storage").raw('Q')), expected);
    refused(beside(part().tuple("module", 1, 2, 3, 4).raw('Q')), expected);
    refused(beside(part().tuple("storage", "FloatStorage", "0", "cpu", 6).raw('Q')), expected);
    refused(
        beside(part().tuple("storage", part().global("torch", "FloatStorage"), "0").raw('Q')),
        expected);
  }

  @Test
  void tensorsOutsideTheirStorage() {
    fits(TENSOR.view(1, new long[] {2, 3}, 3, 1), "[2, 3]", "[3, 1]", 1, 6, 6);
    fits(TENSOR.view(-1, new long[] {1}, 1), "[1]", "[1]", -1, 6, 6);
    fits(TENSOR.view(6, new long[] {}), "[]", "[]", 6, 6, 6);
    fits(TENSOR.view(1L << 62, new long[] {1}, 1), "[1]", "[1]", 1L << 62, 6, 6);
    fits(TENSOR.ofStorage(7), "[2, 3]", "[3, 1]", 0, 7, 6);
    fits(TENSOR.ofStorage(1L << 62), "[2, 3]", "[3, 1]", 0, 1L << 62, 6);
    fits(TENSOR.through("v", 4, 6), "[2, 3]", "[3, 1]", 0, 6, 6);
    fits(TENSOR.through("v", -1, 6), "[2, 3]", "[3, 1]", 0, 6, 6);
    refused(
        beside(TENSOR.view(0, new long[] {-2, -3}, 3, 1)),
        "tensor 'other': sizes [-2, -3] and strides [3, 1] must not be negative");
    refused(
        beside(TENSOR.view(5, new long[] {6}, -1)),
        "tensor 'other': sizes [6] and strides [-1] must not be negative");
    refused(beside(TENSOR.view(0, new long[] {6}, 1, 1)), "tensor 'other': 1 sizes, but 2 strides");
    refused(
        beside(TENSOR.view(0, new long[] {1L << 40, 1L << 40}, 0, 0)),
        "tensor 'other': shape [1099511627776, 1099511627776] with strides [0, 0] is larger than any storage; is the file damaged?");
    refused(
        beside(TENSOR.view(0, new long[] {3}, 1L << 62)),
        "tensor 'other': shape [3] with strides [4611686018427387904] is larger than any storage; is the file damaged?");
    refused(
        beside(TENSOR.view(0, new long[] {1 << 20, 1 << 10}, 0, 0)),
        "tensor 'other': 1073741824 elements out of a storage of 6; is the file damaged?");
  }

  private void fits(
      Tensor tensor, String shape, String strides, long offset, long elements, long present) {
    refused(
        pickle().value(Map.of("other", tensor)),
        "tensor 'other': shape %s with strides %s from element %d does not fit its storage of %d elements (%d present); is the file damaged or truncated?"
            .formatted(shape, strides, offset, elements, present));
  }

  @Test
  void aStorageOfTwoTypes() {
    refused(beside(Tensor.of("Double", "0", 3)), "storage 0 is used as F32 and as F64");
  }

  @Test
  void aStorageThatIsNotThere() {
    refused(
        beside(Tensor.of("Float", "77", 3)),
        "no member archive/data/77, which the pickle refers to");
  }

  @Test
  void lengthsBeyondTheFile() {
    long huge = 1L << 62;
    for (int opcode : new int[] {0x8d, 0x8e, 0x95}) {
      refused(
          beside(part().raw(opcode).number(8, huge)),
          DAMAGED.formatted("a length of 4611686018427387904 bytes"));
      refused(
          beside(part().raw(opcode).number(8, -1)),
          DAMAGED.formatted("a length of 18446744073709551615 bytes"));
    }
    for (int opcode : new int[] {'X', 'T', 'B', 0x8b}) {
      refused(
          beside(part().raw(opcode).number(4, 0xffffffffL)),
          DAMAGED.formatted("a length of 4294967295 bytes"));
    }
  }

  @Test
  void numbersOfManyDigits() {
    String digits = "9".repeat(100_000);
    for (char opcode : new char[] {'L', 'I', 'F'}) {
      refused(
          beside(part().raw(opcode).ascii(digits + "\n")),
          DAMAGED.formatted("a number of more than 1000 digits"));
    }
    refused(
        beside(part().raw(0x8b).number(4, 5000).ascii("9".repeat(5000))),
        DAMAGED.formatted("a length of 5000 bytes"));
  }

  @Test
  void keysThatAreNoPlainValues() {
    String expected = DAMAGED.formatted("a dictionary key that is neither text nor number");
    refused(pickle().raw('}', ']', 'K', 1, 's'), expected);
    refused(pickle().raw('}').value(Map.of(none(), 1)), expected);
  }

  @Test
  void objectsThatAreNoDictionaryOfTensors() {
    String expected = "expected a dictionary of tensors, found ";
    refused(pickle().value(List.of(1)), expected + "a list");
    refused(pickle().value(new Object[] {1}), expected + "a tuple");
    refused(pickle().value("text"), expected + "a text");
    refused(pickle().value(7), expected + "a number");
    refused(pickle().value(TENSOR), expected + "a single tensor");
    refused(pickle().global("collections", "OrderedDict"), expected + "another object");
    refused(pickle().value(none()), DAMAGED.formatted("it holds nothing"));
    refused(
        pickle().value(Map.of("step", 3)),
        "no tensors found at the top or under [state_dict, model, model_state, model_state_dict]; the file has [step]");
  }

  @Test
  void truncatedAndUnknownOpcodes() {
    refused(pickle().raw(0x86), DAMAGED.formatted("an operation on the wrong values"));
    refused(pickle().raw(0xff), DAMAGED.formatted("invalid pickle opcode: 255"));
  }

  @Test
  void deeplyNestedLists() {
    int[] deep = new int[200_000];
    Arrays.fill(deep, 0, 100_000, ']');
    Arrays.fill(deep, 100_000, 199_999, 'a');
    deep[199_999] = 'N';
    refused(beside(part().raw(Arrays.copyOf(deep, 199_999))), TOO_DEEP);
  }

  @Test
  void containersThatHoldThemselves() {
    refused(beside(part().raw(']', 'q', 9, 'h', 9, 'a')), TOO_DEEP);
    refused(beside(part().raw('}', 'q', 9).value("me").raw('h', 9, 's')), TOO_DEEP);
  }

  /** Each list holds the one before ten times; as metadata, as key and as a name. */
  @ParameterizedTest
  @ValueSource(strings = {"value", "key", "name", "id", "device"})
  void listsOfLists(String use) {
    PickleWriter laughs = part().value(List.of("ha")).raw('q', 10);
    for (int level = 11; level < 40; level++) {
      laughs.raw('0', ']', '(');
      for (int i = 0; i < 10; i++) {
        laughs.raw('h', level - 1);
      }
      laughs.raw('e', 'q', level);
    }
    switch (use) {
      case "key" ->
          refused(
              beside(part().raw('}').value(laughs).raw('K', 1, 's')),
              DAMAGED.formatted("a dictionary key that is neither text nor number"));
      case "name" ->
          refused(
              beside(part().value("os").value(laughs).raw(0x93)),
              DAMAGED.formatted("a function whose name is no text"));
      case "id" ->
          refused(
              beside(part().tuple("storage", 1, laughs, 1, 1).raw('Q')),
              "a persistent id that is no reference to a storage");
      case "device" ->
          refused(
              beside(part().call("torch", "device", laughs)),
              DAMAGED.formatted("a device that is no text"));
      default -> refused(beside(laughs), TOO_MUCH);
    }
  }

  /** A small file whose every call copies a long list. */
  @Test
  void copiesOfALongList() {
    PickleWriter pairs = part().raw(']', 'q', 10, '(');
    for (int i = 0; i < 10_000; i++) {
      pairs.raw('K', 1, 'K', 2, 0x86);
    }
    pairs.raw('e');
    PickleWriter copies = part().value(pairs).raw('0', ']', '(');
    for (int i = 0; i < 10_000; i++) {
      copies.global("collections", "OrderedDict").raw('h', 10, 0x85, 'R');
    }
    refused(beside(copies.raw('e')), TOO_MUCH);
  }
}
