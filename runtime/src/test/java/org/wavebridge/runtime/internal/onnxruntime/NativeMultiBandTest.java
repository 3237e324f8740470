package org.wavebridge.runtime.internal.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.runtime.internal.onnxruntime.RowValues.assertBits;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The operators of multi-band networks inside ONNX Runtime give the bits of the reference and
 * refuse what does not fit.
 */
final class NativeMultiBandTest {
  private static final int HIDDEN = NetworkNode.MultiBand.HIDDEN;
  private static final int BANDS = NetworkNode.MultiBand.BANDS;

  private static OneNodeModel network(int rows, int samples, boolean score) {
    return new NetworkNode.MultiBand(1, rows, samples).node(score);
  }

  @ParameterizedTest
  @CsvSource({"1,false", "2,true", "5,false", "5,true", "17,false", "17,true"})
  void anyNumberOfRows(int rows, boolean score) throws OrtException {
    NetworkNode node = new NetworkNode.MultiBand(2, rows, 16);
    assertBits(node.expected(score), node.node(score).run());
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
    float[] conditioning = new float[3 * 24];
    Arrays.fill(conditioning, value);
    List<float[]> found =
        network(1, 12, false)
            .value("uniforms", uniforms, 1, 12, 2)
            .value("conditioning", conditioning, 1, 3, 24)
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
        "MultiBandGruScore",
        () -> network(1, 16, true).value("audio_in", new float[20], 1, 20).run());
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
