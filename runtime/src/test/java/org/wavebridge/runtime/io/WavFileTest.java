package org.wavebridge.runtime.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.InputException;

final class WavFileTest {
  private static final int PCM = 1;
  private static final int FLOAT = 3;

  private final Path folder;

  WavFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void roundTripOfEvery16BitSample() {
    float[] samples = new float[65536];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (i - 32768) / 32768f;
    }
    Path file = folder.resolve("a.wav");
    WavFile.write(file, new Waveform(samples, 16000));
    Waveform read = WavFile.read(file);
    assertEquals(16000, read.sampleRate());
    assertArrayEquals(samples, read.samples());
    assertEquals(4.096, read.seconds());
    assertEquals(1, folder.toFile().list().length);
  }

  @Test
  void loudSamplesAreLimitedAndOthersRounded() {
    assertEquals(32767, WavFile.toPcm16(1));
    assertEquals(32767, WavFile.toPcm16(Float.POSITIVE_INFINITY));
    assertEquals(-32768, WavFile.toPcm16(-7));
    assertEquals(2, WavFile.toPcm16(1.5f / 32768));
    assertEquals(-2, WavFile.toPcm16(-2.5f / 32768));
    Waveform broken = new Waveform(new float[] {0, Float.NaN}, 8000);
    assertThrows(
        IllegalArgumentException.class, () -> WavFile.write(folder.resolve("n.wav"), broken));
  }

  @Test
  void otherSampleSizes() throws IOException {
    assertArrayEquals(new float[] {-1, 0, 0.5f}, read(wav(PCM, 8, 1, 0, 128, 192)));
    assertArrayEquals(new float[] {-1, 0x1p-23f}, read(wav(PCM, 24, 1, 0, 0, 0x80, 1, 0, 0)));
    assertArrayEquals(new float[] {-0.5f}, read(wav(PCM, 32, 1, 0, 0, 0, 0xc0)));
    assertArrayEquals(new float[] {1, -2}, read(wav(FLOAT, 32, 1, 0, 0, 128, 63, 0, 0, 0, 192)));
    assertArrayEquals(new float[] {1}, read(wav(FLOAT, 64, 1, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f)));
  }

  @Test
  void aStreamedFileLastsToItsEnd() throws IOException {
    for (int size : new int[] {0, -1, 0x7fffffff, 0x7ffff000, 0x80000000, 0x7fffffff - 36}) {
      byte[] streamed = wav(PCM, 16, 1, 0, 0x40, 0, 0xc0, 99);
      ByteBuffer.wrap(streamed).order(ByteOrder.LITTLE_ENDIAN).putInt(4, size).putInt(40, size);
      assertArrayEquals(new float[] {0.5f, -0.5f}, read(streamed), "size " + size);
    }
  }

  @Test
  void anEmptyFileIsEmptyWithOrWithoutChunksBehind() throws IOException {
    assertArrayEquals(new float[0], read(wav(PCM, 16, 1)));
    byte[] listed = wav(PCM, 16, 1, 'L', 'I', 'S', 'T', 4, 0, 0, 0, 1, 2, 3, 4);
    ByteBuffer.wrap(listed).order(ByteOrder.LITTLE_ENDIAN).putInt(40, 0);
    assertArrayEquals(new float[0], read(listed));
  }

  @Test
  void chunksBeforeAndBehindAreSkipped() throws IOException {
    byte[] whole = wav(PCM, 16, 1, 0, 0x40);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(whole, 0, 12);
    out.writeBytes(chunk("junk", new byte[100_001]));
    out.write(whole, 12, 24);
    out.writeBytes(chunk("LIST", new byte[3]));
    out.write(whole, 36, 10);
    out.writeBytes(chunk("LIST", new byte[7]));
    assertArrayEquals(new float[] {0.5f}, read(out.toByteArray()));
    byte[] odd = wav(PCM, 8, 1, 192);
    assertArrayEquals(new float[] {0.5f}, read(odd));
  }

  @Test
  void aLongChunkThatIsNotThereTakesNoMemory() throws IOException {
    byte[] whole = wav(PCM, 16, 1, 0, 0x40);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(whole, 0, 12);
    out.writeBytes(new byte[] {'j', 27, 'n', 'k', -1, -1, -1, -1});
    out.write(whole, 12, whole.length - 12);
    refused(
        folder.resolve("x.wav")
            + ": expected a chunk 'j?nk' of 4294967296 bytes, found the end after 34; is the file cut short?",
        out.toByteArray());
    byte[] format = whole.clone();
    ByteBuffer.wrap(format).order(ByteOrder.LITTLE_ENDIAN).putInt(16, 0x7ffffffe);
    refused(
        folder.resolve("x.wav")
            + ": expected a chunk 'fmt ' of at most 4096 bytes, found 2147483646",
        format);
  }

  @Test
  void largeContainersAndExtensibleFormats() throws IOException {
    byte[] whole = wav(PCM, 16, 1, 0, 0x40, 0, 0xc0);
    for (String container : new String[] {"RF64", "BW64"}) {
      ByteBuffer sizes = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
      sizes.putLong(0, 80).putLong(8, 4);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(container.getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(new byte[] {-1, -1, -1, -1, 'W', 'A', 'V', 'E'});
      out.writeBytes(chunk("ds64", sizes.array()));
      out.write(whole, 12, 28);
      out.writeBytes(new byte[] {-1, -1, -1, -1});
      out.write(whole, 44, 4);
      out.writeBytes(chunk("LIST", new byte[4]));
      assertArrayEquals(new float[] {0.5f, -0.5f}, read(out.toByteArray()), container);
    }
    ByteBuffer format = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    format.put(whole, 20, 16).putShort(0, (short) 0xfffe).putShort(16, (short) 22);
    format.putShort(18, (short) 16).putInt(20, 4).putShort(24, (short) PCM);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(whole, 0, 12);
    out.writeBytes(chunk("fmt ", format.array()));
    out.write(whole, 36, 12);
    assertArrayEquals(new float[] {0.5f, -0.5f}, read(out.toByteArray()));
  }

  @Test
  void channelsAreKeptApartAndMixed() throws IOException {
    Path file = folder.resolve("x.wav");
    Files.write(file, wav(PCM, 16, 2, 0, 0x40, 0, 0xc0, 0, 0x40, 0, 0));
    Recording recording = WavFile.readChannels(file);
    assertArrayEquals(new float[] {0.5f, 0.5f}, recording.channels()[0]);
    assertArrayEquals(new float[] {-0.5f, 0}, recording.channels()[1]);
    assertArrayEquals(new float[] {0, 0.25f}, recording.mixed().samples());
    assertEquals(8000, recording.mixed().sampleRate());
  }

  @Test
  void aStreamTakesTheBytesOfAFile() throws IOException {
    Waveform waveform = new Waveform(new float[] {0.5f, -1}, 16000);
    Path file = folder.resolve("x.wav");
    WavFile.write(file, waveform);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    WavFile.write(out, waveform);
    assertArrayEquals(Files.readAllBytes(file), out.toByteArray());
    byte[] expected = wav(PCM, 16, 1, 0, 0x40, 0, 0x80);
    ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN).putInt(24, 16000).putInt(28, 32000);
    assertArrayEquals(expected, out.toByteArray());
  }

  @Test
  void messages() throws IOException {
    Path file = folder.resolve("x.wav");
    refused(file + ": expected one channel (mono), found 2", wav(PCM, 16, 2, 0, 0, 0, 0));
    refused(
        file + ": expected a WAV file, found something else",
        "hello".getBytes(StandardCharsets.UTF_8));
    byte[] whole = wav(PCM, 16, 1, 1, 2, 3, 4);
    refused(
        file + ": expected 4 bytes of sound, found 2; is the file cut short?",
        Arrays.copyOf(whole, whole.length - 2));
    refused(
        file + ": expected finite samples, found NaN at sample 0",
        wav(FLOAT, 32, 1, 0, 0, 0xc0, 0x7f));
    Files.delete(file);
    assertEquals(
        file + ": expected a WAV file, found no such file",
        assertThrows(InputException.class, () -> WavFile.read(file)).getMessage());
  }

  @Test
  void damagedFilesAreReadOrAnInputError() throws IOException {
    Path file = folder.resolve("x.wav");
    byte[] whole = wav(PCM, 16, 1, new int[40]);
    Random random = new Random(4);
    for (int i = 0; i < 3000; i++) {
      byte[] damaged = Arrays.copyOf(whole, i < whole.length ? i : whole.length);
      for (int j = 0; i >= whole.length && j < 1 + i % 3; j++) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, damaged);
      try {
        WavFile.read(file);
      } catch (InputException e) {
        assertTrue(
            String.valueOf(e.getMessage()).startsWith(file + ": expected "),
            String.valueOf(e.getMessage()));
      }
    }
  }

  private float[] read(byte[] bytes) throws IOException {
    Path file = folder.resolve("x.wav");
    Files.write(file, bytes);
    return WavFile.read(file).samples();
  }

  private void refused(String message, byte[] bytes) {
    assertEquals(message, assertThrows(InputException.class, () -> read(bytes)).getMessage());
  }

  private static byte[] chunk(String id, byte[] bytes) {
    ByteBuffer chunk =
        ByteBuffer.allocate(8 + bytes.length + bytes.length % 2).order(ByteOrder.LITTLE_ENDIAN);
    chunk.put(id.getBytes(StandardCharsets.US_ASCII)).putInt(bytes.length).put(bytes);
    return chunk.array();
  }

  private static byte[] wav(int format, int bits, int channels, int... data) {
    ByteBuffer header = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
    header.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + data.length);
    header.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    int frame = channels * bits / 8;
    header.putShort((short) format).putShort((short) channels).putInt(8000).putInt(8000 * frame);
    header.putShort((short) frame).putShort((short) bits);
    header.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(data.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header.array());
    for (int value : data) {
      out.write(value);
    }
    return out.toByteArray();
  }
}
