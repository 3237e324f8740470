package org.wavebridge.runtime;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.runtime.internal.lifetime.GuardedBackend;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.BackendProvider;

/** Finds backends by name. */
public final class Backends {
  /** The name that stands for the best available backend. */
  public static final String AUTO = "auto";

  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

  private Backends() {}

  /** All backends this build knows, best first, available or not. */
  public static List<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(BackendProvider::rank).reversed())
        .toList();
  }

  /**
   * Makes a backend.
   *
   * @param name of a backend, or {@link #AUTO}
   * @param threads threads a graph may use
   * @throws BackendException if there is no such backend, or it is missing something on this
   *     machine
   */
  public static Backend create(String name, int threads) {
    return GuardedBackend.of(name.equals(AUTO) ? best(threads) : named(name).create(threads));
  }

  private static BackendProvider named(String name) {
    BackendProvider provider =
        providers().stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new BackendException(
                        "no backend '%s' in this build; it has %s".formatted(name, names())));
    provider
        .missing()
        .ifPresent(
            reason -> {
              throw new BackendException("backend '%s': %s".formatted(name, reason));
            });
    return provider;
  }

  private static Backend best(int threads) {
    for (BackendProvider provider : providers()) {
      Optional<String> missing = provider.missing();
      if (missing.isPresent()) {
        LOG.info("backend '{}' not chosen: {}", provider.name(), missing.get());
        continue;
      }
      try {
        Backend backend = provider.create(threads);
        LOG.info("backend '{}' chosen", provider.name());
        return backend;
      } catch (BackendException e) {
        LOG.warn("backend '{}' not chosen: {}", provider.name(), e.getMessage());
      }
    }
    throw new BackendException(
        "no backend is available on this machine; this build has " + names());
  }

  private static String names() {
    return String.join(", ", providers().stream().map(BackendProvider::name).toList());
  }
}
