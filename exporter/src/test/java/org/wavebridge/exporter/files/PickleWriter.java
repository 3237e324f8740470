package org.wavebridge.exporter.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Writes pickles opcode by opcode, so that tests can write what Python never would. */
public final class PickleWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A pickle with its protocol header. */
  public static PickleWriter pickle() {
    return new PickleWriter().raw(0x80, 2);
  }

  /** Bytes as they are. */
  public PickleWriter raw(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  /** ASCII text as it is. */
  public PickleWriter ascii(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Puts a function or type on the stack. */
  public PickleWriter global(String module, String name) {
    return ascii("c" + module + "\n" + name + "\n");
  }

  /** Calls a function on a tuple of arguments. */
  public PickleWriter call(String module, String name, Object... arguments) {
    return global(module, name).tuple(arguments).raw('R');
  }

  /** A tuple. */
  public PickleWriter tuple(Object... items) {
    raw('(');
    for (Object item : items) {
      value(item);
    }
    return raw('t');
  }

  /** Puts a value on the stack the way Python does in protocol 2. */
  public PickleWriter value(Object value) {
    if (value instanceof PickleWriter part) {
      out.writeBytes(part.out.toByteArray());
    } else if (value instanceof String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      raw('X').number(4, utf8.length);
      out.writeBytes(utf8);
    } else if (value instanceof Boolean flag) {
      raw(flag ? 0x88 : 0x89);
    } else if (value instanceof Integer number) {
      raw('J').number(4, number);
    } else if (value instanceof Long number) {
      raw(0x8a, 8).number(8, number);
    } else if (value instanceof Double number) {
      raw('G');
      out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
    } else if (value instanceof byte[] bytes) {
      call("_codecs", "encode", new String(bytes, StandardCharsets.ISO_8859_1), "latin1");
    } else if (value instanceof Object[] tuple) {
      tuple(tuple);
    } else if (value instanceof List<?> list) {
      raw(']', '(');
      list.forEach(this::value);
      raw('e');
    } else if (value instanceof Map<?, ?> map) {
      raw('}').items(map);
    } else if (value instanceof Tensor tensor) {
      tensor(tensor);
    } else {
      throw new IllegalArgumentException("no pickle for " + value);
    }
    return this;
  }

  /** Items for the dictionary on the stack. */
  public PickleWriter items(Map<?, ?> map) {
    raw('(');
    map.forEach((key, value) -> value(key).value(value));
    return raw('u');
  }

  /** A little-endian number of some bytes. */
  public PickleWriter number(int bytes, long number) {
    byte[] all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
    out.write(all, 0, bytes);
    return this;
  }

  /** None. */
  public static PickleWriter none() {
    return new PickleWriter().raw('N');
  }

  /** Part of a pickle. */
  public static PickleWriter part() {
    return new PickleWriter();
  }

  /** A reference to a storage. */
  public PickleWriter storage(Tensor tensor) {
    Object type = part().global("torch", tensor.type() + "Storage");
    Object[] base = {"storage", type, tensor.key(), tensor.location(), tensor.elements()};
    return (tensor.view().isEmpty()
            ? tuple(base)
            : tuple(base[0], base[1], base[2], base[3], base[4], tensor.view().get().toArray()))
        .raw('Q');
  }

  private void tensor(Tensor tensor) {
    call(
        "torch._utils",
        "_rebuild_tensor_v2",
        part().storage(tensor),
        tensor.offset(),
        tensor.shape().toArray(),
        tensor.strides().toArray(),
        false,
        part().call("collections", "OrderedDict"));
  }

  /** Ends the pickle. */
  public byte[] bytes() {
    raw('.');
    return out.toByteArray();
  }
}
