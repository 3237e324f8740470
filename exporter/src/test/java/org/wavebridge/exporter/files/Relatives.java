package org.wavebridge.exporter.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;

/**
 * Checkpoints of fatchord's relatives: the tensors of fatchord's golden one, with random numbers
 * where the relative has more. The files are deleted when Java ends.
 */
public final class Relatives {
  private static final Path FOLDER = folder();

  /** Rows of the golden checkpoint's input layer. */
  private static final int ROWS = 64;

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
    Altered altered = Altered.raw(FOLDER).withoutConfig();
    int columns = altered.values("I.weight").length / ROWS;
    return inFolder(wider(altered, columns, 256), "speaker.safetensors");
  }

  /**
   * Multiband-WaveRNN's: three more columns of the input layer, and four output layers, each the
   * one of the golden checkpoint less a number.
   */
  public static Path bands() {
    Altered altered = wider(Altered.raw(FOLDER).withoutConfig(), 1, 3);
    float[] weight = altered.values("fc3.weight");
    float[] bias = altered.values("fc3.bias");
    for (int band = 0; band < 4; band++) {
      float[] own = weight.clone();
      for (int i = 0; i < own.length; i++) {
        own[i] -= 0.01f * band;
      }
      altered.put("fc3%d.weight".formatted(band), own, bias.length, own.length / bias.length);
      altered.put("fc3%d.bias".formatted(band), bias, bias.length);
    }
    return inFolder(altered.without("fc3.weight", "fc3.bias"), "bands.safetensors");
  }

  /** Columns of random numbers put into the input layer at a place. */
  private static Altered wider(Altered altered, int at, int more) {
    float[] narrow = altered.values("I.weight");
    int columns = narrow.length / ROWS;
    float[] wide = new float[ROWS * (columns + more)];
    Random random = new Random(5);
    for (int i = 0; i < wide.length; i++) {
      int row = i / (columns + more);
      int column = i % (columns + more);
      boolean added = column >= at && column < at + more;
      wide[i] =
          added
              ? (float) random.nextGaussian() / 8
              : narrow[row * columns + (column < at ? column : column - more)];
    }
    return altered.put("I.weight", wide, ROWS, columns + more);
  }

  private static Path inFolder(Altered altered, String name) {
    try {
      Path file =
          Files.move(altered.write(), FOLDER.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
