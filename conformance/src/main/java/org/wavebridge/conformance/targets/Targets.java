package org.wavebridge.conformance.targets;

import java.util.Arrays;
import java.util.List;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.runtime.Backends;

/** Finds targets by name. */
public final class Targets {
  /** The prefix of the name of another program. */
  public static final String PROCESS = "process:";

  private static final String REFERENCE = "reference";
  private static final String CANONICAL_REFERENCE = "reference-f32";

  private Targets() {}

  /**
   * Makes a target.
   *
   * @param name a backend of the runtime, {@code auto}, {@code reference}, {@code reference-f32},
   *     or {@code process:COMMAND}
   * @param threads that a backend's graph may use
   * @param processProfile what another program promises for f32 graphs
   * @throws BackendException if there is no such target, or it is not available on this machine
   */
  public static ConformanceTarget of(String name, int threads, NumericProfile processProfile) {
    if (name.startsWith(PROCESS)) {
      List<String> command = Arrays.asList(name.substring(PROCESS.length()).strip().split("\\s+"));
      return ProcessTarget.start(command, processProfile);
    }
    return switch (name) {
      case REFERENCE -> ReferenceTarget.inDouble();
      case CANONICAL_REFERENCE -> ReferenceTarget.canonical();
      default -> backend(name, threads);
    };
  }

  private static ConformanceTarget backend(String name, int threads) {
    boolean known =
        name.equals(Backends.AUTO)
            || Backends.providers().stream().anyMatch(provider -> provider.name().equals(name));
    if (!known) {
      throw new BackendException(
          "no target '%s'; expected auto, %s, %s, %s or %sCOMMAND"
              .formatted(
                  name,
                  String.join(
                      ", ", Backends.providers().stream().map(each -> each.name()).toList()),
                  REFERENCE,
                  CANONICAL_REFERENCE,
                  PROCESS));
    }
    return new BackendTarget(name, threads);
  }
}
