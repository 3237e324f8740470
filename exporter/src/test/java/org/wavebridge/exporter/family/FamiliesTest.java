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
          "forwardtacotron",
          "wqt2019",
          "corentinj",
          "mockingbird",
          "begeekmyfriend",
          "scwavernn",
          "multiband",
          "torchaudio",
          "coqui",
          "gwang",
          "geneing",
          "mkotha",
          "deepmind",
          "papercup",
          "univoc",
          "univoc_v01",
          "lyra",
          "lpcnet");

  @TempDir Path folder;

  @Test
  void names() {
    assertEquals(NAMES, Families.names());
  }

  @ParameterizedTest
  @CsvSource({
    "fatchord_raw/checkpoint_zip.pyt, fatchord",
    "fatchord_raw/checkpoint_legacy_pre041.pyt, fatchord",
    "fatchord_mol/checkpoint_zip.pyt, fatchord",
    "en-us-16k/checkpoint.pt, wavernn-dual-softmax"
  })
  void isDetected(String file, String family) {
    Checkpoint checkpoint = CheckpointReader.read(CheckpointFiles.golden(file));
    ImportedModel imported = Families.read(checkpoint, Families.AUTO, Map.of());
    assertEquals(family, imported.model().family());
    assertTrue(imported.reason().matches("all \\d+ tensors are there(;.*)?"), imported.reason());
    assertEquals(
        List.of(family),
        Families.detect(checkpoint).stream()
            .filter(FamilyMatch::fits)
            .map(FamilyMatch::family)
            .toList());
    Families.read(checkpoint, family, Map.of());
  }

  @Test
  void theWrongFamilyNamesTheFirstMissingAndUnexpectedTensors() {
    Altered.voice(folder)
        .withoutConfig()
        .refused(
            "fatchord",
            Map.of(),
            MISFIT.formatted(
                "fatchord",
                "[I.bias, I.weight, fc1.bias, fc1.weight, fc2.bias, fc2.weight, fc3.bias, fc3.weight] and 16 more",
                "[O1.bias, O1.weight, O2.bias, O2.weight, O3.bias, O3.weight, O4.bias, O4.weight] and 8 more"));
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
            "fits no known family, nearest is fatchord: missing [I.bias], unexpected []; 'wavebridge inspect' lists the others under 'families considered'");
    Altered.voice(folder)
        .withoutConfig()
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

  /** The file, the configuration, the user and the tensors must agree on the family. */
  @Test
  void theConfigurationMayNotNameAnotherFamily() {
    Altered.voice(folder)
        .own("family", "fatchord")
        .refused(
            "the checkpoint says family 'fatchord', but the tensors do not: missing [I.bias, I.weight, fc1.bias, fc1.weight] and 20 more, unexpected [O1.bias, O1.weight, O2.bias, O2.weight] and 12 more; they are those of wavernn-dual-softmax");
    Altered.raw(folder)
        .own("family", "wavernn-dual-softmax")
        .refused(
            "auto",
            Map.of("family", "fatchord"),
            "--config says family 'fatchord', the checkpoint says family 'wavernn-dual-softmax'; a checkpoint is of one family");
    Altered.raw(folder)
        .own("family", "corentinj")
        .refused(
            "fatchord",
            Map.of(),
            "--family says family 'fatchord', the checkpoint says family 'corentinj'; a checkpoint is of one family");
    Altered.raw(folder)
        .refused("auto", Map.of("family", "hifigan"), "no family 'hifigan'; known are " + NAMES);
    Altered.raw(folder)
        .own("family", "hifigan")
        .refused("auto", Map.of(), "no family 'hifigan'; known are " + NAMES);
  }

  /** The tensors of a bare state dict are fatchord's, but the file says whose it is. */
  @Test
  void whatTheFileSaysOfItselfCounts() {
    ImportedModel said = Altered.raw(folder).own("family", "corentinj").read();
    assertEquals("corentinj", said.model().family());
    assertEquals(16000, said.model().audio().sampleRate());
    assertEquals(
        "corentinj", Altered.raw(folder).own("family", "CorentinJ").read().model().family());
    ImportedModel asText =
        Altered.raw(folder)
            .own("config", "{\"family\": \"corentinj\", \"sample_rate\": 22050}")
            .read();
    assertEquals("corentinj", asText.model().family());
    assertEquals(22050, asText.model().audio().sampleRate());
    ImportedModel given = Altered.raw(folder).read("auto", Map.of("family", "corentinj"));
    assertEquals("corentinj", given.model().family());
    Checkpoint read = CheckpointReader.read(Altered.raw(folder).withoutConfig().write());
    Checkpoint beside =
        new Checkpoint(
            read.file(),
            read.container(),
            read.sha256(),
            "state_dict",
            read.tensors(),
            Map.of("family", "corentinj"));
    FamilyMatch match =
        Families.detect(beside).stream().filter(FamilyMatch::fits).findFirst().orElseThrow();
    assertEquals(
        "fatchord", Families.read(fatchords(beside), Families.AUTO, Map.of()).model().family());
    assertEquals("corentinj", match.family());
  }

  /** A fatchord checkpoint with another family's name beside the tensors. */
  private static Checkpoint fatchords(Checkpoint checkpoint) {
    return new Checkpoint(
        checkpoint.file(),
        checkpoint.container(),
        checkpoint.sha256(),
        checkpoint.location(),
        checkpoint.tensors(),
        Map.of("family", "fatchord"));
  }

  @Test
  void aWordThatNoFamilyHasYieldsToTheUsersChoice() {
    assertEquals(
        "fatchord",
        Altered.raw(folder).own("family", "hifigan").read("fatchord", Map.of()).model().family());
  }

  @Test
  void whatIsNoVocoderIsNotComparedWithOne() {
    Altered.raw(folder)
        .withoutTensors()
        .shape("encoder.weight", 2, 2)
        .shape("encoder.bias", 2)
        .refused(
            "fits no known family, its tensors are [encoder.weight, encoder.bias]; is it a vocoder? 'wavebridge inspect' lists what it has");
  }
}
