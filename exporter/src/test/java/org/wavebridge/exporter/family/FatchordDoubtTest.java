package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.graphs.CheckpointException;

/**
 * Projects that grew out of fatchord's keep its tensors but not its audio settings: those are not
 * guessed.
 */
final class FatchordDoubtTest {
  private static final Checkpoint BARE =
      CheckpointReader.read(
          Path.of("../conformance/src/test/resources/golden/fatchord_raw/checkpoint_zip.pyt"));

  @Test
  void tensorsUnderAKeyAreNotTakenForFatchords() {
    Checkpoint nested = under("model_state_dict", Map.of());
    CheckpointException refused =
        assertThrows(
            CheckpointException.class, () -> Families.read(nested, Families.AUTO, Map.of()));
    assertTrue(
        refused.getMessage().contains("under 'model_state_dict'")
            && refused.getMessage().contains("--family fatchord"),
        refused.getMessage());
    assertEquals(
        "fatchord", Families.read(nested, "fatchord", Map.of()).model().family(), "when said so");
  }

  @Test
  void aConfigurationThatNamesTheFamilySettlesIt() {
    Checkpoint named = under("state_dict", Map.of("config", Map.of("family", "fatchord")));
    assertEquals("fatchord", Families.read(named, Families.AUTO, Map.of()).model().family());
  }

  private static Checkpoint under(String key, Map<String, Object> metadata) {
    return new Checkpoint(
        BARE.file(), BARE.container(), BARE.sha256(), key, BARE.tensors(), metadata);
  }
}
