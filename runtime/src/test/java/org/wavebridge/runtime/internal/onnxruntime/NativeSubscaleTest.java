package org.wavebridge.runtime.internal.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wavebridge.runtime.internal.onnxruntime.RowValues.assertBits;

import ai.onnxruntime.OrtException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.contract.Profile;

/** The subscale operators inside ONNX Runtime give the bits of one sub-tensor after the other. */
final class NativeSubscaleTest {
  private static final String NODE = "node 'node1' (DualSoftmaxSubscaleGenerate): ";

  private static SubscaleNode dual(
      long seed, Profile profile, int rows, int horizon, int samples, boolean ownPast) {
    NetworkNode utterance = new NetworkNode.Dual(seed, 1, samples, profile);
    return new SubscaleNode(utterance, seed, rows, horizon, ownPast);
  }

  private static void assertRefused(String message, Executable call) {
    String found = assertThrows(OrtException.class, call).getMessage();
    assertTrue(found.contains(message), () -> "expected: " + message + "\nfound: " + found);
  }

  @ParameterizedTest
  @CsvSource({
    "1,0,40,false,F32",
    "1,0,40,true,INT8",
    "2,1,37,false,INT8",
    "6,4,101,true,F32",
    "5,9,203,false,F32",
    "6,3,4,true,INT8",
    "6,4,101,true,INT8_12",
    "4,2,700,true,INT8"
  })
  void dualSoftmax(int rows, int horizon, int samples, boolean ownPast, Profile profile)
      throws OrtException {
    SubscaleNode network = dual(1, profile, rows, horizon, samples, ownPast);
    assertBits(network.expected(), network.node().run());
  }

  @ParameterizedTest
  @CsvSource({
    "1,0,40,false,F32,0",
    "2,1,37,false,INT8,4",
    "6,4,101,true,F32,0",
    "5,9,203,false,F32,4",
    "6,4,101,true,INT8_12,0",
    "4,2,700,true,INT8,0"
  })
  void residualGru(
      int rows, int horizon, int samples, boolean ownPast, Profile profile, int mixtures)
      throws OrtException {
    NetworkNode utterance = new NetworkNode.Residual(2, 1, samples, mixtures, profile);
    SubscaleNode network = new SubscaleNode(utterance, 2, rows, horizon, ownPast);
    assertBits(network.expected(), network.node().run());
  }

  @Test
  void callsContinueEachOther() throws OrtException {
    SubscaleNode network = dual(3, Profile.F32, 4, 5, 150, true);
    OneNodeModel model = network.node();
    List<float[]> made = null;
    for (int step = 0, count = 1; step < network.steps(); step += count, count += 3) {
      if (made != null) {
        model
            .value("audio_in", made.get(0), 150)
            .value("previous", made.get(1), 4, 2)
            .value("state", made.get(2), 4, 12);
      }
      made = model.value("schedule", 0, 1, step, count).run();
    }
    assertBits(network.expected(), made);
  }

  @Test
  void noStepsOrNoSamplesChangeNothing() throws OrtException {
    SubscaleNode network = dual(4, Profile.F32, 3, 2, 20, false);
    List<float[]> before = List.of(new float[20], network.previous(), network.state());
    assertBits(before, network.node().value("schedule", 0, 1, 5, 0).run());
    assertBits(before, network.node().value("schedule", 0, 1, 1000, 1000).run());
    OneNodeModel none =
        network
            .node()
            .value("uniforms", new float[0], 0, 2)
            .value("audio_in", new float[0], 0)
            .value("conditioning", new float[0], 0, 5);
    assertBits(List.of(new float[0], network.previous(), network.state()), none.run());
  }

  @Test
  void schedules() {
    SubscaleNode network = dual(5, Profile.F32, 3, 2, 100, false);
    assertRefused(
        NODE + "schedule: expected [4], found [3]", network.node().value("schedule", 0, 1, 0)::run);
    assertRefused(
        NODE + "schedule[1] (chunk): expected 1 to 2147483647, found 0",
        network.node().value("schedule", 0, 0, 0, 1)::run);
    assertRefused(
        NODE + "schedule[3] (steps): expected 0 to 1099511627776, found -1",
        network.node().value("schedule", 0, 1, 0, -1)::run);
    assertRefused(
        NODE + "schedule[2] (first step): expected 0 to 1099511627776, found 9223372036854775807",
        network.node().value("schedule", 0, 1, Long.MAX_VALUE, Long.MAX_VALUE)::run);
    assertRefused(
        NODE + "schedule[0] (first sample): expected a multiple of 3 (rows), found 4",
        network.node().value("schedule", 4, 1, 0, 1)::run);
    // Row 2 makes position 14 in step 20, and its context goes back from 16 to 11.
    assertRefused(
        NODE
            + "schedule[0] (first sample): expected at most 33, as row 2 needs it in step 20,"
            + " found 60",
        network.node().value("schedule", 60, 1, 20, 1)::run);
  }

  @Test
  void shapes() {
    SubscaleNode network = dual(6, Profile.F32, 3, 2, 100, false);
    assertRefused(
        NODE + "audio: expected [A = 100], found [99]",
        network.node().value("audio_in", new float[99], 99)::run);
    assertRefused(
        NODE
            + "100 samples from sample 0 on: expected at least 25 frames (4 samples each), found 2",
        network.node().value("conditioning", new float[10], 2, 5)::run);
    assertRefused(
        NODE
            + "previous: expected at most 6 rows, for which the context network was trained,"
            + " found 7",
        network.node().value("previous", new float[14], 7, 2).value("state", new float[84], 7, 12)
            ::run);
    assertRefused(
        NODE + "previous: expected 1 to 64 rows, found 0",
        network.node().value("previous", new float[0], 0, 2).value("state", new float[0], 0, 12)
            ::run);
  }

  /** A model in which one attribute is replaced. */
  private static OneNodeModel with(String attribute, long... value) {
    return dual(7, Profile.F32, 3, 2, 100, false)
        .node()
        .withoutAttribute(attribute)
        .attributes(attribute, value);
  }

  @Test
  void contextLayers() {
    assertRefused(
        NODE
            + "attribute 'context_dilations': expected 3 integers, as many as 'context_kernels'"
            + " has, found 2",
        with("context_dilations", 1, 2)::session);
    assertRefused(
        NODE + "attribute 'context_kernels'[1]: expected 1 to 1048576, found 0",
        with("context_kernels", 3, 0, 2)::session);
    assertRefused(
        NODE
            + "attributes 'context_kernels' and 'context_dilations': expected at most 4194304"
            + " numbers that the layers look back to, found 12582918 up to layer 0",
        with("context_dilations", 1 << 20, 1, 1)::session);
    assertRefused(
        NODE + "context_layers: expected [Z = 176], found [141]",
        with("context_outputs", 5, 3, 9)::session);
    assertRefused(
        NODE + "context_layers: expected [Z = 153], found [141]",
        with("context_kernels", 3, 1, 3)::session);
    assertRefused(
        NODE
            + "attribute 'context_channels': expected 1 or more, as there are layers in"
            + " 'context_kernels', found 0",
        dual(7, Profile.F32, 3, 2, 100, false)
                .node()
                .withoutAttribute("context_channels")
                .attribute("context_channels", 0)
            ::session);
    assertRefused(
        NODE + "attribute 'horizon': expected 0 to 2147483647, found -1",
        dual(7, Profile.F32, 3, 2, 100, false)
                .node()
                .withoutAttribute("horizon")
                .attribute("horizon", -1)
            ::session);
  }
}
