package org.wavebridge.graphs.files;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * A network of the shapes of Google Lyra's, of random weights in random blocks, as a folder of raw
 * arrays: of each layer {@code weights}, {@code mask} and {@code bias}, gzip over little-endian
 * binary32 values.
 */
public final class LyraFolder {
  private static final int BANDS = 4;
  private static final int HIDDEN = 1024;
  private static final int GATES = 3 * HIDDEN;
  private static final int WIDE = 1024;
  private static final int SIZE = 512;
  private static final int MIXTURES = 8;
  private static final int MELS = 160;
  private static final int INPUT_FRAMES = 3;

  /**
   * A layer.
   *
   * @param block rows and columns of a block
   * @param density kept blocks of all
   * @param gain by which the values grow through the layer, about
   * @param bias spread of the bias
   */
  private record Layer(
      String name, int rows, int columns, int block, double density, double gain, double bias) {}

  private static final List<Layer> LAYERS =
      List.of(
          new Layer("conv1d", SIZE, INPUT_FRAMES * MELS, 4, 0.08, 1.4, 0.2),
          new Layer("conditioning_stack_0", SIZE, 2 * SIZE, 4, 0.08, 0.5, 0.2),
          new Layer("conditioning_stack_1", SIZE, 2 * SIZE, 4, 0.08, 0.5, 0.2),
          new Layer("conditioning_stack_2", SIZE, 2 * SIZE, 4, 0.08, 0.5, 0.2),
          new Layer("transpose_0", 2 * SIZE, SIZE, 4, 0.08, 1, 0.2),
          new Layer("transpose_1", 2 * SIZE, SIZE, 4, 0.08, 1, 0.2),
          new Layer("transpose_2", 2 * SIZE, SIZE, 4, 0.08, 1, 0.2),
          new Layer("conv_cond", WIDE, SIZE, 4, 0.08, 1.4, 0),
          new Layer("conv_to_gates", GATES, WIDE, 4, 0.08, 1.4, 0.5),
          new Layer("ar_to_gates", GATES, BANDS, 4, 1, 1, 0),
          new Layer("gru_layer", GATES, HIDDEN, 16, 0.0625, 1.5, 0.5),
          new Layer("proj", SIZE, HIDDEN, 4, 0.08, 1.4, 0.2),
          new Layer("mix", BANDS * MIXTURES, SIZE, 4, 1, 1.5, 1),
          new Layer("means", BANDS * MIXTURES, SIZE, 4, 1, 0.5, 0.1),
          new Layer("scales", BANDS * MIXTURES, SIZE, 4, 1, 1, 1));

  private static final Path FOLDER = write(new Random(17));

  private LyraFolder() {}

  /** The folder {@code wavegru}, the same in every process; it is deleted when Java ends. */
  public static Path path() {
    return FOLDER;
  }

  private static Path write(Random random) {
    try {
      Path parent = Files.createTempDirectory("lyra");
      parent.toFile().deleteOnExit();
      Path folder = Files.createDirectory(parent.resolve("wavegru"));
      folder.toFile().deleteOnExit();
      for (Layer layer : LAYERS) {
        float[] mask = mask(layer, random);
        write(folder, layer.name + "_weights", weights(layer, mask, random));
        write(folder, layer.name + "_mask", mask);
        write(folder, layer.name + "_bias", normal(layer.rows, layer.bias, random));
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ones in as many blocks as the density says, wherever chance puts them. */
  private static float[] mask(Layer layer, Random random) {
    int across = layer.columns / layer.block;
    int blocks = layer.rows / layer.block * across;
    int left = (int) Math.round(layer.density * blocks);
    float[] mask = new float[layer.rows * layer.columns];
    for (int block = 0; block < blocks; block++) {
      if (random.nextInt(blocks - block) < left) {
        left--;
        for (int i = 0; i < layer.block * layer.block; i++) {
          int row = block / across * layer.block + i / layer.block;
          int column = block % across * layer.block + i % layer.block;
          mask[row * layer.columns + column] = 1;
        }
      }
    }
    return mask;
  }

  private static float[] weights(Layer layer, float[] mask, Random random) {
    double spread = layer.gain / Math.sqrt(layer.columns * layer.density);
    float[] weights = new float[mask.length];
    for (int i = 0; i < mask.length; i++) {
      weights[i] = mask[i] == 0 ? 0 : (float) (spread * random.nextGaussian());
    }
    return weights;
  }

  private static float[] normal(int count, double spread, Random random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (spread * random.nextGaussian());
    }
    return values;
  }

  private static void write(Path folder, String name, float[] values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Path file = folder.resolve("lyra_16khz_" + name + ".raw.gz");
    file.toFile().deleteOnExit();
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(bytes.array());
    }
  }
}
