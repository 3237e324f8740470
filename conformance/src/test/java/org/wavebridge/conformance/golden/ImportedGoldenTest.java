package org.wavebridge.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

/** The exporter's models are those read from the golden files without it. */
final class ImportedGoldenTest {
  private static VocoderModel imported(String file) {
    return Families.read(CheckpointReader.read(Golden.path(file)), Families.AUTO, Map.of()).model();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zip",
        "legacy",
        "gpulike_zip",
        "gpulike_legacy",
        "legacy_pre041",
        "zip_torch2_emulated"
      })
  void raw(String container) {
    assertFatchord(GoldenModels.raw(), imported("fatchord_raw/checkpoint_" + container + ".pyt"));
  }

  @Test
  void mol() {
    assertFatchord(GoldenModels.mol(), imported("fatchord_mol/checkpoint_zip.pyt"));
  }

  @Test
  void voice() {
    VocoderModel expected = GoldenModels.voice();
    VocoderModel found = imported("en-us-16k/checkpoint.pt");
    assertEquals(expected.family(), found.family());
    assertEquals(expected.audio(), found.audio());
    assertEquals(expected.features(), found.features());
    FrameConvolutions frames = (FrameConvolutions) expected.conditioner();
    FrameConvolutions foundFrames = (FrameConvolutions) found.conditioner();
    assertEquals(frames.shift(), foundFrames.shift());
    assertEquals(frames.scale(), foundFrames.scale());
    assertEquals(frames.layers().size(), foundFrames.layers().size());
    for (int i = 0; i < frames.layers().size(); i++) {
      assertConvolution(0, frames.layers().get(i), foundFrames.layers().get(i));
    }
    DualSoftmaxNetwork one = (DualSoftmaxNetwork) expected.network();
    DualSoftmaxNetwork two = (DualSoftmaxNetwork) found.network();
    assertAffine(one.conditioning(), two.conditioning());
    assertMatrix(one.sample(), two.sample());
    assertAffine(one.recurrent(), two.recurrent());
    assertAffine(one.coarseHidden(), two.coarseHidden());
    assertAffine(one.coarseOutput(), two.coarseOutput());
    assertAffine(one.fineHidden(), two.fineHidden());
    assertAffine(one.fineOutput(), two.fineOutput());
    assertArrayEquals(one.initialPrevious(), two.initialPrevious());
  }

  private static void assertFatchord(VocoderModel expected, VocoderModel found) {
    assertEquals(expected.family(), found.family());
    assertEquals(expected.audio(), found.audio());
    assertEquals(expected.features().mels(), found.features().mels());
    assertEquals(expected.features().hop(), found.features().hop());
    assertUpsampling((UpsampledMels) expected.conditioner(), (UpsampledMels) found.conditioner());
    ResidualGruNetwork one = (ResidualGruNetwork) expected.network();
    ResidualGruNetwork two = (ResidualGruNetwork) found.network();
    assertArrayEquals(one.sample(), two.sample());
    assertAuxAffine(one.input(), two.input());
    assertAffine(one.gru1Input(), two.gru1Input());
    assertAffine(one.gru1Recurrent(), two.gru1Recurrent());
    assertAuxAffine(one.gru2Input(), two.gru2Input());
    assertAffine(one.gru2Recurrent(), two.gru2Recurrent());
    assertAuxAffine(one.fc1(), two.fc1());
    assertAuxAffine(one.fc2(), two.fc2());
    assertAffine(one.output(), two.output());
    assertEquals(one.head(), two.head());
  }

  private static void assertUpsampling(UpsampledMels expected, UpsampledMels found) {
    assertEquals(expected.pad(), found.pad());
    assertAux(expected.aux().orElseThrow(), found.aux().orElseThrow());
    assertEquals(expected.stages().size(), found.stages().size());
    for (int i = 0; i < expected.stages().size(); i++) {
      assertEquals(expected.stages().get(i).factor(), found.stages().get(i).factor());
      assertArrayEquals(expected.stages().get(i).kernel(), found.stages().get(i).kernel());
    }
  }

  private static void assertAux(AuxBranch expected, AuxBranch found) {
    assertConvolution(1, expected.input(), found.input());
    assertEquals(expected.blocks().size(), found.blocks().size());
    for (int i = 0; i < expected.blocks().size(); i++) {
      assertConvolution(1, expected.blocks().get(i).first(), found.blocks().get(i).first());
      assertConvolution(1, expected.blocks().get(i).second(), found.blocks().get(i).second());
    }
    assertConvolution(0, expected.output(), found.output());
  }

  private static void assertAuxAffine(AuxAffine expected, AuxAffine found) {
    assertMatrix(expected.weight(), found.weight());
    assertMatrix(expected.aux(), found.aux());
    assertArrayEquals(expected.bias(), found.bias());
  }

  private static void assertAffine(Affine expected, Affine found) {
    assertMatrix(expected.weight(), found.weight());
    assertArrayEquals(expected.bias(), found.bias());
  }

  private static void assertMatrix(WeightMatrix expected, WeightMatrix found) {
    assertEquals(expected.rows(), found.rows(), found.name());
    assertEquals(expected.columns(), found.columns(), found.name());
    assertArrayEquals(expected.values(), found.values(), found.name());
  }

  /** Batch norm is absorbed in double precision on both sides, but not in the same order. */
  private static void assertConvolution(int ulps, Convolution expected, Convolution found) {
    assertEquals(expected.outputs(), found.outputs(), found.name());
    assertEquals(expected.inputs(), found.inputs(), found.name());
    assertEquals(expected.width(), found.width(), found.name());
    if (ulps == 0) {
      assertArrayEquals(expected.weight(), found.weight(), found.name());
      assertArrayEquals(expected.bias(), found.bias(), found.name());
    } else {
      assertWithin(ulps, expected.weight(), found.weight(), found.name());
      assertWithin(ulps, expected.bias(), found.bias(), found.name());
    }
  }

  private static void assertWithin(int ulps, float[] expected, float[] found, String name) {
    assertEquals(expected.length, found.length, name);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], ulps * Math.ulp(expected[i]), name + " at " + i);
    }
  }
}
