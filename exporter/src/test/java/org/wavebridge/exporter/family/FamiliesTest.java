package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.files.Altered;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.Refusals;

/** Which family a checkpoint is taken for. */
final class FamiliesTest {
  private static final String MISFIT =
      "does not fit family '%s': missing tensors %s, unexpected tensors %s; see 'wavebridge inspect' for what fits";

  private static final List<String> NAMES =
      List.of(
          "wavernn-dual-softmax",
          "fatchord",
          "corentinj",
          "torchaudio",
          "coqui",
          "gwang",
          "geneing",
          "mkotha",
          "deepmind",
          "papercup",
          "lyra");

  @TempDir Path folder;

  @Test
  void names() {
    assertEquals(NAMES, Families.names());
  }

  @ParameterizedTest
  @CsvSource({
    "fatchord_raw/checkpoint_zip.pyt, fatchord",
    "fatchord_raw/checkpoint_legacy_pre041.pyt, fatchord",
    "fatchord_mol/checkpoint_gpulike_legacy.pyt, fatchord",
    "en-us-16k/checkpoint.pt, wavernn-dual-softmax"
  })
  void isDetected(String file, String family) {
    Checkpoint checkpoint = CheckpointReader.read(CheckpointFiles.golden(file));
    ImportedModel imported = Families.read(checkpoint, Families.AUTO, Map.of());
    assertEquals(family, imported.model().family());
    assertTrue(imported.reason().matches("all \\d+ tensors are there"), imported.reason());
    assertEquals(
        List.of(family),
        Families.detect(checkpoint).stream()
            .filter(FamilyMatch::fits)
            .map(FamilyMatch::family)
            .toList());
    Families.read(checkpoint, family, Map.of());
  }

  @Test
  void theWrongFamilyListsEveryMissingAndUnexpectedTensor() {
    Checkpoint voice = CheckpointReader.read(CheckpointFiles.golden("en-us-16k/checkpoint.pt"));
    Refusals.refused(
        voice.file(),
        MISFIT.formatted(
            "fatchord",
            "[I.bias, I.weight, fc1.bias, fc1.weight, fc2.bias, fc2.weight, fc3.bias, fc3.weight, rnn1.bias_hh_l0, rnn1.bias_ih_l0, rnn1.weight_hh_l0, rnn1.weight_ih_l0, rnn2.bias_hh_l0, rnn2.bias_ih_l0, rnn2.weight_hh_l0, rnn2.weight_ih_l0, upsample.resnet.batch_norm.bias, upsample.resnet.batch_norm.running_mean, upsample.resnet.batch_norm.running_var, upsample.resnet.batch_norm.weight, upsample.resnet.conv_in.weight, upsample.resnet.conv_out.bias, upsample.resnet.conv_out.weight, upsample.up_layers.1.weight]",
            "[O1.bias, O1.weight, O2.bias, O2.weight, O3.bias, O3.weight, O4.bias, O4.weight, b_hh, b_ih, conv1.bias, conv1.weight, conv2.bias, conv2.weight, w_hh, w_ih]"),
        () -> Families.read(voice, "fatchord", Map.of()));
  }

  @Test
  void anUnknownFamily() {
    Checkpoint voice = CheckpointReader.read(CheckpointFiles.golden("en-us-16k/checkpoint.pt"));
    Refusals.refused(
        voice.file(),
        "no family 'tacotron'; known are " + NAMES,
        () -> Families.read(voice, "tacotron", Map.of()));
  }

  @Test
  void missingAndExtraTensorsAreNamed() {
    Altered.raw(folder)
        .without("I.bias", "upsample.up_layers.3.weight", "rnn2.weight_hh_l0")
        .shape("rnn3.weight", 1)
        .refused(
            "fatchord",
            Map.of(),
            MISFIT.formatted(
                "fatchord",
                "[I.bias, rnn2.weight_hh_l0, upsample.up_layers.3.weight]",
                "[rnn3.weight]"));
    Altered.voice(folder)
        .without("conv1.weight", "conv2.weight", "O3.bias")
        .shape("conv4.bias", 1)
        .refused(
            "wavernn-dual-softmax",
            Map.of(),
            MISFIT.formatted(
                "wavernn-dual-softmax",
                "[O3.bias, conv1.weight, conv2.weight, conv3.bias, conv3.weight, conv4.weight]",
                "[]"));
    Altered.raw(folder)
        .without(
            "upsample.resnet.layers.1.conv2.weight", "upsample.resnet.layers.0.batch_norm1.bias")
        .refused(
            "fatchord",
            Map.of(),
            MISFIT.formatted(
                "fatchord",
                "[upsample.resnet.layers.0.batch_norm1.bias, upsample.resnet.layers.1.conv2.weight]",
                "[]"));
  }

  @Test
  void whatFitsNoFamilyIsToldTheNearest() {
    Altered.raw(folder)
        .without("I.bias", "step")
        .refused(
            "fits no known family, nearest is fatchord: missing [I.bias], unexpected []; corentinj: missing [I.bias], unexpected []; coqui: missing [I.bias], unexpected []; gwang: missing [I.bias], unexpected []; 'wavebridge inspect' lists the others under 'families considered'");
    Altered.voice(folder)
        .shape("other", 2)
        .refused(
            "fits no known family, nearest is wavernn-dual-softmax: missing [], unexpected [other]; 'wavebridge inspect' lists the others under 'families considered'");
  }

  @Test
  void everyFamilySaysWhatIsMissing() {
    Path file = Altered.raw(folder).without("I.bias").write();
    Map<String, String> lacks =
        Families.detect(CheckpointReader.read(file)).stream()
            .collect(Collectors.toMap(FamilyMatch::family, FamilyMatch::explanation));
    assertEquals(Set.copyOf(NAMES), lacks.keySet());
    assertEquals(
        "missing [O1.bias, O1.weight, O2.bias, O2.weight] and 10 more, unexpected [I.weight, fc1.bias, fc1.weight, fc2.bias] and 59 more",
        lacks.get("wavernn-dual-softmax"));
    assertEquals("missing [I.bias], unexpected []", lacks.get("fatchord"));
    assertEquals("missing [I.bias], unexpected [step]", lacks.get("gwang"));
    assertEquals(
        "missing [conditioning_network.linproj.bias, conditioning_network.linproj.weight, fc0.bias, fc0.weight], unexpected [I.weight, step]",
        lacks.get("papercup"));
  }

  @Test
  void numbersOfLayersBeyondAnyModelAreUnexpected() {
    Altered.raw(folder)
        .shape("upsample.up_layers.99999999999.weight", 1)
        .shape("upsample.resnet.layers.99999999999.conv1.weight", 1)
        .shape("upsample.up_layers.2.weight", 1)
        .refused(
            "fatchord",
            Map.of(),
            MISFIT.formatted(
                "fatchord",
                "[]",
                "[upsample.resnet.layers.99999999999.conv1.weight, upsample.up_layers.2.weight, upsample.up_layers.99999999999.weight]"));
  }

  @Test
  void masksOfPruningAreNotUsed() {
    Altered.voice(folder).shape("mask_ih", 768, 67).shape("mask_hh", 768, 256).read();
  }

  @Test
  void theConfigurationMayNotNameAnotherFamily() {
    Altered.voice(folder)
        .own("family", "fatchord")
        .refused("setting 'family': expected one of [wavernn-dual-softmax], found \"fatchord\"");
    Altered.raw(folder)
        .own("family", "wavernn-dual-softmax")
        .refused("setting 'family': expected one of [fatchord], found \"wavernn-dual-softmax\"");
    Altered.raw(folder)
        .refused(
            "auto",
            Map.of("family", "lpcnet"),
            "setting 'family': expected one of [fatchord], found \"lpcnet\"");
  }
}
