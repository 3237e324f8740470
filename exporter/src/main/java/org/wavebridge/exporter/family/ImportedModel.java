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
 */
public record ImportedModel(
    VocoderModel model, List<ResolvedSetting> settings, String reason, Checkpoint checkpoint) {
  /** Copies the list. */
  public ImportedModel {
    settings = List.copyOf(settings);
  }
}
