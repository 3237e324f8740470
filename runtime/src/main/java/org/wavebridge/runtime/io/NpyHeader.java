package org.wavebridge.runtime.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wavebridge.graphs.InputException;

/**
 * The first part of an {@code .npy} file: magic, version, length, and a Python dictionary literal
 * with {@code descr}, {@code fortran_order} and {@code shape}.
 *
 * @param type type of the elements
 * @param order their byte order
 * @param fortran whether the first dimension is the fastest
 * @param shape sizes of the dimensions
 */
record NpyHeader(NpyArray.Type type, ByteOrder order, boolean fortran, int[] shape) {
  /** More than this many bytes of elements are refused: nothing here is that large. */
  static final long MAXIMUM_BYTES = 1L << 30;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAXIMUM_HEADER = 1 << 16;
  private static final Pattern DESCR =
      Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([<>|=]?)([a-zA-Z]\\d+)['\"]");
  private static final Pattern FORTRAN =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9L,\\s]*)\\)");

  /** Bytes of all elements. */
  int bytes() {
    return Arrays.stream(shape).reduce(type.bytes(), Math::multiplyExact);
  }

  /** Reads a header and leaves the stream at the first element. */
  static NpyHeader read(String name, InputStream in) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      throw new InputException(name + ": expected a NumPy array (.npy), found something else");
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw new InputException(
          "%s: expected .npy format version 1 to 3, found %d".formatted(name, version & 0xff));
    }
    byte[] length = in.readNBytes(version == 1 ? 2 : 4);
    long size = 0;
    for (int i = length.length - 1; i >= 0; i--) {
      size = (size << 8) | (length[i] & 0xff);
    }
    if (size > MAXIMUM_HEADER) {
      throw new InputException(
          "%s: expected an .npy header of at most %d bytes, found %d"
              .formatted(name, MAXIMUM_HEADER, size));
    }
    byte[] text = in.readNBytes((int) size);
    if (length.length < (version == 1 ? 2 : 4) || text.length < size) {
      throw new InputException(name + ": expected a whole .npy header, found the end of the file");
    }
    return parse(name, new String(text, StandardCharsets.ISO_8859_1));
  }

  private static NpyHeader parse(String name, String text) {
    Matcher descr = DESCR.matcher(text);
    Matcher fortran = FORTRAN.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!descr.find() || !fortran.find() || !shape.find()) {
      throw new InputException(
          "%s: expected an .npy header with a plain descr, fortran_order and shape, found '%s'"
              .formatted(name, printable(text)));
    }
    ByteOrder order = descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    NpyArray.Type type = type(name, descr.group(2));
    return new NpyHeader(
        type, order, fortran.group(1).equals("True"), shape(name, shape.group(1), type));
  }

  private static NpyArray.Type type(String name, String code) {
    for (NpyArray.Type type : NpyArray.Type.values()) {
      if (type.code().equals(code)) {
        return type;
      }
    }
    throw new InputException(
        "%s: expected float16, float32, float64 or integer elements, found '%s'"
            .formatted(name, code));
  }

  private static int[] shape(String name, String text, NpyArray.Type type) {
    String[] parts = text.isBlank() ? new String[0] : text.split(",");
    int[] shape = new int[parts.length];
    boolean readable = parts.length <= 32;
    for (int i = 0; readable && i < parts.length; i++) {
      Matcher size = Pattern.compile("\\s*(\\d{1,18})L?\\s*").matcher(parts[i]);
      boolean matches = size.matches();
      long value = matches ? Long.parseLong(size.group(1)) : -1;
      readable = matches && value <= Integer.MAX_VALUE;
      shape[i] = (int) value;
    }
    if (!readable) {
      throw new InputException("%s: expected a shape, found (%s)".formatted(name, printable(text)));
    }
    long bytes = type.bytes();
    for (int size : shape) {
      bytes *= Math.max(size, 1);
      if (bytes > MAXIMUM_BYTES) {
        throw new InputException(
            "%s: expected at most %d bytes of elements, found shape %s of %s"
                .formatted(name, MAXIMUM_BYTES, Arrays.toString(shape), type.code()));
      }
    }
    return shape;
  }

  private static String printable(String text) {
    String clean = text.strip().replaceAll("[^\\x20-\\x7e]", "?");
    return clean.length() <= 120 ? clean : clean.substring(0, 120) + "...";
  }
}
