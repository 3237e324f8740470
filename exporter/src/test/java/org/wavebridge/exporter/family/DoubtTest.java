package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointTensor;
import org.wavebridge.exporter.checkpoint.ElementType;
import org.wavebridge.exporter.checkpoint.MadeUpTensor;
import org.wavebridge.graphs.CheckpointException;

/**
 * Projects that grew out of fatchord's keep its tensors but not its audio settings: where they are
 * decides whose they are, and where that does not, nothing is guessed.
 */
final class DoubtTest {
  private static final Checkpoint BARE = GoldenFile.FATCHORD_RAW.checkpoint();

  private static final String SEVERAL =
      ": has the tensors of fatchord, forwardtacotron, wqt2019, corentinj, mockingbird, coqui, gwang, but it does not show whose it is; choose with --family";

  @Test
  void theBareStateDictIsFatchords() {
    assertEquals("fatchord", read(BARE, Families.AUTO, Map.of()));
  }

  @ParameterizedTest
  @CsvSource({"model_state, corentinj, mu_law", "model, coqui, mulaw"})
  void theKeyDecides(String key, String family, String setting) {
    assertEquals(family, read(under(key, Map.of()), Families.AUTO, Map.of(setting, true)));
  }

  @Test
  void aCounterBesideTheTensorsDecides() {
    Checkpoint counted = withoutStep(under("state_dict", Map.of("global_step", 7)));
    assertEquals("gwang", read(counted, Families.AUTO, Map.of("input_type", "bits")));
  }

  @Test
  void whereNothingDecidesTheFamilyIsAskedFor() {
    refused(withoutStep(under("state_dict", Map.of())), BARE.file() + SEVERAL);
    refused(withoutStep(under("model_state_dict", Map.of())), BARE.file() + SEVERAL);
  }

  @ParameterizedTest
  @CsvSource({"fatchord, mu_law", "corentinj, mu_law", "coqui, mulaw"})
  void theFamilyThatIsSaidIsTaken(String family, String setting) {
    Checkpoint nested = under("model_state_dict", Map.of());
    assertEquals(family, read(nested, family, Map.of(setting, true)));
  }

  /** 256 columns more; a number of columns that no family has is a wrong shape of fatchord's. */
  @Test
  void theWidthOfTheInputLayerTellsASpeaker() {
    assertEquals("scwavernn", read(GoldenFile.SCWAVERNN.checkpoint(), Families.AUTO, Map.of()));
    refused(
        wider(255), BARE.file() + ": tensor 'I.weight': expected shape [any, 89], found [64, 344]");
    CheckpointException narrow =
        assertThrows(CheckpointException.class, () -> read(BARE, "scwavernn", Map.of()));
    assertEquals(
        BARE.file() + ": tensor 'I.weight': expected shape [any, 345], found [64, 89]",
        narrow.getMessage());
  }

  private static Checkpoint wider(long more) {
    Map<String, CheckpointTensor> tensors = new LinkedHashMap<>(BARE.tensors());
    long[] shape = tensors.get("I.weight").shape();
    tensors.put("I.weight", MadeUpTensor.of(ElementType.F32, shape[0], shape[1] + more));
    return new Checkpoint(
        BARE.file(), BARE.container(), BARE.sha256(), BARE.location(), tensors, BARE.metadata());
  }

  @Test
  void aConfigurationThatNamesTheFamilySettlesIt() {
    Checkpoint named = under("state_dict", Map.of("config", Map.of("family", "fatchord")));
    assertEquals("fatchord", read(named, Families.AUTO, Map.of()));
  }

  /** Other names, so the place does not matter. */
  @ParameterizedTest
  @CsvSource({"'', torchaudio", "model, torchaudio", "state_dict, torchaudio"})
  void torchaudiosNamesAreItsOwn(String key, String family) {
    Checkpoint torchaudio = GoldenFile.TORCHAUDIO.checkpoint();
    assertEquals(family, read(under(torchaudio, key, Map.of()), Families.AUTO, Map.of()));
  }

  /** One family could be meant, but its tensors are elsewhere. */
  @Test
  void aSingleFamilyIsAskedForToo() {
    Checkpoint elsewhere =
        under(GoldenFile.COQUI_NOAUX.checkpoint(), "state_dict", Map.of("global_step", 7));
    refused(
        elsewhere,
        elsewhere.file()
            + ": has the tensors of coqui, but it does not show whose it is (all tensors are there, but not under 'model', where this family has them); choose with --family");
  }

  private static String read(Checkpoint checkpoint, String family, Map<String, Object> config) {
    return Families.read(checkpoint, family, config).model().family();
  }

  private static void refused(Checkpoint checkpoint, String message) {
    CheckpointException refused =
        assertThrows(
            CheckpointException.class, () -> Families.read(checkpoint, Families.AUTO, Map.of()));
    assertEquals(message, refused.getMessage());
  }

  private static Checkpoint under(String key, Map<String, Object> metadata) {
    return under(BARE, key, metadata);
  }

  private static Checkpoint under(Checkpoint of, String key, Map<String, Object> metadata) {
    return new Checkpoint(of.file(), of.container(), of.sha256(), key, of.tensors(), metadata);
  }

  /** fatchord's counter of steps, which gwang's do not have among the tensors. */
  private static Checkpoint withoutStep(Checkpoint of) {
    Map<String, CheckpointTensor> tensors = new LinkedHashMap<>(of.tensors());
    tensors.remove("step");
    return new Checkpoint(
        of.file(), of.container(), of.sha256(), of.location(), tensors, of.metadata());
  }
}
