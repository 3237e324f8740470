package org.wavebridge.conformance.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/**
 * The sounds and pictures of docs/samples are what this project makes. {@code
 * -Dwavebridge.write=true} writes them anew instead of comparing.
 */
final class SamplesTest {
  private static final Path SAMPLES = Path.of("../docs/samples");
  private static final String RECORDING = "en-us-16k/agent-pass.wav";
  private static final boolean WRITE = Boolean.getBoolean("wavebridge.write");

  /** What the demo makes. */
  private static final long SEED = 7;

  /** A pixel may be of a neighbouring colour: nothing says how a JVM rounds a logarithm. */
  private static final int NEAR = 8;

  @TempDir static Path folder;

  @Test
  void theyAreWhatThisProjectMakes() throws IOException {
    Waveform recording = WavFile.read(Golden.path(RECORDING));
    Waveform copy = copy();
    compare("recording.wav", Files.readAllBytes(Golden.path(RECORDING)));
    ByteArrayOutputStream wav = new ByteArrayOutputStream();
    WavFile.write(wav, copy);
    compare("copy.wav", wav.toByteArray());
    BufferedImage made = SpectrogramImage.of(List.of(recording, copy));
    Path picture = SAMPLES.resolve("spectrograms.png");
    if (WRITE) {
      Files.write(picture, HeatMap.png(made));
    }
    BufferedImage found = ImageIO.read(picture.toFile());
    assertEquals(made.getWidth(), found.getWidth());
    assertEquals(made.getHeight(), found.getHeight());
    for (int y = 0; y < made.getHeight(); y++) {
      for (int x = 0; x < made.getWidth(); x++) {
        assertNear(made.getRGB(x, y), found.getRGB(x, y), x, y);
      }
    }
  }

  @Test
  void theyAreSmall() throws IOException {
    try (Stream<Path> files = Files.list(SAMPLES)) {
      long bytes = files.mapToLong(file -> file.toFile().length()).sum();
      assertTrue(bytes < 400_000, bytes + " bytes");
    }
  }

  private static Waveform copy() {
    try (StagedBundle staged =
        Exporter.stage(
            Exporter.read(Golden.path("en-us-16k/checkpoint.pt"), "auto", Optional.empty()),
            Optional.empty(),
            folder.resolve("voice"),
            "test")) {
      VocoderOptions options = VocoderOptions.defaults().withBackend("cpu");
      try (Vocoder vocoder = Vocoder.open(staged.publish(), options)) {
        Features features =
            Features.read(
                Golden.path("en-us-16k/agent-pass.npy"), vocoder.manifest().features().mels());
        return vocoder.generate(features, GenerateOptions.seed(SEED), Progress.NONE);
      }
    }
  }

  private static void compare(String name, byte[] made) throws IOException {
    Path file = SAMPLES.resolve(name);
    if (WRITE) {
      Files.write(file, made);
    }
    assertArrayEquals(
        made,
        Files.readAllBytes(file),
        file + " is not what is made now; write it anew with -Dwavebridge.write=true");
  }

  private static void assertNear(int made, int found, int x, int y) {
    for (int shift = 0; shift <= 24; shift += 8) {
      int distance = Math.abs((made >>> shift & 255) - (found >>> shift & 255));
      assertTrue(
          distance <= NEAR,
          () ->
              "pixel %d, %d is %08x in the file, %08x now; write it anew with -Dwavebridge.write=true"
                  .formatted(x, y, found, made));
    }
  }
}
