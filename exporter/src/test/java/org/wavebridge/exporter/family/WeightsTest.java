package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.files.Altered;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/** The values of a checkpoint after import: columns are cut apart, batch norm is absorbed. */
final class WeightsTest {
  @TempDir Path folder;

  @Test
  void batchNormalisationIsAbsorbed() {
    Altered raw = Altered.raw(folder);
    UpsampledMels mels = (UpsampledMels) raw.read().model().conditioner();
    AuxBranch aux = mels.aux().orElseThrow();
    String resnet = "upsample.resnet.";
    assertAbsorbed(raw, aux.input(), resnet + "conv_in.weight", resnet + "batch_norm");
    for (int i = 0; i < 3; i++) {
      String layer = resnet + "layers." + i + ".";
      AuxBranch.ResidualBlock block = aux.blocks().get(i);
      assertAbsorbed(raw, block.first(), layer + "conv1.weight", layer + "batch_norm1");
      assertAbsorbed(raw, block.second(), layer + "conv2.weight", layer + "batch_norm2");
    }
    assertArrayEquals(raw.values(resnet + "conv_out.weight"), aux.output().weight());
    assertArrayEquals(raw.values(resnet + "conv_out.bias"), aux.output().bias());
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(
          raw.values("upsample.up_layers." + (2 * i + 1) + ".weight"),
          mels.stages().get(i).kernel());
    }
  }

  /**
   * Convolving and then normalising one input at a time gives what the weight with absorbed batch
   * norm gives.
   */
  private static void assertAbsorbed(Altered from, Convolution found, String weight, String norm) {
    float[] plain = from.values(weight);
    int taps = plain.length / found.outputs();
    for (int o = 0; o < found.outputs(); o++) {
      double spread = Math.sqrt((double) from.values(norm + ".running_var")[o] + 1e-5);
      double gain = from.values(norm + ".weight")[o];
      double mean = from.values(norm + ".running_mean")[o];
      double shift = from.values(norm + ".bias")[o];
      double atZero = (0 - mean) / spread * gain + shift;
      assertClose(atZero, found.bias()[o], Math.abs(mean / spread * gain) + Math.abs(shift));
      for (int i = o * taps; i < (o + 1) * taps; i++) {
        double slope = plain[i] / spread * gain;
        assertClose(slope, found.weight()[i], Math.abs(slope));
      }
    }
  }

  /** Half a float ulp, and a little for the doubles. */
  private static void assertClose(double expected, float found, double magnitude) {
    assertEquals(expected, found, 0.5 * Math.ulp((float) expected) + 1e-15 * magnitude);
  }

  @Test
  void columnsOfTheFatchordModel() {
    Altered raw = Altered.raw(folder);
    ResidualGruNetwork network = (ResidualGruNetwork) raw.read().model().network();
    assertEquals(new Head.Categorical(512), network.head());
    assertArrayEquals(new int[] {8, 8, 8, 8}, network.auxSizes());
    assertColumns(
        raw.values("I.weight"),
        64,
        WeightMatrix.dense("sample", 64, 1, network.sample()),
        network.input().weight(),
        network.input().aux());
    assertColumns(
        raw.values("rnn2.weight_ih_l0"),
        192,
        network.gru2Input().weight(),
        network.gru2Input().aux());
    assertColumns(raw.values("fc1.weight"), 96, network.fc1().weight(), network.fc1().aux());
    assertColumns(raw.values("fc2.weight"), 96, network.fc2().weight(), network.fc2().aux());
    assertColumns(raw.values("rnn1.weight_ih_l0"), 192, network.gru1Input().weight());
    assertColumns(raw.values("rnn1.weight_hh_l0"), 192, network.gru1Recurrent().weight());
    assertColumns(raw.values("rnn2.weight_hh_l0"), 192, network.gru2Recurrent().weight());
    assertColumns(raw.values("fc3.weight"), 512, network.output().weight());
    assertArrayEquals(raw.values("I.bias"), network.input().bias());
    assertArrayEquals(raw.values("rnn1.bias_ih_l0"), network.gru1Input().bias());
    assertArrayEquals(raw.values("rnn1.bias_hh_l0"), network.gru1Recurrent().bias());
    assertArrayEquals(raw.values("rnn2.bias_ih_l0"), network.gru2Input().bias());
    assertArrayEquals(raw.values("rnn2.bias_hh_l0"), network.gru2Recurrent().bias());
    assertArrayEquals(raw.values("fc1.bias"), network.fc1().bias());
    assertArrayEquals(raw.values("fc2.bias"), network.fc2().bias());
    assertArrayEquals(raw.values("fc3.bias"), network.output().bias());
  }

  @Test
  void columnsOfTheVoice() {
    Altered voice = Altered.voice(folder);
    ImportedModel imported = voice.read();
    DualSoftmaxNetwork network = (DualSoftmaxNetwork) imported.model().network();
    assertColumns(voice.values("w_ih"), 768, network.sample(), network.conditioning().weight());
    assertColumns(voice.values("w_hh"), 768, network.recurrent().weight());
    assertArrayEquals(voice.values("b_ih"), network.conditioning().bias());
    assertArrayEquals(voice.values("b_hh"), network.recurrent().bias());
    assertArrayEquals(voice.values("O1.weight"), network.coarseHidden().weight().values());
    assertArrayEquals(voice.values("O2.weight"), network.coarseOutput().weight().values());
    assertArrayEquals(voice.values("O3.weight"), network.fineHidden().weight().values());
    assertArrayEquals(voice.values("O4.bias"), network.fineOutput().bias());
    assertArrayEquals(new float[] {128 / 127.5f - 1, -1}, network.initialPrevious());
    FrameConvolutions convolutions = (FrameConvolutions) imported.model().conditioner();
    assertArrayEquals(voice.values("conv1.weight"), convolutions.layers().get(0).weight());
    assertArrayEquals(voice.values("conv2.bias"), convolutions.layers().get(1).bias());
  }

  /** The parts side by side are the original tensor. */
  private static void assertColumns(float[] original, int rows, WeightMatrix... parts) {
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (WeightMatrix part : parts) {
        assertEquals(rows, part.rows(), part.name());
        for (int column = 0; column < part.columns(); column++) {
          assertEquals(original[at++], part.at(row, column), part.name());
        }
      }
    }
    assertEquals(original.length, at);
  }
}
