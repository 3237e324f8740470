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
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.OutputFile;

/**
 * WAV files. Read: PCM of 8, 16, 24 or 32 bits, and float of 32 or 64 bits, in RIFF, RF64 or BW64,
 * also with the sizes that a program leaves that writes to a pipe; at most 1 GiB of sound. Written:
 * PCM of 16 bits, one channel.
 */
public final class WavFile {
  private static final int HEADER = 44;

  private WavFile() {}

  /**
   * Reads a file with one channel. Integer samples of b bits are divided by 2^(b-1), so they lie in
   * [-1, 1); float samples are taken as they are.
   *
   * @throws InputException if there is no such file, it is cut short, has more than one channel, or
   *     is of another kind
   */
  public static Waveform read(Path file) {
    Recording recording = readChannels(file);
    if (recording.channels().length != 1) {
      throw new InputException(
          "%s: expected one channel (mono), found %d".formatted(file, recording.channels().length));
    }
    return recording.mixed();
  }

  /**
   * Reads a file with any number of channels up to 64, as {@link #read} does.
   *
   * @throws InputException if there is no such file, it is cut short or of another kind
   */
  public static Recording readChannels(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return readChannels(file.toString(), in);
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": expected a WAV file, found no such file", e);
    } catch (IOException e) {
      throw new InputException(file + ": expected a readable WAV file: " + FileErrors.reason(e), e);
    }
  }

  /**
   * Reads from a stream, which is left open, as {@link #readChannels(Path)} does.
   *
   * @param name for messages
   * @throws InputException if the stream fails, or its contents are cut short or of another kind
   */
  public static Recording readChannels(String name, InputStream in) {
    try {
      return WavReader.read(name, in);
    } catch (IOException e) {
      throw new InputException(name + ": expected a readable WAV file: " + FileErrors.reason(e), e);
    }
  }

  /**
   * Writes 16-bit PCM: rint(32768 x), limited to -32768..32767. The file appears only when it is
   * complete.
   *
   * @throws IllegalArgumentException if a sample is not a number
   * @throws InputException if the file cannot be written
   */
  public static void write(Path file, Waveform waveform) {
    byte[] bytes = bytes(file.toString(), waveform);
    OutputFile.write(file, out -> out.write(bytes));
  }

  /**
   * Writes to a stream, which is left open, what {@link #write(Path, Waveform)} writes to a file.
   *
   * @throws IllegalArgumentException if a sample is not a number
   * @throws IOException if the stream does not take it
   */
  public static void write(OutputStream out, Waveform waveform) throws IOException {
    out.write(bytes("waveform", waveform));
  }

  private static byte[] bytes(String name, Waveform waveform) {
    float[] samples = waveform.samples();
    int size = Math.multiplyExact(2, samples.length);
    ByteBuffer data =
        ByteBuffer.allocate(Math.addExact(HEADER, size)).order(ByteOrder.LITTLE_ENDIAN);
    data.put(text("RIFF")).putInt(HEADER - 8 + size).put(text("WAVE"));
    data.put(text("fmt ")).putInt(16).putShort((short) 1).putShort((short) 1);
    data.putInt(waveform.sampleRate()).putInt(2 * waveform.sampleRate());
    data.putShort((short) 2).putShort((short) 16).put(text("data")).putInt(size);
    for (int i = 0; i < samples.length; i++) {
      if (Float.isNaN(samples[i])) {
        throw new IllegalArgumentException(name + ": sample " + i + " is not a number");
      }
      data.putShort(toPcm16(samples[i]));
    }
    return data.array();
  }

  private static byte[] text(String id) {
    return id.getBytes(StandardCharsets.US_ASCII);
  }

  /** rint(32768 x), limited to -32768..32767; the 16-bit sample of an amplitude. */
  public static short toPcm16(float amplitude) {
    return (short) Math.max(-32768, Math.min(32767, Math.rint(32768.0 * amplitude)));
  }
}
