package org.wavebridge.runtime.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.wavebridge.graphs.InputException;

/**
 * Features of an utterance.
 *
 * @param mels values per frame
 * @param frames number of frames
 * @param values {@code [mels, frames]} row-major; finite
 */
public record Features(int mels, int frames, float[] values) {
  /**
   * Checks sizes and values.
   *
   * @throws IllegalArgumentException if there are not as many values as the sizes say
   * @throws InputException if a value is not finite
   */
  public Features {
    if (mels < 1 || frames < 1 || values.length != Math.multiplyExact(mels, frames)) {
      throw new IllegalArgumentException(
          "expected %d x %d values, found %d".formatted(mels, frames, values.length));
    }
    requireFinite("", values, frames);
  }

  /**
   * Reads features from an {@code .npy} file, or an {@code .npz} file of one array, told apart by
   * content. Values are float16, float32, float64 or integers, {@code [mels, frames]} or {@code
   * [frames, mels]}, leading dimensions of 1 allowed.
   *
   * @param mels the values per frame that are wanted
   * @throws InputException if the file cannot be read, its shape does not fit or does not say which
   *     dimension is time, or a value is not finite
   */
  public static Features read(Path file, int mels) {
    return of(isArchive(file) ? NpzFile.only(file) : NpyFile.read(file), mels);
  }

  /**
   * Features from an array, as {@link #read} does.
   *
   * @throws InputException as {@link #read} does
   */
  public static Features of(NpyArray array, int mels) {
    String name = array.name();
    if (array.type() == NpyArray.Type.BOOL) {
      throw new InputException(name + ": expected numbers as features, found truth values");
    }
    int[] shape = squeeze(array.shape());
    String found = Arrays.toString(array.shape());
    if (shape.length != 2 || (shape[0] != mels && shape[1] != mels)) {
      throw new InputException(
          "%s: expected features [%d, frames] or [frames, %d], found %s"
              .formatted(name, mels, mels, found));
    }
    if (array.size() == 0) {
      throw new InputException(
          "%s: expected at least one frame of %d features, found %s".formatted(name, mels, found));
    }
    if (shape[0] == mels && shape[1] == mels) {
      throw new InputException(
          ("%s: expected features [%d, frames] or [frames, %d], found %s, which can be either;"
                  + " add or remove a frame")
              .formatted(name, mels, mels, found));
    }
    float[] values = array.floats();
    requireFinite(name + ": ", values, shape[1]);
    return shape[0] == mels
        ? new Features(mels, shape[1], values)
        : new Features(mels, shape[0], transpose(values, shape[0], mels));
  }

  /** The value of a band in a frame. */
  public float at(int mel, int frame) {
    return values[mel * frames + frame];
  }

  private static int[] squeeze(int[] shape) {
    int first = 0;
    while (shape.length - first > 2 && shape[first] == 1) {
      first++;
    }
    return Arrays.copyOfRange(shape, first, shape.length);
  }

  /** Whether a file begins as a zip does. */
  private static boolean isArchive(Path file) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(4), StandardCharsets.ISO_8859_1).equals("PK\3\4");
    } catch (IOException e) {
      throw new InputException(file + ": expected a readable file, found: " + e, e);
    }
  }

  private static void requireFinite(String prefix, float[] values, int columns) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new InputException(
            "%sexpected finite features, found %s at [%d, %d]"
                .formatted(prefix, values[i], i / columns, i % columns));
      }
    }
  }

  private static float[] transpose(float[] values, int rows, int columns) {
    float[] result = new float[values.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        result[c * rows + r] = values[r * columns + c];
      }
    }
    return result;
  }
}
