package org.wavebridge.runtime.internal.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The operators of multi-band networks inside ONNX Runtime: batches, what passes through, refusals.
 */
final class NativeMultiBandTest {
  private static final int HIDDEN = 8;
  private static final int BANDS = 2;
  private static final int OUTPUTS = 9;
  private static final int PROJECTED = 5;

  /** A network of one column of 6 samples a frame. */
  private static OneNodeModel network(int rows, int samples, boolean score) {
    TestNetworks random = new TestNetworks(1, false);
    int frames = (samples + 5) / 6;
    OneNodeModel model =
        new OneNodeModel(
            score ? "MultiBandGruScore" : "MultiBandGruGenerate",
            score ? "logits" : "audio",
            "next_previous",
            "next_state");
    random.add("recurrent", "recurrent_bias", 3 * HIDDEN, HIDDEN);
    random.add("projection", "projection_bias", PROJECTED, HIDDEN);
    random.add("band_output", "band_output_bias", BANDS * OUTPUTS, PROJECTED);
    float[] sample = random.numbers(3 * HIDDEN * BANDS, 0.5f);
    model.input(
        "conditioning", repeated(random, rows, frames * 3 * HIDDEN), rows, frames, 3 * HIDDEN);
    if (score) {
      model.input("audio", repeated(random, rows, samples), rows, samples);
    } else {
      model.input("uniforms", random.uniforms(rows * samples * 2), rows, samples, 2);
    }
    model.input("previous", repeated(random, rows, BANDS), rows, BANDS);
    model.input("state", repeated(random, rows, HIDDEN), rows, HIDDEN);
    if (!score) {
      model.input("temperature", new float[] {1}, 1);
    }
    model.floats("sample_weights", sample, 3 * HIDDEN, BANDS);
    random.give(model, "recurrent", "recurrent_bias");
    random.give(model, "projection", "projection_bias");
    random.give(model, "band_output", "band_output_bias");
    model.attribute("samples_per_frame", 6).attribute("mixtures", 3);
    return score ? model : model.number("levels_per_unit", 256).number("uniform_margin", 1e-5f);
  }

  private static float[] repeated(TestNetworks random, int rows, int size) {
    float[] one = random.numbers(size, 0.9f);
    float[] all = new float[rows * size];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(one, 0, all, row * size, size);
    }
    return all;
  }

  /** Rows with the same inputs give the same, whatever tile of rows they are in. */
  @ParameterizedTest
  @ValueSource(ints = {2, 5, 17})
  void rowsGiveWhatOneGives(int rows) throws OrtException {
    List<float[]> alone = network(1, 16, true).run();
    List<float[]> together = network(rows, 16, true).run();
    for (int output = 0; output < 3; output++) {
      float[] expected = alone.get(output);
      for (int row = 0; row < rows; row++) {
        float[] found = together.get(output);
        assertArrayEquals(
            expected,
            Arrays.copyOfRange(found, row * expected.length, (row + 1) * expected.length));
      }
    }
    assertEquals(rows * 16, network(rows, 16, false).run().get(0).length);
  }

  @Test
  void noSamplesPassStateAndPreviousThrough() throws OrtException {
    for (boolean score : new boolean[] {false, true}) {
      List<float[]> found = network(3, 0, score).run();
      assertEquals(0, found.get(0).length);
      assertEquals(3 * BANDS, found.get(1).length);
      assertEquals(3 * HIDDEN, found.get(2).length);
      assertEquals(0, network(0, 6, score).run().get(2).length);
    }
  }

  @Test
  void drawsAreSixteenBitSamples() throws OrtException {
    for (float value : network(3, 60, false).run().get(0)) {
      assertEquals(Math.rint(value * 32768), value * 32768);
      assertTrue(value >= -1 && value < 1);
    }
  }

  /** Numbers that are not finite give numbers without meaning, never a fault. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -3, 7})
  void anyInputIsSurvived(float value) throws OrtException {
    float[] uniforms = new float[12 * 2];
    Arrays.fill(uniforms, value);
    float[] conditioning = new float[2 * 24];
    Arrays.fill(conditioning, value);
    List<float[]> found =
        network(1, 12, false)
            .value("uniforms", uniforms, 1, 12, 2)
            .value("conditioning", conditioning, 1, 2, 24)
            .run();
    for (float sample : found.get(0)) {
      assertTrue(sample >= -1 && sample < 1);
    }
  }

  private static void refused(String message, Executable action) {
    OrtException refused = assertThrows(OrtException.class, action);
    assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
  }

  @Test
  void shapesThatDoNotFit() {
    refused(
        "node 'node1' (MultiBandGruGenerate): expected a multiple of 2 samples, found 5",
        () -> network(1, 5, false).run());
    refused(
        "conditioning: expected [N, F, 3H = 24], found [1, 3, 23]",
        () -> network(1, 16, false).value("conditioning", new float[69], 1, 3, 23).run());
    refused(
        "previous: expected [N = 1, B = 2], found [1, 3]",
        () -> network(1, 16, true).value("previous", new float[3], 1, 3).run());
    refused(
        "MultiBandGruScore", () -> network(1, 16, true).value("audio", new float[20], 1, 20).run());
  }

  @Test
  void attributesThatDoNotFit() {
    refused(
        "attribute 'samples_per_frame': expected a multiple of 2 bands, found 7",
        () ->
            network(1, 6, false)
                .withoutAttribute("samples_per_frame")
                .attribute("samples_per_frame", 7)
                .session());
    refused(
        "attribute 'levels_per_unit': expected a number, found none",
        () -> network(1, 6, false).withoutAttribute("levels_per_unit").session());
    refused(
        "attribute 'uniform_margin': expected a number above 0",
        () ->
            network(1, 6, false)
                .withoutAttribute("uniform_margin")
                .number("uniform_margin", 0.5f)
                .session());
    refused(
        "band_output",
        () -> network(1, 6, false).withoutAttribute("mixtures").attribute("mixtures", 4).session());
  }

  private static OneNodeModel merge(int samples) {
    return new OneNodeModel("QuadratureMirrorMerge", "waveform", "next_state")
        .input("values", new float[2 * samples], 2, samples)
        .input("state", new float[2 * 12], 2, 12)
        .floats("even", new float[] {0.1f, 0.5f}, 2)
        .floats("odd", new float[] {0.3f, 0.7f}, 2)
        .attribute("levels", 2);
  }

  @Test
  void mergeRefusals() throws OrtException {
    assertEquals(0, merge(0).run().get(0).length);
    assertArrayEquals(new float[16], merge(8).run().get(0));
    refused("values: expected a multiple of 4 samples, found 6", () -> merge(6).run());
    refused(
        "state: expected [N = 2, 2 (2^levels - 1) K = 12], found [2, 11]",
        () -> merge(8).value("state", new float[22], 2, 11).run());
    refused(
        "attribute 'levels': expected 1 to 6, found 7",
        () -> merge(8).withoutAttribute("levels").attribute("levels", 7).session());
  }
}
