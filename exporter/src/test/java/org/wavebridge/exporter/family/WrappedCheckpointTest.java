package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wavebridge.exporter.files.SameModel.assertSame;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.exporter.files.Rewritten;
import org.wavebridge.graphs.model.VocoderModel;

/** A network that was saved with its wrappers is the same model. */
final class WrappedCheckpointTest {
  private static final String GOLDEN = "fatchord_raw/checkpoint_zip.pyt";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"_orig_mod.", "_orig_mod.module.model."})
  void theSameModel(String prefix) {
    Path wrapped = new Rewritten(GOLDEN).renamed("", prefix).zip(folder);
    assertEquals(prefix, CheckpointReader.read(wrapped).prefix());
    assertSame(prefix, model(CheckpointFiles.golden(GOLDEN)), model(wrapped));
  }

  private static VocoderModel model(Path file) {
    return Families.read(CheckpointReader.read(file), Families.AUTO, Map.of()).model();
  }
}
