package org.wavebridge.exporter.family;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
          new ForwardTacotron(),
          new Wqt2019(),
          new CorentinJ(),
          new MockingBird(),
          new BegeekMyFriend(),
          new ScWaveRnn(),
          new MultiBand(),
          new Torchaudio(),
          new Coqui(),
          new GWang(),
          new Geneing(),
          new Mkotha(),
          new DeepMind(),
          new Papercup(),
          new UniVoc(UniVoc.Version.SECOND),
          new UniVoc(UniVoc.Version.FIRST),
          new Lyra(),
          new LpcNet());

  private Families() {}

  /** The names of all families. */
  public static List<String> names() {
    return ALL.stream().map(Family::name).toList();
  }

  /** The match of each family with a checkpoint. */
  public static List<FamilyMatch> detect(Checkpoint checkpoint) {
    return ALL.stream().map(family -> family.match(checkpoint)).toList();
  }

  /**
   * Builds the model of a checkpoint. What the checkpoint and the configuration say of its family
   * counts: they may not name different ones, or another than is asked for.
   *
   * @param name of a family, or {@link #AUTO}
   * @param config content of a configuration file; empty if none is given
   * @throws CheckpointException if no family fits, or tensors or settings do not fit the family
   */
  public static ImportedModel read(Checkpoint checkpoint, String name, Map<String, Object> config) {
    Family family = family(checkpoint, name, config);
    TensorReader tensors = new TensorReader(checkpoint);
    tensors.requireNames(family.name(), family.tensors(checkpoint), family.unused(checkpoint));
    Map<String, Object> own = new LinkedHashMap<>(family.told(checkpoint));
    own.putAll(OwnSettings.flat(OwnWord.config(checkpoint), family.parts(), family.settings()));
    Settings settings =
        new Settings(
            checkpoint.file(), OwnSettings.flat(config, family.parts(), family.settings()), own);
    settings.requireKnown(family);
    settings.recordFamily(family.name());
    VocoderModel read = family.read(tensors, settings);
    VocoderModel model =
        read.with(BlockShapes.choose(read.network())).with(BlockShapes.choose(read.conditioner()));
    return new ImportedModel(
        model,
        settings.resolved(),
        family.match(checkpoint).explanation(),
        checkpoint,
        settings.notes());
  }

  /** The name as the registry has it, whatever its case; one that it does not have, as it is. */
  static String known(String name) {
    return names().stream().filter(name::equalsIgnoreCase).findFirst().orElse(name);
  }

  private static Family family(Checkpoint checkpoint, String name, Map<String, Object> config) {
    Map<String, String> said = new LinkedHashMap<>();
    if (!name.equals(AUTO)) {
      said.put("--family", named(checkpoint, known(name)).name());
    }
    if (config.get("family") instanceof String given) {
      said.put("--config", known(given));
    }
    OwnWord.family(checkpoint)
        .filter(own -> said.isEmpty() || names().contains(own))
        .ifPresent(own -> said.put("the checkpoint", own));
    if (Set.copyOf(said.values()).size() > 1) {
      throw new CheckpointException(
          "%s: %s; a checkpoint is of one family"
              .formatted(
                  checkpoint.file(),
                  said.entrySet().stream()
                      .map(word -> word.getKey() + " says family '" + word.getValue() + "'")
                      .collect(Collectors.joining(", "))));
    }
    if (said.isEmpty()) {
      return detected(checkpoint);
    }
    Family family = named(checkpoint, said.values().iterator().next());
    FamilyMatch match = family.match(checkpoint);
    if (name.equals(AUTO) && match.off() > 0) {
      throw new CheckpointException(
          "%s: %s says family '%s', but the tensors do not: %s%s"
              .formatted(
                  checkpoint.file(),
                  said.keySet().iterator().next(),
                  family.name(),
                  match.explanation(),
                  fitting(checkpoint, family)));
    }
    return family;
  }

  /** The other families whose tensors a checkpoint has. */
  private static String fitting(Checkpoint checkpoint, Family family) {
    List<String> others =
        detect(checkpoint).stream()
            .filter(match -> match.off() == 0)
            .map(FamilyMatch::family)
            .filter(other -> !other.equals(family.name()))
            .toList();
    return others.isEmpty() ? "" : "; they are those of " + String.join(" or ", others);
  }

  private static Family detected(Checkpoint checkpoint) {
    List<FamilyMatch> matches = detect(checkpoint);
    List<FamilyMatch> fitting = matches.stream().filter(FamilyMatch::fits).toList();
    if (fitting.size() == 1) {
      return named(checkpoint, fitting.get(0).family());
    }
    FamilyMatch nearest =
        matches.stream()
            .min(
                Comparator.comparingInt(FamilyMatch::off)
                    .thenComparing(
                        match -> named(checkpoint, match.family()).doubt(checkpoint).isPresent()))
            .orElseThrow();
    Optional<String> other = OtherCheckpoints.ofTensors(checkpoint.tensors().keySet());
    if (nearest.off() > 0 && other.isPresent()) {
      throw new CheckpointException("%s: this is %s".formatted(checkpoint.file(), other.get()));
    }
    if (nearest.off() > 0) {
      throw new CheckpointException(checkpoint.file() + ": " + unlike(checkpoint, nearest));
    }
    List<String> possible =
        matches.stream().filter(match -> match.off() == 0).map(FamilyMatch::family).toList();
    throw new CheckpointException(
        "%s: has the tensors of %s, but it does not show whose it is%s; choose with --family"
            .formatted(
                checkpoint.file(),
                String.join(", ", possible),
                possible.size() == 1 ? " (" + nearest.explanation() + ")" : ""));
  }

  /** The message for a checkpoint that no family fits; it names the nearest where that helps. */
  private static String unlike(Checkpoint checkpoint, FamilyMatch nearest) {
    if (LpcNetArrays.matches(checkpoint)) {
      // Files that are arrays one behind the other say nowhere how many there should be.
      FamilyMatch own = new LpcNet().match(checkpoint);
      return "fits no known family, nearest is %s: %s; is the file complete?"
          .formatted(own.family(), own.explanation());
    }
    Set<String> names = checkpoint.tensors().keySet();
    long shared =
        named(checkpoint, nearest.family()).tensors(checkpoint).stream()
            .filter(names::contains)
            .count();
    return shared * 2 < names.size()
        ? "fits no known family, its tensors are %s; is it a vocoder? 'wavebridge inspect' lists what it has"
            .formatted(FamilyMatch.few(names))
        : "fits no known family, nearest is %s: %s; 'wavebridge inspect' lists the others under 'families considered'"
            .formatted(nearest.family(), nearest.explanation());
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
