package org.wavebridge.runtime.io;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.wavebridge.graphs.InputException;

/**
 * Who speaks: the vector that a speaker encoder made of somebody's voice. It is used as it is.
 *
 * @param values {@code [size]}; finite
 */
public record SpeakerEmbedding(float[] values) {
  /**
   * Checks the values.
   *
   * @throws InputException if there are none, or one is not finite
   */
  public SpeakerEmbedding {
    require("", values);
  }

  /**
   * Reads an embedding from an {@code .npy} file: {@code [size]}, leading dimensions of 1 allowed,
   * of any float or integer type.
   *
   * @throws InputException if the file cannot be read or holds something else
   */
  public static SpeakerEmbedding read(Path file) {
    return of(NpyFile.read(file));
  }

  /**
   * An embedding from an array, as {@link #read} does.
   *
   * @throws InputException as {@link #read} does
   */
  public static SpeakerEmbedding of(NpyArray array) {
    int[] shape = array.shape();
    boolean vector =
        shape.length > 0
            && Arrays.stream(shape, 0, shape.length - 1).allMatch(size -> size == 1)
            && array.type() != NpyArray.Type.BOOL;
    if (!vector) {
      throw new InputException(
          "%s: expected a speaker embedding, numbers [size], found %s"
              .formatted(array.name(), array));
    }
    float[] values = array.floats();
    require(array.name() + ": ", values);
    return new SpeakerEmbedding(values);
  }

  /**
   * An embedding of length 1 of nobody in particular, to measure or check with; empty for a vocoder
   * that takes none.
   *
   * @param size values that the vocoder takes
   */
  public static Optional<SpeakerEmbedding> madeUp(int size) {
    if (size == 0) {
      return Optional.empty();
    }
    float[] values = new float[size];
    Arrays.fill(values, (float) (1 / Math.sqrt(size)));
    return Optional.of(new SpeakerEmbedding(values));
  }

  private static void require(String prefix, float[] values) {
    if (values.length == 0) {
      throw new InputException(prefix + "expected a speaker embedding, found no values");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new InputException(
            "%sexpected a speaker embedding of finite numbers, found %s at [%d]"
                .formatted(prefix, values[i], i));
      }
    }
  }
}
