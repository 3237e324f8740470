package org.wavebridge.exporter.family;

import java.util.List;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * A checkpoint understood.
 *
 * @param model the vocoder
 * @param settings every setting used, with its source
 * @param reason why this family
 * @param checkpoint the file
 * @param notes what the user should know of settings that are not applied, a sentence each
 */
public record ImportedModel(
    VocoderModel model,
    List<ResolvedSetting> settings,
    String reason,
    Checkpoint checkpoint,
    List<String> notes) {
  /** Copies the lists. */
  public ImportedModel {
    settings = List.copyOf(settings);
    notes = List.copyOf(notes);
  }

  /** Without notes. */
  public ImportedModel(
      VocoderModel model, List<ResolvedSetting> settings, String reason, Checkpoint checkpoint) {
    this(model, settings, reason, checkpoint, List.of());
  }

  /** The same import with another model made of it. */
  public ImportedModel with(VocoderModel other) {
    return new ImportedModel(other, settings, reason, checkpoint, notes);
  }
}
