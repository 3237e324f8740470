package org.wavebridge.runtime.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.InputException;

final class FeaturesTest {
  private static final float[] SIX = {1, 2, 3, 4, 5, 6};

  @Test
  void bothLayoutsAreTheSameFeatures() {
    Features bands = Features.of(NpyArray.of(SIX, 2, 3), 2);
    assertEquals(3, bands.frames());
    assertArrayEquals(SIX, bands.values());
    assertEquals(6, bands.at(1, 2));

    Features frames = Features.of(NpyArray.of(SIX, 1, 1, 3, 2), 2);
    assertEquals(3, frames.frames());
    assertArrayEquals(new float[] {1, 3, 5, 2, 4, 6}, frames.values());
    assertEquals(2, frames.at(1, 0));
  }

  @Test
  void oneFrameIsEnough() {
    assertEquals(1, Features.of(NpyArray.of(SIX, 1, 6), 6).frames());
    assertEquals(1, Features.of(NpyArray.of(SIX, 6, 1), 6).frames());
  }

  @Test
  void doublesAreRounded() {
    assertEquals(0.1f, Features.of(NpyArray.of(new double[] {0.1, 0.2}, 1, 2), 2).at(0, 0));
  }

  @Test
  void messages() {
    refused("array: expected features [4, frames] or [frames, 4], found [2, 3]", SIX, 4, 2, 3);
    refused("array: expected features [6, frames] or [frames, 6], found [6]", SIX, 6, 6);
    refused(
        "array: expected features [2, frames] or [frames, 2], found [3, 2, 1]", SIX, 2, 3, 2, 1);
    refused(
        "array: expected at least one frame of 80 features, found [80, 0]",
        new float[0],
        80,
        80,
        0);
    refused(
        "array: expected features [2, frames] or [frames, 2], found [2, 2], which can be either;"
            + " add or remove a frame",
        new float[4],
        2,
        2,
        2);
    refused(
        "array: expected finite features, found NaN at [1, 0]",
        new float[] {1, 2, 3, Float.NaN, Float.NaN, 6},
        2,
        2,
        3);
    refused(
        "array: expected finite features, found -Infinity at [0, 2]",
        new float[] {1, 2, Float.NEGATIVE_INFINITY, 4, 5, 6},
        2,
        2,
        3);
    assertEquals(
        "array: expected float32 or float64 features, found i4",
        assertThrows(InputException.class, () -> Features.of(NpyArray.of(new int[2], 2, 1), 2))
            .getMessage());
  }

  @Test
  void theFileIsNamed(@TempDir Path folder) {
    Path file = folder.resolve("m.npy");
    NpyFile.write(file, NpyArray.of(SIX, 2, 3));
    assertEquals(3, Features.read(file, 2).frames());
    assertEquals(
        file + ": expected features [80, frames] or [frames, 80], found [2, 3]",
        assertThrows(InputException.class, () -> Features.read(file, 80)).getMessage());
  }

  private static void refused(String message, float[] values, int mels, int... shape) {
    assertEquals(
        message,
        assertThrows(InputException.class, () -> Features.of(NpyArray.of(values, shape), mels))
            .getMessage());
  }
}
