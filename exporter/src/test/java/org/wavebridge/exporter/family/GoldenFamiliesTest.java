package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.Refusals;
import org.wavebridge.exporter.files.Rewritten;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;

/** What holds of every family: both containers, detection, and refusals. */
final class GoldenFamiliesTest {
  @TempDir Path folder;

  /** Golden checkpoints, with a layer that each has and what its configuration must say. */
  enum Given {
    FATCHORD("fatchord", "fatchord_raw/checkpoint_zip.pyt", "fc1.weight"),
    CORENTINJ("corentinj", "corentinj/checkpoint_zip.pt", "fc1.weight"),
    TORCHAUDIO("torchaudio", "torchaudio/checkpoint_zip.pth", "fc1.weight"),
    COQUI("coqui", "coqui_bits/checkpoint_zip.pth", "fc1.weight"),
    COQUI_NOAUX("coqui", "coqui_noaux_bits/checkpoint_zip.pth", "fc1.weight"),
    COQUI_INTERP("coqui", "coqui_interp_bits/checkpoint_zip.pth", "fc1.weight"),
    COQUI_MOLD("coqui", "coqui_mold/checkpoint_zip.pth", "fc1.weight"),
    GWANG("gwang", "gwang_bits/checkpoint_step000001000_zip.pth", "fc1.weight"),
    GENEING("geneing", "geneing_real/checkpoint_step000000000_zip.pth", "fc1.weight"),
    MKOTHA("mkotha", "mkotha/checkpoint_zip.pyt", "wavernn.fc3.weight"),
    DEEPMIND("deepmind", "deepmind_dual/checkpoint_zip.pyt", "O3.weight"),
    PAPERCUP("papercup", "papercup_subscale/checkpoint_zip.pth", "fc1.weight"),
    VOICE("wavernn-dual-softmax", "en-us-16k/checkpoint.pt", "O3.weight");

    private final String family;
    private final String file;
    private final String layer;

    Given(String family, String file, String layer) {
      this.family = family;
      this.file = file;
      this.layer = layer;
    }

    private Map<String, Object> config() {
      return switch (this) {
        case GWANG -> Map.of("input_type", "bits");
        case PAPERCUP -> Map.of("batch_factor", 8, "horizon", 3);
        default -> Map.of();
      };
    }

    private ImportedModel read(Path path) {
      return Families.read(CheckpointReader.read(path), Families.AUTO, config());
    }
  }

  @ParameterizedTest
  @EnumSource
  void bothContainersGiveTheSameModel(Given given) {
    VocoderModel expected = given.read(CheckpointFiles.golden(given.file)).model();
    assertEquals(given.family, expected.family());
    Rewritten rewritten = new Rewritten(given.file);
    for (Path path : List.of(rewritten.legacy(folder), rewritten.zip(folder))) {
      VocoderModel found = given.read(path).model();
      assertEquals(given.family, found.family());
      assertEquals(expected.audio(), found.audio());
      assertEquals(expected.features(), found.features());
      assertEquals(expected.utterance(), found.utterance());
      List<WeightMatrix> matrices = expected.network().matrices();
      for (int i = 0; i < matrices.size(); i++) {
        assertArrayEquals(
            matrices.get(i).values(),
            found.network().matrices().get(i).values(),
            path + " " + matrices.get(i).name());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneFamilyFitsAndSaysSo(Given given) {
    assertEquals(
        List.of(given.family),
        Families.detect(CheckpointReader.read(CheckpointFiles.golden(given.file))).stream()
            .filter(FamilyMatch::fits)
            .map(FamilyMatch::family)
            .toList());
  }

  @ParameterizedTest
  @EnumSource
  void missingAndUnexpectedTensorsAreNamed(Given given) {
    Path path =
        new Rewritten(given.file).without(given.layer).put("Float", "other.weight", 2).zip(folder);
    Refusals.refused(
        path,
        "does not fit family '%s': missing tensors [%s], unexpected tensors [other.weight]; see 'wavebridge inspect' for what fits"
            .formatted(given.family, given.layer),
        () -> Families.read(CheckpointReader.read(path), given.family, given.config()));
  }

  @ParameterizedTest
  @EnumSource
  void aWrongShapeIsNamed(Given given) {
    Rewritten rewritten = new Rewritten(given.file);
    long[] shape = rewritten.shape(given.layer);
    long[] wrong = {shape[0], shape[1] + 4};
    Path path = rewritten.put("Float", given.layer, wrong).legacy(folder);
    Refusals.refused(
        path,
        "tensor '%s': expected shape [any, %d], found %s"
            .formatted(given.layer, shape[1], Arrays.toString(wrong)),
        () -> given.read(path));
  }

  @ParameterizedTest
  @EnumSource
  void aWrongElementTypeIsNamed(Given given) {
    Rewritten rewritten = new Rewritten(given.file);
    Path path = rewritten.put("Long", given.layer, rewritten.shape(given.layer)).legacy(folder);
    Refusals.refused(
        path,
        "tensor '%s': expected floating-point elements, found I64; is this a quantised model?"
            .formatted(given.layer),
        () -> given.read(path));
  }
}
