package org.wavebridge.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/** Ten seconds of features read, and ten seconds of audio written. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FilesBenchmark {
  private static final int MELS = 80;
  private static final int FRAMES = 800;
  private static final int RATE = 16_000;

  private final Waveform speech = new Waveform(new float[10 * RATE], RATE);
  private Path npy = Path.of("");

  /** Writes an array of zeros as NumPy does. */
  @Setup(Level.Trial)
  public void write() throws IOException {
    npy = Files.createTempFile("features", ".npy");
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }".formatted(MELS, FRAMES);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String padded = header + " ".repeat(63 - (10 + header.length()) % 64) + "\n";
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(new byte[] {(byte) padded.length(), (byte) (padded.length() >> 8)});
    out.write(padded.getBytes(StandardCharsets.US_ASCII));
    out.write(new byte[MELS * FRAMES * Float.BYTES]);
    Files.write(npy, out.toByteArray());
  }

  /** Removes it. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    Files.delete(npy);
  }

  /** Features from a file. */
  @Benchmark
  public Features features() {
    return Features.read(npy, MELS);
  }

  /** Audio as a WAV file in memory. */
  @Benchmark
  public byte[] wav() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 19);
    try {
      WavFile.write(out, speech);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
