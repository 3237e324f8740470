package org.wavebridge.exporter.checkpoint;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.PickleException;
import org.jspecify.annotations.Nullable;

/**
 * Python's objects that are no more than what they hold, and that people leave beside the weights:
 * read as maps, lists, texts and numbers. Nothing of Python's runs; a class that is not on the list
 * is refused, for what it holds need not be what it means.
 */
final class PickleObjects {
  /** The class {@code numpy.ndarray}, which is named and not called. */
  static final Object NDARRAY = new Object();

  /** {@code collections.defaultdict}: what it is to call for absent keys is named, never called. */
  static final IObjectConstructor DEFAULT_DICTIONARY = arguments -> new LinkedHashMap<>();

  private static final IObjectConstructor ATTRIBUTES = arguments -> new Attributes();
  private static final IObjectConstructor PATH = arguments -> path('/', arguments);
  private static final IObjectConstructor WINDOWS_PATH = arguments -> path('\\', arguments);
  private static final Object OBJECT = new Object();
  private static final Set<String> ELEMENTS =
      Set.of(
          "torch.float16",
          "torch.bfloat16",
          "torch.float32",
          "torch.float64",
          "torch.int8",
          "torch.uint8",
          "torch.int16",
          "torch.int32",
          "torch.int64",
          "torch.bool");
  private static final Map<String, Object> NAMED =
      Map.ofEntries(
          Map.entry("argparse.Namespace", ATTRIBUTES),
          Map.entry("types.SimpleNamespace", ATTRIBUTES),
          Map.entry("easydict.EasyDict", ATTRIBUTES),
          Map.entry("__builtin__.object", OBJECT),
          Map.entry("builtins.object", OBJECT),
          Map.entry("copy_reg._reconstructor", (IObjectConstructor) PickleObjects::reconstructed),
          Map.entry("copyreg._reconstructor", (IObjectConstructor) PickleObjects::reconstructed),
          Map.entry("collections.defaultdict", DEFAULT_DICTIONARY),
          Map.entry("collections.Counter", (IObjectConstructor) PickleObjects::counter),
          Map.entry("collections.deque", (IObjectConstructor) PickleObjects::deque),
          Map.entry("datetime.date", (IObjectConstructor) PickleObjects::date),
          Map.entry("datetime.time", (IObjectConstructor) PickleObjects::time),
          Map.entry("datetime.datetime", (IObjectConstructor) PickleObjects::dateTime),
          Map.entry("datetime.timedelta", (IObjectConstructor) PickleObjects::seconds),
          Map.entry("datetime.timezone", (IObjectConstructor) PickleObjects::zone),
          Map.entry("numpy.ndarray", NDARRAY),
          Map.entry("numpy.dtype", (IObjectConstructor) NumpyType::of));
  private static final Map<String, IObjectConstructor> NUMPY =
      Map.of(
          "multiarray.scalar", NumpyType::scalar,
          "multiarray._reconstruct", NumpyArray::empty,
          "numeric._frombuffer", NumpyArray::ofBytes);

  private PickleObjects() {}

  /** An object with attributes, which come after it is made. */
  static final class Attributes extends LinkedHashMap<Object, @Nullable Object> {}

  /**
   * What a {@code defaultdict} names for absent keys.
   *
   * @param name of a function or type that nobody calls
   */
  record Factory(String name) {}

  /** A constructor or a value; null for a name that is not on the list. */
  static @Nullable Object named(String name) {
    if (ELEMENTS.contains(name)) {
      return name;
    }
    if (name.startsWith("numpy.core.") || name.startsWith("numpy._core.")) {
      return NUMPY.get(name.substring(name.indexOf("core.") + 5));
    }
    if (name.matches("pathlib\\.(_local\\.)?(Pure)?(Posix)?Path")) {
      return PATH;
    }
    return name.matches("pathlib\\.(_local\\.)?(Pure)?WindowsPath")
        ? WINDOWS_PATH
        : NAMED.get(name);
  }

  /** How protocols 0 and 1 make an object: its class, the class it is made as, and no value. */
  private static Object reconstructed(Object[] arguments) {
    if (arguments.length == 3 && ATTRIBUTES == arguments[0] && OBJECT == arguments[1]) {
      return new Attributes();
    }
    throw new PickleException("an object of a class that is not known");
  }

  private static Object counter(Object[] arguments) {
    return arguments.length == 0
        ? new LinkedHashMap<>()
        : new LinkedHashMap<Object, Object>((Map<?, ?>) arguments[0]);
  }

  private static Object deque(Object[] arguments) {
    return arguments.length == 0
        ? new ArrayList<>()
        : new ArrayList<>(PickleFunctions.items(arguments[0]));
  }

  /** The parts of a path, the first of which may be a root. */
  private static Object path(char separator, Object[] parts) {
    StringBuilder path = new StringBuilder();
    for (Object part : parts) {
      if (path.length() > 0 && path.charAt(path.length() - 1) != separator) {
        path.append(separator);
      }
      path.append((String) part);
    }
    return path.length() == 0 ? "." : path.toString();
  }

  private static Object date(Object[] arguments) {
    return date(fields(arguments, 4)).toString();
  }

  private static Object time(Object[] arguments) {
    return time(fields(arguments, 6), 0) + zone(arguments, 1);
  }

  private static Object dateTime(Object[] arguments) {
    byte[] fields = fields(arguments, 10);
    return LocalDateTime.of(date(fields), time(fields, 4)) + zone(arguments, 1);
  }

  /** Year (high byte first), month, day. The month's highest bit tells two equal times apart. */
  private static LocalDate date(byte[] fields) {
    return LocalDate.of(
        ((fields[0] & 0xff) << 8) | (fields[1] & 0xff), fields[2] & 0x7f, fields[3]);
  }

  /** Hour, minute, second, microseconds in three bytes. */
  private static LocalTime time(byte[] fields, int at) {
    int micros =
        ((fields[at + 3] & 0xff) << 16) | ((fields[at + 4] & 0xff) << 8) | (fields[at + 5] & 0xff);
    return LocalTime.of(fields[at] & 0x7f, fields[at + 1], fields[at + 2], 1000 * micros);
  }

  private static byte[] fields(Object[] arguments, int length) {
    byte[] fields = arguments.length == 0 ? null : NumpyType.bytes(arguments[0]);
    if (fields == null || fields.length != length) {
      throw new PickleException("a date or time that is not of " + length + " bytes");
    }
    return fields;
  }

  /** Days, seconds and microseconds, as seconds. */
  private static Object seconds(Object[] arguments) {
    double[] factors = {86400, 1, 1e-6};
    double seconds = 0;
    for (int i = 0; i < Math.min(arguments.length, factors.length); i++) {
      seconds += factors[i] * ((Number) arguments[i]).doubleValue();
    }
    return seconds;
  }

  /** An offset, as text. */
  private static Object zone(Object[] arguments) {
    return ZoneOffset.ofTotalSeconds((int) (double) (Double) arguments[0]).getId();
  }

  private static String zone(Object[] arguments, int index) {
    return arguments.length > index && arguments[index] instanceof String zone ? zone : "";
  }

  /** What a made object is told of its state; states of others have no meaning here. */
  static void build(@Nullable Object object, @Nullable Object state, Spending spending) {
    if (object instanceof NumpyType type) {
      type.build(state);
    } else if (object instanceof NumpyArray array) {
      array.build(state);
    } else if (object instanceof Attributes attributes) {
      Object own = state instanceof Object[] parts && parts.length > 0 ? parts[0] : state;
      if (own instanceof Map<?, ?> map) {
        spending.values(map.size());
        attributes.putAll(map);
      }
    }
  }

  /** How many values a call copies at most. */
  static long cost(List<?> arguments) {
    long cost = 1;
    for (Object argument : arguments) {
      cost += 1;
      if (argument instanceof List<?> list) {
        cost += list.size();
      } else if (argument instanceof Object[] tuple) {
        cost += tuple.length;
      } else if (argument instanceof Map<?, ?> map) {
        cost += map.size();
      } else if (argument instanceof String text) {
        cost += text.length() / 16;
      }
    }
    return cost;
  }
}
