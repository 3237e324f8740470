package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.family.ImportedModel;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The family and configuration of a checkpoint: the options of every command that takes one. */
final class FamilyOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--family",
      paramLabel = "NAME",
      completionCandidates = Names.class,
      defaultValue = Families.AUTO,
      description =
          "The code base the checkpoint came from: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private String family = Families.AUTO;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Settings that the checkpoint does not tell, as JSON or YAML, such as the project's own; see 'wavebridge inspect'.")
  private @Nullable Path config;

  /** The names that the option takes. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.concat(Stream.of(Families.AUTO), Families.names().stream()).iterator();
    }
  }

  /** Whether one of them was given. */
  boolean given() {
    return config != null || !family.equalsIgnoreCase(Families.AUTO);
  }

  /**
   * Refuses a name that no family has.
   *
   * @throws ParameterException naming those there are
   */
  void requireKnown() {
    family = family.toLowerCase(Locale.ROOT);
    if (!family.equals(Families.AUTO) && !Families.names().contains(family)) {
      throw new ParameterException(
          spec.commandLine(),
          "--family: expected auto or one of %s, found '%s'".formatted(Families.names(), family));
    }
  }

  /** The file of settings, if one was given. */
  Optional<Path> config() {
    return Optional.ofNullable(config);
  }

  /** Builds the model of a checkpoint. */
  ImportedModel read(Checkpoint checkpoint) {
    return Exporter.read(checkpoint, family.toLowerCase(Locale.ROOT), Optional.ofNullable(config));
  }
}
