package org.wavebridge.exporter.family;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.VocoderModel;

/** A code base that checkpoints come from: its tensors, its settings and their defaults. */
interface Family {
  /** The name for {@code --family}. */
  String name();

  /** Every setting that a configuration may give. */
  Set<String> settings();

  /**
   * The tensors a checkpoint of this family has, as far as its own keys say how many layers there
   * are.
   */
  List<String> tensors(Checkpoint checkpoint);

  /**
   * The parts of a project's own configuration that hold settings: their paths, with what other
   * versions of it put before the names inside.
   */
  default Map<String, String> parts() {
    return Map.of();
  }

  /**
   * The settings that a checkpoint of this family gives in a way of its own, by the names of {@link
   * #settings}; beside those of its configuration.
   */
  default Map<String, Object> told(Checkpoint checkpoint) {
    return Map.of();
  }

  /** Whether a name that is no setting is one of the project's own, which have no effect here. */
  default boolean ignores(String name) {
    return false;
  }

  /** Tensors that may be there and are not used. */
  Set<String> unused(Checkpoint checkpoint);

  /**
   * Builds the model.
   *
   * @throws org.wavebridge.graphs.CheckpointException if tensors or settings do not fit
   */
  VocoderModel read(TensorReader tensors, Settings settings);

  /** Why a checkpoint with exactly this family's tensors may still be another's. */
  default Optional<String> doubt(Checkpoint checkpoint) {
    return Optional.empty();
  }

  /** The families whose checkpoints look the same: they must be asked for by name. */
  default List<String> twins() {
    return List.of();
  }

  /** Whether a checkpoint has exactly this family's tensors, and what speaks against it. */
  default FamilyMatch match(Checkpoint checkpoint) {
    Set<String> missing = new TreeSet<>(tensors(checkpoint));
    int expected = missing.size();
    missing.removeAll(checkpoint.tensors().keySet());
    Set<String> extra = new TreeSet<>(checkpoint.tensors().keySet());
    extra.removeAll(tensors(checkpoint));
    extra.removeAll(unused(checkpoint));
    int off = missing.size() + extra.size();
    if (off > 0) {
      String lacks =
          "missing %s, unexpected %s".formatted(FamilyMatch.few(missing), FamilyMatch.few(extra));
      return new FamilyMatch(name(), false, off, lacks);
    }
    String all = "all %d tensors are there".formatted(expected);
    Optional<String> said = OwnWord.family(checkpoint);
    if (said.isPresent()) {
      boolean own = said.get().equals(name());
      String word = own ? all : all + ", but the file says that it is of '" + said.get() + "'";
      return new FamilyMatch(name(), own, 0, word);
    }
    Optional<String> doubt = doubt(checkpoint);
    String assumed =
        twins().isEmpty()
            ? all
            : "%s; taken for %s, files of %s look the same: --family says so"
                .formatted(all, name(), String.join(", ", twins()));
    return new FamilyMatch(name(), doubt.isEmpty(), 0, doubt.orElse(assumed));
  }
}
