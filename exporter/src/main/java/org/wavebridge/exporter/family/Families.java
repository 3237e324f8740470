package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.OtherCheckpoints;
import org.wavebridge.exporter.sparsity.BlockShapes;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.model.VocoderModel;

/** The registry of families. */
public final class Families {
  /** The name that stands for detection. */
  public static final String AUTO = "auto";

  private static final List<Family> ALL =
      List.of(
          new WaveRnnDualSoftmax(),
          new Fatchord(),
          new CorentinJ(),
          new Torchaudio(),
          new Coqui(),
          new GWang(),
          new Geneing(),
          new Mkotha(),
          new DeepMind(),
          new Papercup(),
          new Lyra());

  private Families() {}

  /** The names of all families. */
  public static List<String> names() {
    return ALL.stream().map(Family::name).toList();
  }

  /** What each family says of a checkpoint. */
  public static List<FamilyMatch> detect(Checkpoint checkpoint) {
    return ALL.stream().map(family -> family.match(checkpoint)).toList();
  }

  /**
   * Builds the model of a checkpoint.
   *
   * @param name of a family, or {@link #AUTO}
   * @param config content of a configuration file; empty if none is given
   * @throws CheckpointException if no family fits, or tensors or settings do not fit the family
   */
  public static ImportedModel read(Checkpoint checkpoint, String name, Map<String, Object> config) {
    Family family = name.equals(AUTO) ? detected(checkpoint) : named(checkpoint, name);
    TensorReader tensors = new TensorReader(checkpoint);
    tensors.requireNames(family.name(), family.tensors(checkpoint), family.unused(checkpoint));
    Settings settings =
        new Settings(checkpoint.file(), family.flat(config), family.flat(checkpoint.config()));
    settings.requireKnown(family.name(), family.settings());
    settings.requireFamily(family.name());
    VocoderModel read = family.read(tensors, settings);
    VocoderModel model =
        read.with(BlockShapes.choose(read.network())).with(BlockShapes.choose(read.conditioner()));
    return new ImportedModel(
        model, settings.resolved(), family.match(checkpoint).explanation(), checkpoint);
  }

  private static Family detected(Checkpoint checkpoint) {
    List<FamilyMatch> matches = detect(checkpoint);
    List<FamilyMatch> fitting = matches.stream().filter(FamilyMatch::fits).toList();
    if (fitting.size() == 1) {
      return named(checkpoint, fitting.get(0).family());
    }
    int least = matches.stream().mapToInt(FamilyMatch::off).min().orElseThrow();
    List<FamilyMatch> nearest =
        fitting.isEmpty()
            ? matches.stream().filter(match -> match.off() == least).toList()
            : fitting;
    String reasons =
        nearest.stream()
            .map(match -> match.family() + ": " + match.explanation())
            .collect(Collectors.joining("; "));
    Optional<String> other = OtherCheckpoints.ofTensors(checkpoint.tensors().keySet());
    if (least > 0 && other.isPresent()) {
      throw new CheckpointException("%s: this is %s".formatted(checkpoint.file(), other.get()));
    }
    if (least > 0) {
      throw new CheckpointException(
          "%s: fits no known family, nearest is %s; 'wavebridge inspect' lists the others under 'families considered'"
              .formatted(checkpoint.file(), reasons));
    }
    throw new CheckpointException(
        "%s: has the tensors of %s, but it does not show whose it is; choose with --family (%s)"
            .formatted(
                checkpoint.file(), nearest.stream().map(FamilyMatch::family).toList(), reasons));
  }

  private static Family named(Checkpoint checkpoint, String name) {
    return ALL.stream()
        .filter(family -> family.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CheckpointException(
                    "%s: no family '%s'; known are %s"
                        .formatted(checkpoint.file(), name, names())));
  }
}
