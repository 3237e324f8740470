package org.wavebridge.exporter.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.CheckpointException;

/**
 * Reads PyTorch's pickles. A pickle is a program that names functions to call; this reader knows a
 * closed list of them, each a constructor of plain data, and refuses any other by name. Opcodes
 * that reach functions another way are refused too, and lengths are checked before memory is taken
 * for them.
 */
final class TorchPickle extends Unpickler {
  private static final Map<String, ElementType> STORAGES =
      Map.ofEntries(
          Map.entry("HalfStorage", ElementType.F16),
          Map.entry("BFloat16Storage", ElementType.BF16),
          Map.entry("FloatStorage", ElementType.F32),
          Map.entry("DoubleStorage", ElementType.F64),
          Map.entry("LongStorage", ElementType.I64),
          Map.entry("IntStorage", ElementType.I32),
          Map.entry("ShortStorage", ElementType.I16),
          Map.entry("CharStorage", ElementType.I8),
          Map.entry("ByteStorage", ElementType.U8),
          Map.entry("BoolStorage", ElementType.BOOL));
  private static final Map<String, IObjectConstructor> FUNCTIONS =
      Map.of(
          "collections.OrderedDict",
          TorchPickle::orderedDict,
          "torch._utils._rebuild_tensor",
          TorchPickle::tensor,
          "torch._utils._rebuild_tensor_v2",
          TorchPickle::tensor,
          "torch._utils._rebuild_parameter",
          arguments -> arguments[0],
          "torch.Size",
          arguments -> Arrays.asList((Object[]) arguments[0]),
          "torch.device",
          arguments -> String.valueOf(arguments[0]));
  private static final Map<Short, Integer> LENGTHS =
      Map.of(
          Opcodes.BINSTRING, 4,
          Opcodes.BINUNICODE, 4,
          Opcodes.BINBYTES, 4,
          Opcodes.LONG4, 4,
          Opcodes.BINUNICODE8, 8,
          Opcodes.BINBYTES8, 8,
          Opcodes.FRAME, 8);

  private final Path file;
  private final Map<String, Storage> storages = new HashMap<>();

  TorchPickle(Path file) {
    this.file = file;
  }

  /**
   * Reads one pickle and leaves the stream behind it.
   *
   * @throws CheckpointException if it is damaged or asks for something that is not plain data
   */
  Object next(InputStream stream) {
    try {
      Object object = load(stream);
      if (object == null) {
        throw new CheckpointException(file + ": the pickle holds nothing");
      }
      return object;
    } catch (CheckpointException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw new CheckpointException(
          "%s: the pickle is damaged or truncated (%s)".formatted(file, e), e);
    }
  }

  /** The storages that tensors refer to, by key. */
  Map<String, Storage> storages() {
    return storages;
  }

  @Override
  protected Object dispatch(short opcode) throws IOException {
    Integer length = LENGTHS.get(opcode);
    if (length != null) {
      requirePresent(length);
    }
    switch (opcode) {
      case Opcodes.GLOBAL -> {
        String module = PickleUtils.readline(input);
        stack.add(known(module, PickleUtils.readline(input)));
      }
      case Opcodes.STACK_GLOBAL -> {
        Object name = stack.pop();
        stack.add(known(String.valueOf(stack.pop()), String.valueOf(name)));
      }
      case Opcodes.BUILD -> stack.pop();
      case Opcodes.EMPTY_DICT -> stack.add(new LinkedHashMap<>());
      case Opcodes.SETITEMS -> setItems(stack.pop_all_since_marker());
      case Opcodes.INST, Opcodes.OBJ, Opcodes.PERSID, Opcodes.EXT1, Opcodes.EXT2, Opcodes.EXT4 ->
          throw refused("opcode '" + (char) opcode + "'");
      case Opcodes.BYTEARRAY8, Opcodes.NEXT_BUFFER, Opcodes.READONLY_BUFFER ->
          throw refused("a buffer");
      default -> {
        return super.dispatch(opcode);
      }
    }
    return NO_RETURN_VALUE;
  }

  @Override
  protected Object persistentLoad(Object id) {
    if (id instanceof Object[] parts
        && parts.length >= 5
        && "storage".equals(parts[0])
        && parts[1] instanceof ElementType type
        && parts[4] instanceof Number elements) {
      String key = String.valueOf(parts[2]);
      Storage root =
          storages.computeIfAbsent(key, name -> new Storage(type, name, elements.longValue()));
      if (root.type != type) {
        throw new CheckpointException(
            "%s: storage %s is used as %s and as %s".formatted(file, key, root.type, type));
      }
      return parts.length > 5 && parts[5] instanceof Object[] view ? view(root, view) : root;
    }
    throw new CheckpointException(
        "%s: expected a reference to a storage, found %s"
            .formatted(file, id instanceof Object[] parts ? Arrays.toString(parts) : id));
  }

  /** Old files share one storage among several by (key, first element, elements). */
  private static Storage view(Storage root, Object[] view) {
    return new Storage(
        root.type,
        String.valueOf(view[0]),
        ((Number) view[2]).longValue(),
        root,
        ((Number) view[1]).longValue());
  }

  private Object known(String module, String name) {
    ElementType storage = module.equals("torch") ? STORAGES.get(name) : null;
    if (storage != null) {
      return storage;
    }
    IObjectConstructor function = FUNCTIONS.get(module + "." + name);
    if (function == null) {
      throw refused(module + "." + name);
    }
    return function;
  }

  private CheckpointException refused(String what) {
    return new CheckpointException(
        "%s: the pickle asks for %s, which is not plain tensor data; refused, save the state dict alone"
            .formatted(file, what));
  }

  private void setItems(List<Object> items) {
    if (!(stack.peek() instanceof Map<?, ?>)) {
      throw new PickleException("items for something that is no dictionary");
    }
    @SuppressWarnings("unchecked")
    Map<Object, Object> dict = (Map<Object, Object>) stack.peek();
    for (int i = 0; i + 1 < items.size(); i += 2) {
      dict.put(items.get(i), items.get(i + 1));
    }
  }

  /** The length that follows an opcode must not be more than what is left of the file. */
  private void requirePresent(int lengthBytes) throws IOException {
    input.mark(8);
    byte[] bytes = input.readNBytes(lengthBytes);
    input.reset();
    long length = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      length = length << 8 | bytes[i] & 0xff;
    }
    if (length < 0 || length > input.available()) {
      throw new PickleException("a length of " + length + " is more than is left");
    }
  }

  private static Object orderedDict(Object[] arguments) {
    Map<Object, Object> dict = new LinkedHashMap<>();
    if (arguments.length > 0 && arguments[0] instanceof List<?> pairs) {
      for (Object pair : pairs) {
        Object[] items = pair instanceof List<?> list ? list.toArray() : (Object[]) pair;
        dict.put(items[0], items[1]);
      }
    }
    return dict;
  }

  private static Object tensor(Object[] arguments) {
    return new CheckpointTensor(
        (Storage) arguments[0],
        ((Number) arguments[1]).longValue(),
        longs(arguments[2]),
        longs(arguments[3]));
  }

  private static long[] longs(@Nullable Object sizes) {
    List<?> list = sizes instanceof List<?> given ? given : Arrays.asList((Object[]) sizes);
    return list.stream().mapToLong(size -> ((Number) size).longValue()).toArray();
  }

  /** A stream over bytes that the length check can look ahead in. */
  static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }
}
