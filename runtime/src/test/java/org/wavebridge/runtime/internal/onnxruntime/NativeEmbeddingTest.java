package org.wavebridge.runtime.internal.onnxruntime;

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
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.BidirectionalGru;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.ConditionerReference;

/**
 * The operators of networks over embedded classes, and that of their conditioner, inside ONNX
 * Runtime give the bits of the reference and refuse what does not fit.
 */
final class NativeEmbeddingTest {
  private static final int HIDDEN = NetworkNode.Embedding.HIDDEN;
  private static final int CLASSES = NetworkNode.Embedding.CLASSES;

  private static OneNodeModel network(int rows, int samples, boolean score) {
    return new NetworkNode.Embedding(1, rows, samples, Profile.F32).node(score);
  }

  @ParameterizedTest
  @CsvSource({
    "1,false,F32",
    "2,true,F32",
    "5,false,F32",
    "17,true,F32",
    "5,false,INT8",
    "5,true,INT8",
    "3,false,INT8_12",
    "3,true,INT8_12"
  })
  void anyNumberOfRows(int rows, boolean score, Profile profile) throws OrtException {
    NetworkNode node = new NetworkNode.Embedding(2, rows, 16, profile);
    assertBits(node.expected(score), node.node(score).run());
  }

  @Test
  void noSamplesPassStateAndPreviousThrough() throws OrtException {
    for (boolean score : new boolean[] {false, true}) {
      List<float[]> found = network(3, 0, score).run();
      assertEquals(0, found.get(0).length);
      assertEquals(3, found.get(1).length);
      assertEquals(3 * HIDDEN, found.get(2).length);
      assertEquals(0, network(0, 6, score).run().get(2).length);
    }
  }

  /** Numbers that are not finite give numbers without meaning, never a fault. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -3, 7})
  void anyInputIsSurvived(float value) throws OrtException {
    float[] uniforms = new float[12];
    Arrays.fill(uniforms, value);
    List<float[]> found =
        network(1, 12, false)
            .value("uniforms", uniforms, 1, 12, 1)
            .value("previous", new float[] {value}, 1, 1)
            .run();
    for (float sample : found.get(0)) {
      assertTrue(sample >= -1 && sample <= 1);
    }
    float[] given = new float[12];
    Arrays.fill(given, value);
    assertEquals(
        12 * CLASSES, network(1, 12, true).value("audio_in", given, 1, 12).run().get(0).length);
  }

  private static void refused(String message, Executable action) {
    OrtException refused = assertThrows(OrtException.class, action);
    assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
  }

  @Test
  void whatDoesNotFit() {
    refused(
        "conditioning: expected [N, F, E = 10], found [1, 3, 9]",
        () -> network(1, 12, false).value("conditioning", new float[27], 1, 3, 9).run());
    refused(
        "previous: expected [N = 1, 1], found [1, 2]",
        () -> network(1, 12, true).value("previous", new float[2], 1, 2).run());
    refused(
        "attribute 'conditioning_size'",
        () -> network(1, 12, true).withoutAttribute("conditioning_size").session());
  }

  private static BidirectionalGru.Unit unit(int units) {
    BidirectionalGru conditioner =
        (BidirectionalGru)
            RandomModels.embeddingGru(3, 2 * units, 3 * units, 4, 16, 1, new BlockShape(1, 1))
                .conditioner();
    return conditioner.layers().get(0).forward();
  }

  private static OneNodeModel frames(BidirectionalGru.Unit unit, float[] gates, int rows) {
    int units = unit.units();
    return new OneNodeModel("GruFrames", "y")
        .input("gates", gates, rows, gates.length / rows / (3 * units), 3L * units)
        .layer("recurrent", unit.recurrent())
        .attribute("units", units);
  }

  /** Alone and among others, a row has the states of the reference. */
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 37})
  void framesOfAUnit(int units) throws OrtException {
    BidirectionalGru.Unit unit = unit(units);
    int rows = 3;
    int count = 7;
    float[] gates = new RandomNumbers(9).numbers(rows * count * 3 * units, 1);
    float[] found = frames(unit, gates, rows).run().get(0);
    assertEquals(rows * count * units, found.length);
    for (int row = 0; row < rows; row++) {
      double[][] of = new double[count][3 * units];
      for (int i = 0; i < count * 3 * units; i++) {
        of[i / (3 * units)][i % (3 * units)] = gates[row * count * 3 * units + i];
      }
      double[][] states =
          ConditionerReference.states(unit.recurrent(), of, Arithmetic.CANONICAL_F32);
      for (int i = 0; i < count * units; i++) {
        assertEquals(
            (float) states[i / units][i % units],
            found[row * count * units + i],
            0,
            "row " + row + " value " + i);
      }
    }
  }

  @Test
  void framesThatDoNotFit() {
    BidirectionalGru.Unit unit = unit(4);
    refused(
        "gates: expected [N, F, 3H = 12], found [1, 2, 11]",
        () -> frames(unit, new float[24], 1).value("gates", new float[22], 1, 2, 11).run());
    refused(
        "recurrent",
        () ->
            frames(unit, new float[24], 1)
                .withoutAttribute("units")
                .attribute("units", 3)
                .session());
  }
}
