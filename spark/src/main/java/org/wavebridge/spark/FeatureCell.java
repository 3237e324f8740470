package org.wavebridge.spark;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.NpzFile;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Features and speakers as they lie in a table. */
final class FeatureCell {
  private FeatureCell() {}

  /**
   * Features from a cell: the place of a {@code .npy} or {@code .npz} file, the bytes of one, an
   * array of arrays {@code [mels][frames]} or {@code [frames][mels]}, or one array, frame after
   * frame.
   *
   * @param name for messages
   * @throws InputException if there are none, or they do not fit
   */
  static Features features(@Nullable Object cell, int mels, String name, Configuration hadoop) {
    if (cell == null) {
      throw new InputException(name + ": expected features, found null");
    }
    try {
      if (cell instanceof String place) {
        return Features.of(file(place, hadoop), mels);
      }
      if (cell instanceof byte[] bytes) {
        return Features.of(array(new ByteArrayInputStream(bytes), name, isZip(bytes)), mels);
      }
      if (cell instanceof Seq<?> sequence) {
        return arrays(sequence, mels);
      }
    } catch (IOException e) {
      throw new InputException(name + ": cannot be read: " + FileErrors.reason(e), e);
    } catch (InputException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(String.valueOf(cell))
          ? e
          : new InputException(name + ": " + message, e);
    }
    throw new InputException(
        "%s: expected features as text, binary or arrays of numbers, found %s"
            .formatted(name, cell.getClass().getSimpleName()));
  }

  /**
   * A speaker from an array of numbers.
   *
   * @throws InputException if it is none
   */
  static SpeakerEmbedding speaker(@Nullable Object cell, String name) {
    if (!(cell instanceof Seq<?> sequence)) {
      throw new InputException(name + ": expected a speaker's embedding as an array of numbers");
    }
    float[] values = floats(sequence);
    return SpeakerEmbedding.of(NpyArray.of(values, values.length));
  }

  private static NpyArray file(String place, Configuration hadoop) throws IOException {
    Path path = new Path(place);
    boolean zip = place.toLowerCase(Locale.ROOT).endsWith(".npz");
    try (InputStream in = new BufferedInputStream(HadoopFiles.of(path, hadoop).open(path))) {
      return array(in, place, zip);
    }
  }

  private static NpyArray array(InputStream in, String name, boolean zip) {
    return zip ? NpzFile.only(in, name) : NpyFile.read(in, name);
  }

  private static boolean isZip(byte[] bytes) {
    return bytes.length > 1 && bytes[0] == 'P' && bytes[1] == 'K';
  }

  private static Features arrays(Seq<?> sequence, int mels) {
    List<?> rows = CollectionConverters.asJava(sequence);
    if (rows.isEmpty() || !(rows.get(0) instanceof Seq<?> first)) {
      return frames(floats(sequence), mels);
    }
    int columns = first.length();
    float[] values = new float[Math.multiplyExact(rows.size(), columns)];
    for (int row = 0; row < rows.size(); row++) {
      float[] one = rows.get(row) instanceof Seq<?> cells ? floats(cells) : new float[0];
      if (one.length != columns) {
        throw new InputException(
            "expected arrays of one length, found %d and %d values".formatted(columns, one.length));
      }
      System.arraycopy(one, 0, values, row * columns, columns);
    }
    return Features.of(NpyArray.of(values, rows.size(), columns), mels);
  }

  /** Features from values frame after frame, of which any number is clear. */
  private static Features frames(float[] values, int mels) {
    int frames = values.length / mels;
    if (frames == 0 || values.length % mels != 0) {
      throw new InputException(
          "expected frames of %d features, found %d values".formatted(mels, values.length));
    }
    float[] byMel = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      byMel[i % mels * frames + i / mels] = values[i];
    }
    return new Features(mels, frames, byMel);
  }

  private static float[] floats(Seq<?> sequence) {
    List<?> cells = CollectionConverters.asJava(sequence);
    float[] values = new float[cells.size()];
    for (int i = 0; i < values.length; i++) {
      if (!(cells.get(i) instanceof Number number)) {
        throw new InputException("expected numbers, found " + cells.get(i));
      }
      values[i] = number.floatValue();
    }
    return values;
  }
}
