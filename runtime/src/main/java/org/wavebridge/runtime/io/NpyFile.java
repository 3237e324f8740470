package org.wavebridge.runtime.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.OutputFile;

/**
 * NumPy's {@code .npy} format: versions 1 to 3 are read, in either byte order and either element
 * order; version 1 is written, little endian, C order. At most 1 GiB of elements. Source: NumPy
 * Enhancement Proposal 1.
 */
public final class NpyFile {
  private NpyFile() {}

  /**
   * Reads an array.
   *
   * @throws InputException if there is no such file, or it is not a whole array of an understood
   *     type
   */
  public static NpyArray read(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(file.toString(), in);
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": expected a NumPy array (.npy), found no such file", e);
    } catch (IOException e) {
      throw new InputException(file + ": expected a readable file: " + FileErrors.reason(e), e);
    }
  }

  /**
   * Reads one array to the end of a stream, which is left open; memory grows with what is there,
   * not with what is declared.
   *
   * @param name for messages
   * @throws InputException if it is not a whole array of an understood type
   */
  public static NpyArray read(InputStream in, String name) {
    try {
      return read(name, in);
    } catch (IOException e) {
      throw new InputException(name + ": expected a readable NumPy array, found: " + e, e);
    }
  }

  /** Reads one array to the end of the stream. */
  static NpyArray read(String name, InputStream in) throws IOException {
    NpyHeader header = NpyHeader.read(name, in);
    int expected = header.bytes();
    byte[] data = in.readNBytes(expected);
    if (data.length < expected || in.read() >= 0) {
      throw new InputException(
          "%s: expected %d bytes of elements for shape %s of %s, found %s"
              .formatted(
                  name,
                  expected,
                  Arrays.toString(header.shape()),
                  header.type().code(),
                  data.length < expected ? data.length : "more"));
    }
    if (header.order() == ByteOrder.BIG_ENDIAN) {
      reverseElements(data, header.type().bytes());
    }
    if (header.fortran()) {
      data = toRowMajor(data, header.type().bytes(), header.shape());
    }
    return new NpyArray(name, header.type(), header.shape(), ByteBuffer.wrap(data));
  }

  /**
   * Writes an array; the file appears only when it is complete.
   *
   * @throws InputException if the file cannot be written
   */
  public static void write(Path file, NpyArray array) {
    OutputFile.write(file, out -> write(out, array));
  }

  /**
   * Writes to a stream, which is left open, what {@link #write(Path, NpyArray)} writes to a file.
   *
   * @throws IOException if the stream does not take it
   */
  public static void write(OutputStream out, NpyArray array) throws IOException {
    out.write(header(array));
    out.write(array.bytes().array());
  }

  private static byte[] header(NpyArray array) {
    String shape =
        Arrays.stream(array.shape()).mapToObj(size -> size + ",").collect(Collectors.joining(" "));
    String text =
        "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(array.type().bytes() == 1 ? "|" : "<", array.type().code(), shape);
    int prefix = 10;
    int length = (prefix + text.length() + 1 + 63) / 64 * 64;
    String padded = text + " ".repeat(length - prefix - text.length() - 1) + "\n";
    return ByteBuffer.allocate(length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) (length - prefix))
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  private static void reverseElements(byte[] data, int width) {
    for (int start = 0; start < data.length; start += width) {
      for (int i = start, j = start + width - 1; i < j; i++, j--) {
        byte swap = data[i];
        data[i] = data[j];
        data[j] = swap;
      }
    }
  }

  private static byte[] toRowMajor(byte[] data, int width, int[] shape) {
    byte[] result = new byte[data.length];
    int[] index = new int[shape.length];
    int[] stride = new int[shape.length];
    for (int d = 0, step = width; d < shape.length; step *= shape[d++]) {
      stride[d] = step;
    }
    int from = 0;
    for (int to = 0; to < data.length; to += width) {
      System.arraycopy(data, from, result, to, width);
      for (int d = shape.length - 1; d >= 0; d--) {
        from += stride[d];
        if (++index[d] < shape[d]) {
          break;
        }
        from -= stride[d] * shape[d];
        index[d] = 0;
      }
    }
    return result;
  }
}
