package org.wavebridge.exporter.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Checkpoints of fatchord's relatives: the tensors of fatchord's golden one, with random numbers
 * where the relative has more. The files are deleted when Java ends.
 */
public final class Relatives {
  private static final Path FOLDER = folder();

  private Relatives() {}

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("relatives");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SC-WaveRNN's: 256 more columns of the input layer, for a speaker. */
  public static Path speaker() {
    return inFolder(wider(256), "speaker.safetensors");
  }

  private static Altered wider(int more) {
    Altered altered = Altered.raw(FOLDER).withoutConfig();
    int rows = 64;
    float[] narrow = altered.values("I.weight");
    int columns = narrow.length / rows;
    float[] wide = new float[rows * (columns + more)];
    Random random = new Random(5);
    for (int i = 0; i < wide.length; i++) {
      int column = i % (columns + more);
      wide[i] =
          column < columns
              ? narrow[i / (columns + more) * columns + column]
              : (float) random.nextGaussian() / 8;
    }
    return altered.put("I.weight", wide, rows, columns + more);
  }

  private static Path inFolder(Altered altered, String name) {
    try {
      Path file = Files.move(altered.write(), FOLDER.resolve(name));
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
