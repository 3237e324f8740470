package org.wavebridge.exporter.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wavebridge.exporter.files.PickleWriter.none;
import static org.wavebridge.exporter.files.PickleWriter.part;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.PickleWriter;
import org.wavebridge.exporter.files.Tensor;

/** Where the tensors are found in a checkpoint's object, and what becomes of the rest. */
final class StateDictTest {
  private static final Tensor TENSOR = Tensor.of("Float", "0", 2);

  @TempDir Path folder;

  private Checkpoint read(Object object) {
    byte[] data = CheckpointFiles.floats(ByteOrder.LITTLE_ENDIAN, 1.5f, -2);
    byte[] pickle = PickleWriter.pickle().value(object).bytes();
    Path file = folder.resolve("small.pt");
    return CheckpointReader.read(
        CheckpointFiles.write(file, CheckpointFiles.zip(pickle, Map.of("0", data))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"state_dict", "model", "model_state", "model_state_dict"})
  void nestedUnderAKey(String key) {
    Checkpoint read = read(Map.of(key, Map.of("a", TENSOR), "step", 7));
    assertEquals(key, read.location());
    assertEquals(List.of("a"), List.copyOf(read.tensors().keySet()));
    assertEquals(Map.of("step", 7), read.metadata());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "module.",
        "_orig_mod.",
        "model.",
        "vocoder.",
        "generator.",
        "_orig_mod.module.",
        "module._orig_mod.",
        "_orig_mod.module.model.",
        "model.vocoder.module._orig_mod."
      })
  void whatWrappersPutBeforeAllNamesIsStripped(String prefix) {
    Checkpoint read = read(ordered(prefix + "a", TENSOR, prefix + "b.c", TENSOR));
    assertEquals(List.of("a", "b.c"), List.copyOf(read.tensors().keySet()));
    assertEquals(prefix, read.prefix());
    Checkpoint inside = read(Map.of("model", Map.of(prefix + "model_x", TENSOR)));
    assertEquals(List.of("model_x"), List.copyOf(inside.tensors().keySet()));
  }

  @Test
  void aDictionaryWithoutANameIsNotWhereTheTensorsAre() {
    Checkpoint read = read(ordered("a", TENSOR, "", Map.of("x", 1)));
    assertEquals(List.of("a"), List.copyOf(read.tensors().keySet()));
    assertEquals("", read.location());
  }

  @Test
  void whatOnlySomeNamesBeginWithStays() {
    Checkpoint some = read(ordered("module.a", TENSOR, "b", TENSOR));
    assertEquals(List.of("module.a", "b"), List.copyOf(some.tensors().keySet()));
    assertEquals("", some.prefix());
    Checkpoint partly = read(ordered("module.model.a", TENSOR, "module.b", TENSOR));
    assertEquals(List.of("model.a", "b"), List.copyOf(partly.tensors().keySet()));
    assertEquals("module.", partly.prefix());
    Checkpoint own = read(ordered("modules.a", TENSOR, "modules.b", TENSOR));
    assertEquals(List.of("modules.a", "modules.b"), List.copyOf(own.tensors().keySet()));
    Checkpoint all = read(ordered("model.", TENSOR, "model.a", TENSOR));
    assertEquals(List.of("model.", "model.a"), List.copyOf(all.tensors().keySet()));
  }

  @Test
  void anOrderedDictWithAttributesAsTorchWritesIt() {
    PickleWriter dict =
        part()
            .call("collections", "OrderedDict")
            .items(ordered("b", TENSOR, "a", TENSOR))
            .value(Map.of("_metadata", part().call("collections", "OrderedDict")))
            .raw('b');
    Checkpoint read = read(dict);
    assertEquals(List.of("b", "a"), List.copyOf(read.tensors().keySet()));
    assertEquals(Map.of(), read.metadata());
  }

  @Test
  void anOrderedDictOfPairsAsPython2Wrote() {
    PickleWriter dict =
        part()
            .call(
                "collections",
                "OrderedDict",
                List.of(List.of("b", TENSOR), new Object[] {"a", TENSOR}));
    assertEquals(List.of("b", "a"), List.copyOf(read(dict).tensors().keySet()));
  }

  @Test
  void aParameter() {
    PickleWriter parameter =
        part()
            .call(
                "torch._utils",
                "_rebuild_parameter",
                TENSOR,
                true,
                part().call("collections", "OrderedDict"));
    assertArrayEquals(
        new float[] {1.5f, -2}, read(Map.of("p", parameter)).tensors().get("p").toFloats());
  }

  @Test
  void theOldestTensorFunction() {
    PickleWriter tensor =
        part()
            .call(
                "torch._utils",
                "_rebuild_tensor",
                part().storage(TENSOR),
                1,
                part().call("torch", "Size", (Object) new Object[] {1}),
                new Object[] {1});
    assertArrayEquals(new float[] {-2}, read(Map.of("p", tensor)).tensors().get("p").toFloats());
  }

  @Test
  void plainValuesBecomeMetadata() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("rate", 22050);
    config.put("floor", 1e-5);
    config.put("negative", -3L);
    config.put("big", 1L << 60);
    config.put("flag", true);
    config.put("text", "r,z,n é");
    config.put("tuple", new Object[] {5, 5, 11});
    config.put("list", List.of("a", List.of(1, 2)));
    config.put("nothing", none());
    config.put("bytes", new byte[] {0, (byte) 200});
    config.put("no_bytes", part().call("__builtin__", "bytes"));
    config.put("set", part().call("__builtin__", "set", List.of(1, 2)));
    config.put("device", part().call("torch", "device", "cuda", 0));
    config.put("size", part().call("torch", "Size", (Object) new Object[] {2, 3}));
    Map<Object, Object> byNumber = new LinkedHashMap<>();
    byNumber.put(0, "zero");
    byNumber.put(true, "yes");
    config.put("by_number", byNumber);
    Checkpoint read = read(ordered("state_dict", Map.of("a", TENSOR), "config", config));
    Map<String, Object> expected = new LinkedHashMap<>(config);
    expected.keySet().removeAll(List.of("nothing", "bytes", "no_bytes"));
    expected.put("tuple", List.of(5, 5, 11));
    expected.put("set", List.of(1, 2));
    expected.put("device", "cuda");
    expected.put("size", List.of(2, 3));
    expected.put("by_number", Map.of("0", "zero", "true", "yes"));
    Map<String, Object> found = new LinkedHashMap<>(read.config());
    assertEquals(-3, ((Number) found.remove("negative")).longValue());
    assertEquals(expected.remove("negative"), -3L);
    assertEquals(expected, found);
    assertEquals(List.copyOf(expected.keySet()), List.copyOf(found.keySet()));
  }

  /** A history of losses; a list that is copied at each append would take minutes. */
  @Test
  void aLongHistoryWrittenOneItemAtATime() {
    PickleWriter losses = part().raw(']');
    for (int i = 0; i < 500_000; i++) {
      losses.raw('(', 'K', i & 0x7f, 'e');
    }
    Checkpoint read = read(ordered("state_dict", Map.of("a", TENSOR), "losses", losses));
    List<?> found = (List<?>) read.metadata().get("losses");
    assertEquals(500_000, found.size());
    assertEquals(499_999 & 0x7f, found.get(499_999));
  }

  @Test
  void protocolsZeroAndFour() {
    byte[] zero =
        "(dVa\nI5\nsVb\n(lI1\naF2.5\nasVc\nL7L\nsVs\nS'text'\ns."
            .getBytes(StandardCharsets.US_ASCII);
    assertEquals(
        "{a=5, b=[1, 2.5], c=7, s=text}", pickle().next(TorchPickle.stream(zero)).toString());
    PickleWriter four = part().raw(0x80, 4, 0x95).number(8, 20).raw('}', 0x94, 0x8c, 1, 'k', 0x94);
    four.raw(0x8f, '(', 'K', 1, 'K', 2, 0x90, 's', 0x8c, 1, 'f', '(', 'K', 3, 0x91, 's');
    assertEquals("{k=[1, 2], f=[3]}", pickle().next(TorchPickle.stream(four.bytes())).toString());
  }

  private static TorchPickle pickle() {
    return new TorchPickle(Path.of("f"), new Spending(Path.of("f"), ReadBudget.standard()));
  }

  private static Map<String, Object> ordered(String a, Object one, String b, Object two) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(a, one);
    map.put(b, two);
    return map;
  }
}
