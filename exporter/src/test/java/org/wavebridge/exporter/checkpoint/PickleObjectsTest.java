package org.wavebridge.exporter.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wavebridge.exporter.files.PickleWriter.none;
import static org.wavebridge.exporter.files.PickleWriter.part;
import static org.wavebridge.exporter.files.PickleWriter.pickle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
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

/** Python's inert objects beside the weights: what becomes of each, and that no other is read. */
final class PickleObjectsTest {
  private static final byte[] WEIGHT = CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, 1, 2);

  @TempDir Path folder;

  private static byte[] file(Object value) {
    Map<String, Object> top = new LinkedHashMap<>();
    top.put("model", Map.of("w", Tensor.of("Float", "0", 2)));
    top.put("value", value);
    return CheckpointFiles.zip(pickle().value(top).bytes(), Map.of("0", WEIGHT));
  }

  /** The metadata that an object becomes; the tensor beside it is read. */
  private Object read(Object value) {
    Path file = CheckpointFiles.write(folder.resolve("a.pt"), file(value));
    Checkpoint read = CheckpointReader.read(file);
    assertArrayEquals(new float[] {1, 2}, read.tensors().get("w").toFloats());
    return read.metadata().getOrDefault("value", "left out");
  }

  private static PickleWriter called(String module, String name, Object... arguments) {
    return part().call(module, name, arguments);
  }

  /** Bytes as Python 3 writes them: a byte is a character. */
  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({"argparse, Namespace", "types, SimpleNamespace", "easydict, EasyDict"})
  void objectsWithAttributesAreMaps(String module, String name) {
    Map<String, Object> state = new LinkedHashMap<>(Map.of("rnn_dims", 512, "mode", "RAW"));
    PickleWriter made = part().global(module, name).raw(')', 0x81).value(state).raw('b');
    assertEquals(state, read(made));
    assertEquals(state, read(part().global(module, name).raw(')', 'R').value(state).raw('b')));
    PickleWriter old =
        called(
            "copy_reg",
            "_reconstructor",
            part().global(module, name),
            part().global("__builtin__", "object"),
            none());
    assertEquals(state, read(old.value(state).raw('b')));
  }

  @Test
  void settingsMayBeANamespace() {
    Map<String, Object> top = new LinkedHashMap<>();
    top.put("model", Map.of("w", Tensor.of("Float", "0", 2)));
    Map<String, Object> state = Map.of("sample_rate", 16000);
    top.put("config", part().global("argparse", "Namespace").raw(')', 0x81).value(state).raw('b'));
    Path file =
        CheckpointFiles.write(
            folder.resolve("b.pt"),
            CheckpointFiles.zip(pickle().value(top).bytes(), Map.of("0", WEIGHT)));
    assertEquals(state, CheckpointReader.read(file).config());
  }

  @Test
  void collections() {
    Map<String, Object> items = new LinkedHashMap<>(Map.of("a", List.of(1, 2)));
    for (String factory : new String[] {"list", "eval"}) {
      PickleWriter dict =
          called("collections", "defaultdict", part().global("__builtin__", factory));
      assertEquals(items, read(dict.items(items)));
    }
    assertEquals(items, read(called("collections", "defaultdict", none()).items(items)));
    assertEquals(Map.of("x", 3), read(called("collections", "Counter", Map.of("x", 3))));
    assertEquals(List.of(1, 2), read(called("collections", "deque", List.of(1, 2), 100)));
    PickleWriter deque = called("collections", "deque", new Object[0], 100);
    assertEquals(List.of(5, 6), read(deque.raw('(', 'K', 5, 'K', 6, 'e')));
    assertEquals(List.of(7), read(called("__builtin__", "frozenset", List.of(7))));
  }

  @Test
  void aFactoryIsNeverCalled() {
    PickleWriter named =
        part().global("collections", "defaultdict").global("os", "system").value("true");
    refusedAs(named.raw(0x85, 'R', '0', '0', 'N'), "os.system");
    PickleWriter kept =
        part()
            .global("collections", "defaultdict")
            .global("os", "system")
            .raw('q', 7, 0x85, 'R', '0', 'h', 7)
            .tuple("true");
    refusedAs(kept.raw('R'), "os.system");
    PickleWriter partial =
        part()
            .global("collections", "defaultdict")
            .global("functools", "partial")
            .tuple("x")
            .raw('R', 0x85, 'R');
    refusedAs(partial, "functools.partial");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "os.system",
        "builtins.eval",
        "builtins.getattr",
        "builtins.list",
        "torch.load",
        "torch.storage._load_from_bytes",
        "torch._utils._rebuild_device_tensor_from_numpy",
        "numpy.load",
        "numpy.core.multiarray.frombuffer",
        "numpy.core.multiarray",
        "functools.partial",
        "pathlib.Path.unlink",
        "pathlib._local.PosixPath.touch",
        "datetime.datetime.now",
        "collections.defaultdict.fromkeys",
        "argparse.ArgumentParser",
        "enum.Enum",
        "omegaconf.dictconfig.DictConfig",
        "utils.hparams.HParams",
        "operator.attrgetter",
      })
  void othersAreRefusedByName(String name) {
    int dot = name.lastIndexOf('.');
    String module = name.substring(0, dot);
    String function = name.substring(dot + 1);
    refusedAs(called(module, function, "true"), name);
    refusedAs(part().global(module, function), name);
    refusedAs(part().global(module, function).raw(')', 0x81), name);
    refusedAs(part().value(module).value(function).raw(0x93).tuple("true").raw('R'), name);
  }

  private void refusedAs(PickleWriter value, String name) {
    Refusals.refused(
        folder,
        file(value),
        "the pickle asks for %s, which is not plain tensor data; refused, save the state dict alone"
            .formatted(name));
  }

  @Test
  void dates() {
    assertEquals("2020-01-01", read(called("datetime", "date", bytes(7, 228, 1, 1))));
    assertEquals("2020-01-01", read(called("datetime", "date", "\u0007\u00e4\u0001\u0001")));
    assertEquals("23:59:58", read(called("datetime", "time", bytes(23, 59, 58, 0, 0, 0))));
    byte[] instant = bytes(7, 232, 2, 29, 13, 5, 9, 1, 134, 160);
    assertEquals("2024-02-29T13:05:09.100", read(called("datetime", "datetime", instant)));
    PickleWriter delta = called("datetime", "timedelta", 0, 5400, 0);
    PickleWriter zone = called("datetime", "timezone", delta);
    assertEquals(5400.0, read(delta));
    assertEquals("+01:30", read(zone));
    assertEquals(
        "2024-02-29T13:05:09.100+01:30", read(called("datetime", "datetime", instant, zone)));
    assertEquals(-86399.5, read(called("datetime", "timedelta", -1, 0, 500_000)));
    String damaged = "the pickle is damaged or truncated (%s)";
    Refusals.refused(
        folder,
        file(called("datetime", "date", bytes(1, 2))),
        damaged.formatted("a date or time that is not of 4 bytes"));
    Refusals.refused(
        folder,
        file(called("datetime", "date", bytes(7, 228, 13, 1))),
        damaged.formatted("an operation on the wrong values"));
  }

  @Test
  void paths() {
    assertEquals("/data/mels", read(called("pathlib", "PosixPath", "/", "data", "mels")));
    assertEquals("data/mels", read(called("pathlib._local", "PosixPath", "data", "mels")));
    assertEquals("C:\\x\\y", read(called("pathlib", "PureWindowsPath", "C:\\", "x", "y")));
    assertEquals(".", read(called("pathlib", "Path")));
  }

  private static PickleWriter type(String name, String order) {
    return called("numpy", "dtype", name, false, true)
        .tuple(3, order, none(), none(), none(), -1, -1, 0)
        .raw('b');
  }

  private static PickleWriter array(
      String module, Object[] shape, PickleWriter type, boolean fortran, Object data) {
    return called(
            module, "_reconstruct", part().global("numpy", "ndarray"), new Object[] {0}, bytes('b'))
        .tuple(1, shape, type, fortran, data)
        .raw('b');
  }

  @Test
  void arrays() {
    byte[] six =
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) 1)
            .putShort((short) 2)
            .putShort((short) 3)
            .putShort((short) 4)
            .putShort((short) 5)
            .putShort((short) -6)
            .array();
    Object[] shape = {2, 3};
    for (String module : List.of("numpy.core.multiarray", "numpy._core.multiarray")) {
      assertEquals(
          List.of(List.of(1L, 2L, 3L), List.of(4L, 5L, -6L)),
          read(array(module, shape, type("i2", "<"), false, six)));
      assertEquals(
          List.of(List.of(1L, 3L, 5L), List.of(2L, 4L, -6L)),
          read(array(module, shape, type("i2", "<"), true, six)));
    }
    String module = "numpy.core.multiarray";
    assertEquals(
        List.of(256L, 65530L),
        read(array(module, new Object[] {2}, type("u2", ">"), false, bytes(1, 0, 255, 250))));
    assertEquals(
        -0.5, read(array(module, new Object[0], type("f4", "<"), false, bytes(0, 0, 0, 191))));
    assertEquals(
        List.of(List.of(1L, 2L, 3L), List.of(4L, 5L, -6L)),
        read(called("numpy.core.numeric", "_frombuffer", six, type("i2", "<"), shape, "C")));
    PickleWriter buffer = part().raw(0x96).number(8, 2).raw(1, 0);
    assertEquals(
        List.of(true, false),
        read(
            called(
                "numpy._core.numeric",
                "_frombuffer",
                buffer,
                type("b1", "|"),
                new Object[] {2},
                "C")));
  }

  @Test
  void arraysThatAreNoShortListsOfNumbersAreLeftOut() {
    String module = "numpy.core.multiarray";
    Object[] two = {2};
    assertEquals("left out", read(array(module, two, type("O8", "|"), false, List.of("x", "y"))));
    assertEquals("left out", read(array(module, two, type("U1", "<"), false, new byte[8])));
    assertEquals("left out", read(array(module, two, type("u1", "|"), false, new byte[3])));
    assertEquals(
        "left out",
        read(array(module, new Object[] {1 << 20}, type("u1", "|"), false, new byte[1 << 20])));
    assertEquals(
        "left out",
        read(array(module, new Object[] {1 << 30, 0}, type("u1", "|"), false, new byte[0])));
    assertEquals(
        "left out", read(called("numpy.core.multiarray", "scalar", type("O8", "|"), "object")));
    assertEquals(
        Long.toUnsignedString(-1),
        String.valueOf(
            read(
                called(
                    "numpy.core.multiarray",
                    "scalar",
                    type("u8", "<"),
                    bytes(255, 255, 255, 255, 255, 255, 255, 255)))));
    Refusals.refused(
        folder,
        file(called("numpy.core.multiarray", "scalar", type("f8", "<"), new byte[4])),
        "the pickle is damaged or truncated (a NumPy scalar that is not as long as its type)");
  }

  @Test
  void parametersAndElementTypes() {
    assertEquals("torch.float32", read(part().global("torch", "float32")));
    PickleWriter parameter =
        called(
            "torch._utils",
            "_rebuild_parameter_with_state",
            Tensor.of("Float", "0", 2),
            true,
            none(),
            none());
    Map<String, Object> top = Map.of("model", Map.of("w", parameter));
    Path file =
        CheckpointFiles.write(
            folder.resolve("p.pt"),
            CheckpointFiles.zip(pickle().value(top).bytes(), Map.of("0", WEIGHT)));
    assertArrayEquals(
        new float[] {1, 2}, CheckpointReader.read(file).tensors().get("w").toFloats());
  }
}
