package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.WavFile;

/** A checkpoint of the goldens, of the demo or of Lyra, exported for a stack of others. */
record TestVoice(Path bundle) {
  /**
   * Exports a checkpoint.
   *
   * @param checkpoint {@code demo}, {@code lyra} (where its weights are at hand) or a golden
   * @param config a golden, or empty
   * @param options further options of the command
   */
  static TestVoice export(
      Path folder, String checkpoint, String config, String precision, Object... options)
      throws IOException {
    Path bundle = Files.createTempDirectory(folder, "bundle").resolve("voice");
    List<Object> export = new ArrayList<>(List.of("export", checkpoint(checkpoint), "-o", bundle));
    export.add("--no-verify");
    if (precision.equals("int8")) {
      export.addAll(
          List.of("--precision", "f32,int8", "--calibrate", "none", "--activations", "12"));
    }
    if (!config.isEmpty()) {
      export.addAll(List.of("--config", GoldenFile.of(config)));
    }
    export.addAll(List.of(options));
    Ran exported = Ran.of(export.toArray());
    assertEquals(0, exported.code(), exported.err());
    return new TestVoice(bundle);
  }

  /** The demo voice, a checkpoint of the goldens, or Lyra's weights where they are at hand. */
  static Path checkpoint(String name) {
    if (name.equals("demo")) {
      try {
        return Path.of(
            Objects.requireNonNull(DemoCommand.class.getResource("demo/checkpoint.pt")).toURI());
      } catch (URISyntaxException e) {
        throw new AssertionError(e);
      }
    }
    if (!name.equals("lyra")) {
      return GoldenFile.of(name);
    }
    Path weights =
        Path.of(System.getProperty("wavebridge.golden", "../../shared/golden"), "lyra", "weights");
    assumeTrue(Files.isDirectory(weights), "no weights of Lyra at " + weights);
    return weights;
  }

  /** Made-up features, {@code [mels, frames]}, in a file. */
  static Path features(Path folder, int mels, int frames) throws IOException {
    Random random = new Random(5);
    float[] values = new float[mels * frames];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Path file = Files.createTempDirectory(folder, "features").resolve("mel.npy");
    NpyFile.write(file, NpyArray.of(values, mels, frames));
    return file;
  }

  /** The samples that {@code vocode} writes. */
  short[] vocoded(Path mel, String precision, long seed, float temperature) throws IOException {
    Path wav = Files.createTempDirectory(bundle.getParent(), "vocoded").resolve("out.wav");
    Ran vocoded =
        Ran.of(
            "vocode",
            bundle,
            "--mel",
            mel,
            "-o",
            wav,
            "--seed",
            seed,
            "--temperature",
            temperature,
            "--backend",
            "cpu",
            "--precision",
            precision);
    assertEquals(0, vocoded.code(), vocoded.err());
    float[] samples = WavFile.read(wav).samples();
    short[] pcm = new short[samples.length];
    for (int i = 0; i < pcm.length; i++) {
      pcm[i] = WavFile.toPcm16(samples[i]);
    }
    return pcm;
  }

  /** Features of a file frame by frame, {@code [frames, mels]}. */
  static float[] frames(Path mel) throws IOException {
    NpyArray array = NpyFile.read(mel);
    return transposed(array.floats(), array.shape()[0], array.shape()[1]);
  }

  /** Frames {@code [frames, mels]} as {@code [mels, frames]}. */
  static float[] byMel(float[] frames, int mels) {
    return transposed(frames, frames.length / mels, mels);
  }

  private static float[] transposed(float[] values, int rows, int columns) {
    float[] made = new float[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        made[column * rows + row] = values[row * columns + column];
      }
    }
    return made;
  }

  static float[] joined(float[] a, float[] b) {
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  static short[] joined(short[] a, short[] b) {
    short[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
