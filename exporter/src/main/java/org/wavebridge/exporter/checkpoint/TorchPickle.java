package org.wavebridge.exporter.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.CheckpointException;

/**
 * Reads PyTorch's pickles. A pickle is a program that names functions to call; this reader knows a
 * closed list of them ({@link PickleFunctions}) and refuses any other by name. Opcodes that reach
 * functions another way are refused too, and lengths are checked before memory is taken for them.
 */
final class TorchPickle extends Unpickler {
  /** Digits of a number; Python's own integers have no limit, a checkpoint's fit 64 bits. */
  private static final int MAXIMUM_DIGITS = 1000;

  private static final Map<Short, Integer> LENGTHS =
      Map.of(
          Opcodes.BINSTRING, 4,
          Opcodes.BINUNICODE, 4,
          Opcodes.BINBYTES, 4,
          Opcodes.LONG4, 4,
          Opcodes.BINUNICODE8, 8,
          Opcodes.BINBYTES8, 8,
          Opcodes.BYTEARRAY8, 8,
          Opcodes.FRAME, 8);
  private static final Map<Short, String> REFUSED =
      Map.of(
          Opcodes.INST, "INST",
          Opcodes.OBJ, "OBJ",
          Opcodes.PERSID, "PERSID",
          Opcodes.EXT1, "EXT1",
          Opcodes.EXT2, "EXT2",
          Opcodes.EXT4, "EXT4",
          Opcodes.NEXT_BUFFER, "NEXT_BUFFER",
          Opcodes.READONLY_BUFFER, "READONLY_BUFFER");

  private final Path file;
  private final Map<String, Storage> storages = new LinkedHashMap<>();
  private final Spending spending;

  TorchPickle(Path file, Spending spending) {
    this.file = file;
    this.spending = spending;
  }

  /**
   * Reads one pickle and leaves the stream behind it.
   *
   * @throws CheckpointException if it is damaged or asks for something that is not plain data
   */
  Object next(InputStream stream) {
    try {
      memo = new HashMap<>();
      Object object = load(stream);
      if (object == null) {
        throw new PickleException("it holds nothing");
      }
      return object;
    } catch (IOException | PickleException e) {
      throw new CheckpointException(
          "%s: the pickle is damaged or truncated (%s)".formatted(file, e.getMessage()), e);
    } catch (CheckpointException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CheckpointException(
          file + ": the pickle is damaged or truncated (an operation on the wrong values)", e);
    }
  }

  /** The storages that tensors refer to, by key. */
  Map<String, Storage> storages() {
    return storages;
  }

  @Override
  protected Object dispatch(short opcode) throws IOException {
    spending.values(1);
    checkLength(opcode);
    String refused = REFUSED.get(opcode);
    if (refused != null) {
      throw refused("opcode " + refused);
    }
    switch (opcode) {
      case Opcodes.GLOBAL -> {
        String module = PickleUtils.readline(input);
        stack.add(known(module, PickleUtils.readline(input)));
      }
      case Opcodes.STACK_GLOBAL -> {
        Object name = stack.pop();
        stack.add(known(stack.pop(), name));
      }
      case Opcodes.REDUCE, Opcodes.NEWOBJ -> {
        Object[] arguments = (Object[]) stack.pop();
        requireKnown(stack.peek());
        spending.values(PickleObjects.cost(Arrays.asList(arguments)));
        stack.add(arguments);
        return super.dispatch(opcode);
      }
      case Opcodes.BUILD -> {
        Object state = stack.pop();
        PickleObjects.build(stack.peek(), state, spending);
      }
      case Opcodes.EMPTY_DICT -> stack.add(new LinkedHashMap<>());
      case Opcodes.DICT -> {
        List<Object> items = stack.pop_all_since_marker();
        stack.add(new LinkedHashMap<>());
        setItems(items);
      }
      case Opcodes.SETITEM -> {
        Object value = stack.pop();
        setItems(Arrays.asList(stack.pop(), value));
      }
      case Opcodes.SETITEMS -> setItems(stack.pop_all_since_marker());
      case Opcodes.EMPTY_SET -> stack.add(new ArrayList<>());
      case Opcodes.FROZENSET -> stack.add(stack.pop_all_since_marker());
      case Opcodes.APPENDS, Opcodes.ADDITEMS -> {
        List<Object> items = stack.pop_all_since_marker();
        @SuppressWarnings("unchecked")
        List<Object> list = (List<Object>) stack.peek();
        list.addAll(items);
      }
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
        && (parts[2] instanceof String || parts[2] instanceof Integer || parts[2] instanceof Long)
        && parts[4] instanceof Number elements) {
      String key = String.valueOf(parts[2]);
      Storage root =
          storages.computeIfAbsent(key, name -> new Storage(type, name, elements.longValue()));
      if (root.type != type) {
        throw new CheckpointException(
            "%s: storage %s is used as %s and as %s"
                .formatted(file, StateDict.shortened(key), root.type, type));
      }
      return parts.length > 5 && parts[5] instanceof Object[] view ? view(root, view) : root;
    }
    throw new CheckpointException(file + ": a persistent id that is no reference to a storage");
  }

  /** Old files share one storage among several by (key, first element, elements). */
  private static Storage view(Storage root, Object[] view) {
    return new Storage(
        root.type, root.key, ((Number) view[2]).longValue(), root, ((Number) view[1]).longValue());
  }

  private Object known(Object module, Object name) {
    if (!(module instanceof String && name instanceof String)) {
      throw new PickleException("a function whose name is no text");
    }
    String whole = module + "." + name;
    Object found = PickleFunctions.named(whole);
    if (found != null) {
      return found;
    }
    if (isFactory()) {
      return new PickleObjects.Factory(whole);
    }
    throw refused(whole);
  }

  /** Whether the next value is the first of what a {@code defaultdict} is made of. */
  private boolean isFactory() {
    if (stack.size() == 0) {
      return false;
    }
    Object top = stack.pop();
    boolean mark = top != null && top.getClass() == Object.class;
    Object called = mark && stack.size() > 0 ? stack.peek() : top;
    stack.add(top);
    return called == PickleObjects.DEFAULT_DICTIONARY;
  }

  private void requireKnown(Object called) {
    if (called instanceof PickleObjects.Factory factory) {
      throw refused(factory.name());
    }
  }

  private CheckpointException refused(String what) {
    return new CheckpointException(
        "%s: the pickle asks for %s, which is not plain tensor data; refused, save the state dict alone"
            .formatted(file, StateDict.shortened(what)));
  }

  private void setItems(List<Object> items) {
    @SuppressWarnings("unchecked")
    Map<Object, @Nullable Object> dict = (Map<Object, @Nullable Object>) stack.peek();
    for (int i = 0; i + 1 < items.size(); i += 2) {
      PickleFunctions.put(dict, items.get(i), items.get(i + 1));
    }
  }

  /**
   * The length that follows an opcode must not be more than what is left of the file, and no number
   * may be so long that computing it takes time.
   */
  private void checkLength(short opcode) throws IOException {
    Integer lengthBytes = LENGTHS.get(opcode);
    if (lengthBytes != null) {
      input.mark(8);
      byte[] bytes = input.readNBytes(lengthBytes);
      input.reset();
      long length = 0;
      for (int i = bytes.length - 1; i >= 0; i--) {
        length = (length << 8) | (bytes[i] & 0xff);
      }
      boolean present = length >= 0 && length <= input.available();
      if (!present || (opcode == Opcodes.LONG4 && length > MAXIMUM_DIGITS)) {
        throw new PickleException("a length of " + Long.toUnsignedString(length) + " bytes");
      }
    }
    if (opcode == Opcodes.INT || opcode == Opcodes.LONG || opcode == Opcodes.FLOAT) {
      input.mark(MAXIMUM_DIGITS);
      int digits = 0;
      while (digits < MAXIMUM_DIGITS && input.read() != '\n') {
        digits++;
      }
      input.reset();
      if (digits == MAXIMUM_DIGITS) {
        throw new PickleException("a number of more than " + MAXIMUM_DIGITS + " digits");
      }
    }
  }

  /** A stream over bytes that the length check can look ahead in. */
  static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }
}
