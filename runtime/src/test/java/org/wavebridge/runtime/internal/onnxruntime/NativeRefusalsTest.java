package org.wavebridge.runtime.internal.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.runtime.Uniforms;

/** Malformed models and inputs get the exact message, from the session or from the call. */
final class NativeRefusalsTest {
  private static void assertRefused(String message, Executable call) {
    String found = assertThrows(OrtException.class, call).getMessage();
    assertTrue(found.contains(message), () -> "expected: " + message + "\nfound: " + found);
  }

  /** A sound sparse product: 8 x 20 in blocks of 4 x 8, the last block sticking out. */
  private static OneNodeModel product(int[] columns, int[] starts, int biases) {
    return new OneNodeModel("BlockSparseGemm", "y")
        .input("x", new float[40], 2, 20)
        .floats("W_blocks", new float[3 * 32], 3, 4, 8)
        .ints("W_columns", columns)
        .ints("W_rows", starts)
        .floats("bias", new float[biases], biases);
  }

  private static OneNodeModel product() {
    return product(new int[] {0, 2, 1}, new int[] {0, 2, 3}, 8).attribute("inputs", 20);
  }

  private static OneNodeModel uniforms(int draws, long... samples) {
    return new OneNodeModel("PhiloxUniforms", "uniforms")
        .input("seed", 7, -7)
        .input("sample", 0, 5)
        .input("samples", samples)
        .attribute("draws", draws);
  }

  @Test
  void uniformsOfSeeds() throws OrtException {
    float[] expected = new float[2 * 3 * 2];
    new Uniforms(7).fill(expected, 0, 0, 0, 3, 2);
    new Uniforms(-7).fill(expected, 6, 0, 5, 3, 2);
    assertArrayEquals(expected, uniforms(2, 3).run().get(0));
    assertEquals(0, uniforms(2, 0).run().get(0).length);
    String node = "node 'node1' (PhiloxUniforms): ";
    assertRefused(
        node + "samples: expected 0 to 1073741824, found -1", () -> uniforms(2, -1).run());
    assertRefused(node + "samples: expected [1], found [2]", () -> uniforms(2, 3, 3).run());
    assertRefused(
        node + "sample: expected [N = 2], found [1]",
        () -> uniforms(2, 3).value("sample", 5).run());
    assertRefused(
        "attribute 'draws': expected 1 to 32768, found 0", () -> uniforms(0, 3).session());
  }

  private static OneNodeModel decoding(int levels) {
    return new OneNodeModel("DecodeValues", "waveform", "next_last")
        .input("values", new float[] {-1, 0.2f, Float.NaN, 1}, 2, 2)
        .input("last", new float[6], 2, 3)
        .floats("levels", new float[3 * levels], levels, 3)
        .attribute("truncated", 0)
        .number("de_emphasis", 0.5f);
  }

  @Test
  void decodingOfLevels() throws OrtException {
    assertArrayEquals(new float[4], decoding(2).run().get(0));
    assertArrayEquals(new float[] {-1, 0.2f - 0.5f}, Arrays.copyOf(decoding(0).run().get(0), 2));
    String node = "node 'node1' (DecodeValues): ";
    assertRefused(
        node + "last: expected [N = 2, 3], found [2, 2]",
        () -> decoding(2).value("last", new float[4], 2, 2).run());
    assertRefused(
        node + "levels: expected [L, 3], found [2, 2]",
        () -> decoding(2).floats("levels", new float[4], 2, 2).session());
    assertRefused(
        node + "levels: expected at most 65536, found 65537", () -> decoding(65537).session());
  }

  @Test
  void soundProductRuns() throws OrtException {
    product().run();
  }

  @Test
  void columnsOutside() {
    OneNodeModel model = product(new int[] {0, 3, 1}, new int[] {0, 2, 3}, 8);
    assertRefused(
        "node 'node1' (BlockSparseGemm): W_columns[1] = 3 lies outside 0..2"
            + " (K = 20, block width 8)",
        model.attribute("inputs", 20)::session);
  }

  @Test
  void fewerColumnsThanBlocks() {
    OneNodeModel model = product(new int[] {0, 2}, new int[] {0, 2, 3}, 8);
    assertRefused(
        "node 'node1' (BlockSparseGemm): W_columns: expected [Z = 3], found [2]",
        model.attribute("inputs", 20)::session);
  }

  @Test
  void rowsThatEndTooLate() {
    OneNodeModel model = product(new int[] {0, 2, 1}, new int[] {0, 2, 300}, 8);
    assertRefused(
        "node 'node1' (BlockSparseGemm): W_rows[2]: expected 3 (blocks), found 300",
        model.attribute("inputs", 20)::session);
  }

  @Test
  void biasOfAnotherLength() {
    OneNodeModel model = product(new int[] {0, 2, 1}, new int[] {0, 2, 3}, 9);
    assertRefused(
        "node 'node1' (BlockSparseGemm): bias: expected [R = 8], found [9]",
        model.attribute("inputs", 20)::session);
  }

  @Test
  void missingAttribute() {
    OneNodeModel model = product(new int[] {0, 2, 1}, new int[] {0, 2, 3}, 8);
    assertRefused(
        "node 'node1' (BlockSparseGemm): attribute 'inputs': expected an integer, found none",
        model::session);
  }

  @Test
  void attributeOutOfBounds() {
    OneNodeModel model = product(new int[] {0, 2, 1}, new int[] {0, 2, 3}, 8);
    assertRefused(
        "node 'node1' (BlockSparseGemm): attribute 'inputs': expected 1 to 1048576, found -4",
        model.attribute("inputs", -4)::session);
  }

  @Test
  void weightThatIsNoConstant() {
    OneNodeModel model =
        new OneNodeModel("BlockSparseGemm", "y")
            .input("x", new float[2], 1, 2)
            .floats("W_blocks", new float[2], 1, 1, 2)
            .ints("W_columns", 0)
            .ints("W_rows", 0, 1)
            .input("bias", new float[1], 1)
            .attribute("inputs", 2);
    assertRefused(
        "node 'node1' (BlockSparseGemm): bias (input 4): expected a constant initializer,"
            + " found a value computed at run time",
        model::session);
  }

  @Test
  void inputOfAnotherWidth() {
    assertRefused(
        "node 'node1' (BlockSparseGemm): x: expected [N, K = 20], found [2, 19]",
        product().value("x", new float[38], 2, 19)::run);
    assertRefused(
        "node 'node1' (BlockSparseGemm): x: expected [N, K = 20], found [20]",
        product().value("x", new float[20], 20)::run);
  }

  @Test
  void inputsOfTheDualSoftmaxNetwork() {
    NetworkNode.Dual network = new NetworkNode.Dual(1, 2, 9);
    String node = "node 'node1' (DualSoftmaxGenerate): ";
    assertRefused(
        node + "13 samples: expected at least 4 frames (4 samples each), found 3",
        network.node(false).value("uniforms", new float[52], 2, 13, 2)::run);
    assertRefused(
        node + "uniforms: expected [N = 2, T, 2], found [2, 9, 1]",
        network.node(false).value("uniforms", new float[18], 2, 9, 1)::run);
    assertRefused(
        node + "conditioning: expected [N, F, E = 5], found [2, 3, 4]",
        network.node(false).value("conditioning", new float[24], 2, 3, 4)::run);
    assertRefused(
        node + "state: expected [N = 2, H = 12], found [1, 12]",
        network.node(false).value("state", new float[12], 1, 12)::run);
    for (float temperature : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertRefused(
          node + "temperature: expected positive finite numbers, found ",
          network.node(false).value("temperature", new float[] {1, temperature}, 2)::run);
    }
  }

  private static Affine zeros(String name, int rows, int columns) {
    WeightMatrix weight = WeightMatrix.dense(name, rows, columns, new float[rows * columns]);
    return new Affine(weight, new float[rows]);
  }

  @Test
  void weightsOfTheDualSoftmaxNetwork() {
    NetworkNode.Dual network = new NetworkNode.Dual(1, 2, 9);
    assertRefused(
        "node 'node1' (DualSoftmaxGenerate): coarse_output: expected [256, D = 6], found [252, 6]",
        network.node(false).layer("coarse_output", zeros("coarse_output", 252, 6))::session);
    assertRefused(
        "node 'node1' (DualSoftmaxScore): recurrent: expected [3H = 36, H = 12], found [32, 12]",
        network.node(true).layer("recurrent", zeros("recurrent", 32, 12))::session);
  }

  @Test
  void residualGruNetwork() {
    NetworkNode.Residual network = new NetworkNode.Residual(1, 2, 9, 4);
    String node = "node 'node1' (ResidualGruGenerate): ";
    assertRefused(
        node + "uniforms: expected [N = 2, T = 9, draws = 5], found [2, 9, 1]",
        network.node(false).value("uniforms", new float[18], 2, 9, 1)::run);
    assertRefused(
        node + "aux: expected [N = 2, F, A1+A2+A3+A4 = 6], found [2, 3, 7]",
        network.node(false).value("aux", new float[42], 2, 3, 7)::run);
    assertRefused(
        node + "output: expected [3 * mixtures = 12, D2 = 10], found [13, 10]",
        network.node(false).layer("output", zeros("output", 13, 10))::session);
    NetworkNode.Residual categorical = new NetworkNode.Residual(1, 2, 9, 0);
    assertRefused(
        node + "output: expected 2 to 32767 classes, found 1",
        categorical.node(false).layer("output", zeros("output", 1, 10))::session);
  }

  @Test
  void int8Weights() {
    NetworkNode network = new NetworkNode.Dual(1, 2, 9, Profile.INT8);
    String node = "node 'node1' (DualSoftmaxGenerateInt8): ";
    assertRefused(
        node + "recurrent_scales: expected [R = 36], found [35]",
        network.node(false).floats("recurrent_scales", new float[35], 35)::session);
    assertRefused(
        node + "fine_output_scales[0]: expected a positive finite number, found 0.000000",
        network.node(false).floats("fine_output_scales", new float[256], 256)::session);
    byte[] values = new byte[2 * 6 * 4];
    values[0] = Byte.MIN_VALUE;
    assertRefused(
        node + "coarse_hidden_blocks: expected values of -127 to 127, found -128 (value 0)",
        network.node(false).bytes("coarse_hidden_blocks", values, 2, 6, 4)::session);
    assertRefused(
        node + "recurrent: expected activations of 8 or 12 bits, found 9",
        network.node(false).attribute("activation_bits", 9)::session);
  }

  @Test
  void weightsOfAnotherType() {
    NetworkNode.Dual f32 = new NetworkNode.Dual(1, 2, 9);
    assertRefused(
        "DualSoftmaxGenerateInt8", f32.node(false).operator("DualSoftmaxGenerateInt8")::session);
  }

  /** A sound mel analysis of 6 points with two filters of a bin each. */
  private static OneNodeModel analysis(float floor, float minimum, float maximum, int twiddles) {
    return new OneNodeModel("MelSpectrogram", "features")
        .input("waveform", new float[20], 1, 20)
        .floats("window", new float[6], 6)
        .floats("twiddles", new float[2 * twiddles], twiddles, 2)
        .floats("filters_blocks", new float[] {1, 1}, 2, 1, 1)
        .ints("filters_columns", 0, 3)
        .ints("filters_rows", 0, 1, 2)
        .attribute("hop", 5)
        .number("floor", floor)
        .number("factor", 1f)
        .number("shift", 0f)
        .number("minimum", minimum)
        .number("maximum", maximum);
  }

  @Test
  void soundAnalysisRuns() throws OrtException {
    analysis(1e-5f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, 6).run();
  }

  @Test
  void analysisWithNumbersThatItCannotHave() {
    for (float floor : new float[] {0, 1e-40f, -1, Float.POSITIVE_INFINITY, Float.NaN}) {
      assertRefused(
          "node 'node1' (MelSpectrogram): attribute 'floor': expected a number from 1.17549e-38 to"
              + " 3.40282e+38, found ",
          analysis(floor, 0, 1, 6)::session);
    }
    assertRefused(
        "node 'node1' (MelSpectrogram): attribute 'maximum': expected a number from 2 to inf, found 1",
        analysis(1e-5f, 2, 1, 6)::session);
    assertRefused(
        "node 'node1' (MelSpectrogram): attribute 'minimum': expected a number from -inf to inf, found ",
        analysis(1e-5f, Float.NaN, 1, 6)::session);
  }

  @Test
  void analysisOfOtherSizes() {
    assertRefused(
        "node 'node1' (MelSpectrogram): twiddles: expected [P = 6, 2], found [7, 2]",
        analysis(1e-5f, 0, 1, 7)::session);
    assertRefused(
        "node 'node1' (MelSpectrogram): waveform: expected at least the 6 samples of a frame, found 5",
        analysis(1e-5f, 0, 1, 6).value("waveform", new float[5], 1, 5)::run);
  }
}
