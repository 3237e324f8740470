package org.wavebridge.runtime.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.wavebridge.graphs.InputException;

/**
 * Reads WAV from a stream, from front to back: a header, then chunks of an id of four letters, a
 * size, and as many bytes (one more if that is odd). Chunks beside {@code fmt } and {@code data}
 * are skipped without being kept. Containers: RIFF, and for large files RF64 and BW64, whose chunk
 * {@code ds64} has the size of the sound. Sources: Microsoft's and IBM's "Multimedia Programming
 * Interface and Data Specifications 1.0" (1991), EBU Tech 3306.
 *
 * <p>A program that writes to a pipe does not know the size of the sound. It leaves 0 there, or
 * about the largest number; such sound lasts to the end of the stream.
 */
final class WavReader {
  private static final long MAXIMUM_BYTES = 1L << 30;

  /** Sizes from here on stand for an unknown one. */
  private static final long STREAMED = 0x7fff0000L;

  private static final int MAXIMUM_FORMAT = 1 << 12;
  private static final int MAXIMUM_CHANNELS = 64;

  private final String name;
  private final InputStream in;
  private long largeSize = STREAMED;

  private WavReader(String name, InputStream in) {
    this.name = name;
    this.in = in;
  }

  /**
   * Reads a recording.
   *
   * @param name for messages
   * @throws InputException if it is no WAV, of a kind that is not read, or cut short
   */
  static Recording read(String name, InputStream in) throws IOException {
    return new WavReader(name, in).recording();
  }

  private Recording recording() throws IOException {
    byte[] head = in.readNBytes(12);
    String container = head.length < 12 ? "" : text(head, 0);
    if (!(container.equals("RIFF") || container.equals("RF64") || container.equals("BW64"))
        || !text(head, 8).equals("WAVE")) {
      throw new InputException(name + ": expected a WAV file, found something else");
    }
    WavFormat format = null;
    while (true) {
      byte[] chunk = in.readNBytes(8);
      if (chunk.length < 8) {
        throw new InputException(
            "%s: expected a chunk '%s', found the end; is the file cut short?"
                .formatted(name, format == null ? "fmt " : "data"));
      }
      long size = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).getInt(4) & 0xffffffffL;
      switch (text(chunk, 0)) {
        case "ds64" -> largeSize(size);
        case "fmt " -> format = WavFormat.of(name, small("fmt ", size));
        case "data" -> {
          if (format == null) {
            throw new InputException(
                name + ": expected a chunk 'fmt ' before the sound, found none");
          }
          return decode(format, sound(size, format));
        }
        default -> skip(text(chunk, 0), size + (size & 1));
      }
    }
  }

  /** The size of the sound: the second number of {@code ds64}. */
  private void largeSize(long size) throws IOException {
    byte[] sizes = small("ds64", size);
    if (sizes.length >= 16) {
      largeSize = ByteBuffer.wrap(sizes).order(ByteOrder.LITTLE_ENDIAN).getLong(8);
    }
  }

  private byte[] small(String chunk, long size) throws IOException {
    if (size > MAXIMUM_FORMAT) {
      throw new InputException(
          "%s: expected a chunk '%s' of at most %d bytes, found %d"
              .formatted(name, chunk, MAXIMUM_FORMAT, size));
    }
    byte[] bytes = in.readNBytes((int) (size + (size & 1)));
    return bytes.length > size ? Arrays.copyOf(bytes, (int) size) : bytes;
  }

  private void skip(String chunk, long size) throws IOException {
    long left = size;
    while (left > 0) {
      long skipped = in.skip(left);
      if (skipped <= 0) {
        if (in.read() < 0) {
          throw new InputException(
              "%s: expected a chunk '%s' of %d bytes, found the end after %d; is the file cut short?"
                  .formatted(name, printable(chunk), size, size - left));
        }
        skipped = 1;
      }
      left -= skipped;
    }
  }

  /** The bytes of the sound: whole frames. */
  private byte[] sound(long declared, WavFormat format) throws IOException {
    long size = declared == 0xffffffffL ? largeSize : declared;
    boolean streamed = size <= 0 || size >= STREAMED;
    long wanted = streamed ? MAXIMUM_BYTES + 1 : size / format.frame() * format.frame();
    if (!streamed && wanted > MAXIMUM_BYTES) {
      throw new InputException(
          "%s: expected at most %d bytes of sound, found %d"
              .formatted(name, MAXIMUM_BYTES, wanted));
    }
    byte[] bytes = in.readNBytes((int) wanted);
    if (streamed && bytes.length > MAXIMUM_BYTES) {
      throw new InputException(
          "%s: expected at most %d bytes of sound, found more".formatted(name, MAXIMUM_BYTES));
    }
    if (!streamed && bytes.length < wanted) {
      throw new InputException(
          "%s: expected %d bytes of sound, found %d; is the file cut short?"
              .formatted(name, wanted, bytes.length));
    }
    boolean none = size == 0 && isChunks(bytes);
    return none ? new byte[0] : Arrays.copyOf(bytes, bytes.length - bytes.length % format.frame());
  }

  /** Whether bytes behind an empty {@code data} are chunks to their end, and so no sound. */
  private static boolean isChunks(byte[] bytes) {
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long at = 0;
    while (at + 8 <= bytes.length) {
      for (int i = 0; i < 4; i++) {
        if (bytes[(int) at + i] < ' ' || bytes[(int) at + i] > '~') {
          return false;
        }
      }
      long size = data.getInt((int) at + 4) & 0xffffffffL;
      at += 8 + size;
      at += at < bytes.length ? size & 1 : 0;
    }
    return at == bytes.length;
  }

  private Recording decode(WavFormat format, byte[] data) {
    ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    int width = format.bits() / 8;
    float[][] channels = new float[format.channels()][data.length / format.frame()];
    for (int t = 0; t < channels[0].length; t++) {
      for (int c = 0; c < channels.length; c++) {
        float value = sample(buffer, t * format.frame() + c * width, format);
        if (!Float.isFinite(value)) {
          throw new InputException(
              "%s: expected finite samples, found %s at sample %d".formatted(name, value, t));
        }
        channels[c][t] = value;
      }
    }
    return new Recording(channels, format.sampleRate());
  }

  private static float sample(ByteBuffer buffer, int at, WavFormat format) {
    if (format.isFloat()) {
      return format.bits() == 32 ? buffer.getFloat(at) : (float) buffer.getDouble(at);
    }
    return switch (format.bits()) {
      case 8 -> ((buffer.get(at) & 0xff) - 128) / 128f;
      case 16 -> buffer.getShort(at) / 32768f;
      case 24 -> ((buffer.get(at + 2) << 16) | (buffer.getShort(at) & 0xffff)) / 8388608f;
      default -> (float) (buffer.getInt(at) / 2147483648.0);
    };
  }

  static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }

  private static String text(byte[] bytes, int at) {
    return new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
  }

  /**
   * The chunk {@code fmt }.
   *
   * @param isFloat whether samples are IEEE 754 numbers, else integers: unsigned of 8 bits, or
   *     signed
   * @param channels interleaved sample by sample
   * @param sampleRate samples per second
   * @param bits of a sample as it is stored
   */
  record WavFormat(boolean isFloat, int channels, int sampleRate, int bits) {
    private static final int PCM = 1;
    private static final int FLOAT = 3;
    private static final int EXTENSIBLE = 0xfffe;

    /** Bytes of one sample of all channels. */
    int frame() {
      return channels * bits / 8;
    }

    static WavFormat of(String name, byte[] bytes) {
      if (bytes.length < 16) {
        throw new InputException(
            "%s: expected a chunk 'fmt ' of at least 16 bytes, found %d"
                .formatted(name, bytes.length));
      }
      ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int kind = data.getShort(0) & 0xffff;
      if (kind == EXTENSIBLE && bytes.length >= 26) {
        kind = data.getShort(24) & 0xffff;
      }
      int bits = data.getShort(14) & 0xffff;
      WavFormat format =
          new WavFormat(kind == FLOAT, data.getShort(2) & 0xffff, data.getInt(4), bits);
      boolean usable =
          (kind == PCM && (bits == 8 || bits == 16 || bits == 24 || bits == 32))
              || (kind == FLOAT && (bits == 32 || bits == 64));
      if (!usable || format.frame() != (data.getShort(12) & 0xffff)) {
        throw new InputException(
            "%s: expected PCM of 8, 16, 24 or 32 bits or float of 32 or 64, found format %d of %d bits in %d bytes"
                .formatted(name, kind, bits, data.getShort(12) & 0xffff));
      }
      if (format.sampleRate < 1 || format.channels < 1 || format.channels > MAXIMUM_CHANNELS) {
        throw new InputException(
            "%s: expected a sample rate above 0 and 1 to %d channels, found %s Hz and %d"
                .formatted(
                    name,
                    MAXIMUM_CHANNELS,
                    Integer.toUnsignedString(format.sampleRate),
                    format.channels));
      }
      return format;
    }
  }
}
