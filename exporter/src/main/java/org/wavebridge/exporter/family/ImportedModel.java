package org.wavebridge.exporter.family;

import java.util.List;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;

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

  /**
   * The same import for one speaker, whose embedding the bundle then does not ask for.
   *
   * @param embedding {@code [S]}
   * @throws InputException if the model takes no speaker, or an embedding of another size
   */
  public ImportedModel spokenBy(float[] embedding) {
    int size = model.conditioner().speakerSize();
    if (!(model.conditioner() instanceof UpsampledMels conditioner)
        || !(model.network() instanceof ResidualGruNetwork network)
        || size == 0) {
      throw new InputException(
          "%s: a speaker embedding was given, but family '%s' takes none; leave it out"
              .formatted(checkpoint.file(), model.family()));
    }
    if (embedding.length != size) {
      throw new InputException(
          "%s: expected a speaker embedding of %d values, found %d"
              .formatted(checkpoint.file(), size, embedding.length));
    }
    return with(model.with(conditioner.withSpeaker(0)).with(network.spokenBy(embedding)));
  }

  /** The same import with another model made of it. */
  public ImportedModel with(VocoderModel other) {
    return new ImportedModel(other, settings, reason, checkpoint, notes);
  }
}
