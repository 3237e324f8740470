package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.files.Unfinished;
import org.wavebridge.graphs.quantize.Quantizer;

/** The voice that ships with WaveBridge as a bundle, which goes when this is closed. */
final class DemoVoice implements AutoCloseable {
  /** No voice. */
  static final DemoVoice NONE = new DemoVoice(Optional.empty());

  private final Optional<Unfinished> unpacked;

  private DemoVoice(Optional<Unfinished> unpacked) {
    this.unpacked = unpacked;
  }

  /** Exports the voice, f32 and int8, to a temporary folder. */
  static DemoVoice make() {
    Unfinished unpacked = DemoCommand.unpacked();
    ImportedModel imported =
        Exporter.read(
            unpacked.folder().resolve(DemoCommand.CHECKPOINT), Families.AUTO, Optional.empty());
    DemoVoice voice = new DemoVoice(Optional.of(unpacked));
    try (StagedBundle staged =
        Exporter.stage(
            imported,
            Optional.of(Quantizer.quantise(imported.model())),
            voice.bundle(unpacked),
            Version.producer())) {
      staged.publish();
    }
    return voice;
  }

  private Path bundle(Unfinished folder) {
    return folder.folder().resolve("demo");
  }

  /** Its bundle, if there is one, before others. */
  List<Path> with(List<Path> others) {
    List<Path> all = new ArrayList<>();
    unpacked.map(this::bundle).ifPresent(all::add);
    all.addAll(others);
    return all;
  }

  /** An utterance for it, by name. */
  Map<String, Path> examples() {
    return unpacked
        .map(folder -> Map.of(DemoCommand.MEL, folder.folder().resolve(DemoCommand.MEL)))
        .orElse(Map.of());
  }

  @Override
  public void close() {
    unpacked.ifPresent(Unfinished::close);
  }
}
