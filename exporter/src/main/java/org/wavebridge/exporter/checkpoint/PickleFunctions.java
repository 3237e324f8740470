package org.wavebridge.exporter.checkpoint;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.PickleException;
import org.jspecify.annotations.Nullable;

/**
 * The functions and types a pickle may name: tensors of known element types, plain containers and
 * the objects of {@link PickleObjects}. None has an effect beyond making its value; none copies
 * more than its call holds.
 */
final class PickleFunctions {
  /** More axes than any weight has. */
  private static final int MAXIMUM_AXES = 64;

  /** A few keys of a million characters, put again and again, would take hours to compare. */
  private static final int MAXIMUM_KEY = 4000;

  private static final String LATIN = "latin1";

  private static final Map<String, ElementType> STORAGES =
      Map.ofEntries(
          Map.entry("torch.HalfStorage", ElementType.F16),
          Map.entry("torch.BFloat16Storage", ElementType.BF16),
          Map.entry("torch.FloatStorage", ElementType.F32),
          Map.entry("torch.DoubleStorage", ElementType.F64),
          Map.entry("torch.LongStorage", ElementType.I64),
          Map.entry("torch.IntStorage", ElementType.I32),
          Map.entry("torch.ShortStorage", ElementType.I16),
          Map.entry("torch.CharStorage", ElementType.I8),
          Map.entry("torch.ByteStorage", ElementType.U8),
          Map.entry("torch.BoolStorage", ElementType.BOOL));
  private static final Map<String, IObjectConstructor> FUNCTIONS =
      Map.ofEntries(
          Map.entry("collections.OrderedDict", PickleFunctions::orderedDict),
          Map.entry("torch._utils._rebuild_tensor", PickleFunctions::tensor),
          Map.entry("torch._utils._rebuild_tensor_v2", PickleFunctions::tensor),
          Map.entry("torch._utils._rebuild_parameter", arguments -> arguments[0]),
          Map.entry("torch._utils._rebuild_parameter_with_state", arguments -> arguments[0]),
          Map.entry("torch.nn.parameter.Parameter", arguments -> arguments[0]),
          Map.entry("torch.Size", arguments -> items(arguments[0])),
          Map.entry("torch.device", PickleFunctions::device),
          Map.entry("_codecs.encode", PickleFunctions::bytes),
          Map.entry("__builtin__.bytes", arguments -> new byte[0]),
          Map.entry("builtins.bytes", arguments -> new byte[0]),
          Map.entry("__builtin__.bytearray", PickleFunctions::bytes),
          Map.entry("builtins.bytearray", PickleFunctions::bytes),
          Map.entry("__builtin__.set", arguments -> items(arguments[0])),
          Map.entry("builtins.set", arguments -> items(arguments[0])),
          Map.entry("__builtin__.frozenset", arguments -> items(arguments[0])),
          Map.entry("builtins.frozenset", arguments -> items(arguments[0])));

  private PickleFunctions() {}

  /** An {@link ElementType}, a constructor or a value; null for a name that is not on the list. */
  static @Nullable Object named(String name) {
    ElementType storage = STORAGES.get(name);
    if (storage != null) {
      return storage;
    }
    IObjectConstructor function = FUNCTIONS.get(name);
    return function != null ? function : PickleObjects.named(name);
  }

  /**
   * A dictionary keeps its keys in order, as texts, which a map finds in little time whatever they
   * are; Python's lists, tuples and dictionaries are no keys.
   */
  static void put(
      Map<Object, @Nullable Object> dict, @Nullable Object key, @Nullable Object value) {
    boolean plain = key instanceof String || key instanceof Number || key instanceof Boolean;
    if (!plain || key instanceof BigInteger) {
      throw new PickleException("a dictionary key that is neither text nor number");
    }
    String text = String.valueOf(key);
    if (text.length() > MAXIMUM_KEY) {
      throw new PickleException("a dictionary key of %d characters".formatted(text.length()));
    }
    dict.put(text, value);
  }

  /** Pairs come as a list, which Python 2 wrote; Python 3 adds the items afterwards. */
  private static Object orderedDict(Object[] arguments) {
    Map<Object, @Nullable Object> dict = new LinkedHashMap<>();
    if (arguments.length > 0) {
      for (Object pair : items(arguments[0])) {
        List<?> items = items(pair);
        put(dict, items.get(0), items.get(1));
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

  /** Sizes of a tensor or array. */
  static long[] longs(@Nullable Object sizes) {
    List<?> list = items(sizes);
    if (list.size() > MAXIMUM_AXES) {
      throw new PickleException("a tensor of " + list.size() + " axes");
    }
    return list.stream().mapToLong(size -> ((Number) size).longValue()).toArray();
  }

  private static Object device(Object[] arguments) {
    if (arguments[0] instanceof String type) {
      return type;
    }
    throw new PickleException("a device that is no text");
  }

  /** How Python 3 writes bytes in protocol 2: text to be encoded in Latin-1. */
  private static Object bytes(Object[] arguments) {
    if (arguments.length == 2
        && arguments[0] instanceof String text
        && (LATIN.equals(arguments[1]) || "latin-1".equals(arguments[1]))) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
    throw new PickleException("text encoded in anything but latin1");
  }

  /** The items of a list or tuple; sets are read as lists. */
  static List<?> items(@Nullable Object sequence) {
    if (sequence instanceof List<?> list) {
      return list;
    }
    if (sequence instanceof Object[] tuple) {
      return Arrays.asList(tuple);
    }
    throw new PickleException("items of something that is no list");
  }
}
