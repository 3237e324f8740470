package org.wavebridge.runtime.io;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioFormat.Encoding;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.OutputFile;

/**
 * WAV files with one channel. Read: PCM of 8, 16, 24 or 32 bits, and float of 32 or 64 bits.
 * Written: PCM of 16 bits.
 */
public final class WavFile {
  /** The length that a program writes when it does not know it yet: to the end of the file. */
  private static final long STREAMED = 0xffffffffL;

  private WavFile() {}

  /**
   * Reads a file. Integer samples of b bits are divided by 2^(b-1), so they lie in [-1, 1); float
   * samples are taken as they are.
   *
   * @throws InputException if there is no such file, it is cut short, has more than one channel, or
   *     is of another kind
   */
  public static Waveform read(Path file) {
    try (AudioInputStream in =
        AudioSystem.getAudioInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      AudioFormat format = in.getFormat();
      requireUsable(file, format);
      byte[] data = in.readAllBytes();
      long expected = in.getFrameLength() * format.getFrameSize();
      boolean streamed = expected + format.getFrameSize() > STREAMED;
      if (in.getFrameLength() >= 0 && !streamed && data.length != expected) {
        throw new InputException(
            "%s: expected %d bytes of sound, found %d; is the file cut short?"
                .formatted(file, expected, data.length));
      }
      return new Waveform(decode(file, data, format), Math.round(format.getSampleRate()));
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": expected a WAV file, found no such file", e);
    } catch (UnsupportedAudioFileException e) {
      throw new InputException(file + ": expected a WAV file, found something else", e);
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new InputException(file + ": expected a readable WAV file: " + FileErrors.reason(e), e);
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
    float[] samples = waveform.samples();
    ByteBuffer data =
        ByteBuffer.allocate(Math.multiplyExact(2, samples.length)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < samples.length; i++) {
      if (Float.isNaN(samples[i])) {
        throw new IllegalArgumentException(file + ": sample " + i + " is not a number");
      }
      data.putShort(toPcm16(samples[i]));
    }
    AudioFormat format = new AudioFormat(waveform.sampleRate(), 16, 1, true, false);
    OutputFile.write(
        file,
        out -> {
          try (AudioInputStream in =
              new AudioInputStream(
                  new ByteArrayInputStream(data.array()), format, samples.length)) {
            AudioSystem.write(in, AudioFileFormat.Type.WAVE, out);
          }
        });
  }

  /** rint(32768 x), limited to -32768..32767; the 16-bit sample of an amplitude. */
  public static short toPcm16(float amplitude) {
    return (short) Math.max(-32768, Math.min(32767, Math.rint(32768.0 * amplitude)));
  }

  private static void requireUsable(Path file, AudioFormat format) {
    if (format.getChannels() != 1) {
      throw new InputException(
          "%s: expected one channel (mono), found %d".formatted(file, format.getChannels()));
    }
    int bits = format.getSampleSizeInBits();
    Encoding encoding = format.getEncoding();
    boolean usable =
        encoding.equals(Encoding.PCM_UNSIGNED) && bits == 8
            || encoding.equals(Encoding.PCM_SIGNED) && (bits % 8 == 0 && bits >= 8 && bits <= 32)
            || encoding.equals(Encoding.PCM_FLOAT) && (bits == 32 || bits == 64);
    if (!usable || format.getSampleRate() < 1 || format.getFrameSize() * 8 != bits) {
      throw new InputException(
          "%s: expected PCM of 8, 16, 24 or 32 bits or float, found %s".formatted(file, format));
    }
  }

  private static float[] decode(Path file, byte[] data, AudioFormat format) {
    int width = format.getFrameSize();
    ByteBuffer buffer =
        ByteBuffer.wrap(data)
            .order(format.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    float[] samples = new float[data.length / width];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = sample(buffer, i * width, format);
      if (!Float.isFinite(samples[i])) {
        throw new InputException(
            "%s: expected finite samples, found %s at sample %d".formatted(file, samples[i], i));
      }
    }
    return samples;
  }

  private static float sample(ByteBuffer buffer, int at, AudioFormat format) {
    int width = format.getFrameSize();
    if (format.getEncoding().equals(Encoding.PCM_FLOAT)) {
      return width == 4 ? buffer.getFloat(at) : (float) buffer.getDouble(at);
    }
    if (format.getEncoding().equals(Encoding.PCM_UNSIGNED)) {
      return ((buffer.get(at) & 0xff) - 128) / 128f;
    }
    int value = 0;
    for (int i = 0; i < width; i++) {
      int from = format.isBigEndian() ? at + i : at + width - 1 - i;
      value = value << 8 | buffer.get(from) & 0xff;
    }
    int unused = 32 - 8 * width;
    return (float) ((value << unused) / 2147483648.0);
  }
}
