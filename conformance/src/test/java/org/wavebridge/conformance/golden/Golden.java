package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.wavebridge.graphs.files.PackedGolden;
import org.wavebridge.graphs.files.SharedGolden;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.NpzFile;

/**
 * Recorded outputs of the original projects: from the test resources, or where weights are trained
 * or sounds recorded by others, from a folder that may be missing.
 */
public final class Golden {
  private final Path file;

  private Golden(Path file) {
    this.file = file;
  }

  /** A file under {@code golden/}. */
  public static Path path(String name) {
    try {
      URL golden = Objects.requireNonNull(Golden.class.getResource("/golden"));
      Path file = PackedGolden.path(Path.of(golden.toURI()), name);
      assertTrue(Files.exists(file), () -> "no test resource golden/" + name);
      return file;
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * A file or folder of trained weights and recordings of others; where they are not there, the
   * test is skipped.
   */
  public static Path trained(String name) {
    return SharedGolden.path(name);
  }

  /** Whether trained weights and recordings of others are there. */
  public static boolean hasTrained(String folder) {
    return SharedGolden.has(folder);
  }

  /** An {@code .npz} under {@code golden/}. */
  public static Golden of(String name) {
    return new Golden(path(name));
  }

  /** An {@code .npz}, or a folder of {@code .npy}, beside trained weights. */
  public static Golden ofTrained(String name) {
    return new Golden(trained(name));
  }

  public NpyArray array(String name) {
    if (Files.isDirectory(file)) {
      return NpyFile.read(file.resolve(name + ".npy"));
    }
    try (NpzFile npz = NpzFile.open(file)) {
      return npz.read(name);
    }
  }

  /** Whether an array was recorded. */
  public boolean has(String name) {
    try (NpzFile npz = NpzFile.open(file)) {
      return npz.names().contains(name);
    }
  }

  public double[] doubles(String name) {
    return array(name).doubles();
  }

  public float[] floats(String name) {
    return array(name).floats();
  }

  public int[] ints(String name) {
    return array(name).ints();
  }

  /** Row i of a golden matrix is close to {@code found}. */
  public static double difference(double[] matrix, int row, double[] found) {
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      double difference = Math.abs(matrix[row * found.length + i] - found[i]);
      largest = difference > largest || Double.isNaN(difference) ? difference : largest;
    }
    return largest;
  }

  /** Fails when a difference is above its bound or not a number; logs it either way. */
  public static void within(String what, double bound, double difference) {
    System.getLogger("golden").log(System.Logger.Level.DEBUG, what + ": " + difference);
    assertTrue(difference <= bound, what + ": " + difference + " is above " + bound);
  }

  /** Fails when arrays differ, naming the first place. */
  public static void same(String what, int[] expected, int[] found) {
    assertEquals(expected.length, found.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], what + " at " + i);
    }
  }
}
