package org.wavebridge.runtime;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.runtime.internal.library.NativeCode;
import org.wavebridge.runtime.internal.lifetime.GuardedBackend;
import org.wavebridge.runtime.internal.onnxruntime.OnnxRuntimeLibrary;
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
   * @param name of a backend, or {@link #AUTO}; upper case is as good as lower case
   * @param threads threads a graph may use
   * @throws BackendException if there is no such backend, or it is missing something on this
   *     machine
   */
  public static Backend create(String name, int threads) {
    OnnxRuntimeLibrary.checkLevel();
    return GuardedBackend.of(
        name.equalsIgnoreCase(AUTO)
            ? best(threads)
            : NativeCode.guarded(
                "backend '%s'".formatted(name), () -> named(name).create(threads)));
  }

  private static BackendProvider named(String name) {
    BackendProvider provider =
        providers().stream()
            .filter(candidate -> candidate.name().equalsIgnoreCase(name))
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
    Map<String, String> refused = new LinkedHashMap<>();
    for (BackendProvider provider : providers()) {
      try {
        Optional<String> missing = missing(provider);
        if (missing.isPresent()) {
          LOG.info("backend '{}' not chosen: {}", provider.name(), missing.get());
          continue;
        }
        Backend backend =
            NativeCode.guarded(
                "backend '%s'".formatted(provider.name()), () -> provider.create(threads));
        refused.forEach((name, reason) -> LOG.warn("backend '{}' not chosen: {}", name, reason));
        LOG.info("backend '{}' chosen", provider.name());
        return backend;
      } catch (BackendException e) {
        refused.put(provider.name(), String.valueOf(e.getMessage()));
      }
    }
    throw new BackendException(
        "no backend is available on this machine; this build has %s%s"
            .formatted(
                names(),
                refused.values().stream()
                    .distinct()
                    .map(reason -> "; " + reason)
                    .collect(Collectors.joining())));
  }

  /**
   * The thing that a backend lacks on this machine; empty if nothing.
   *
   * @throws BackendException if that cannot be known because native code cannot be loaded
   */
  private static Optional<String> missing(BackendProvider provider) {
    return NativeCode.guarded("backend '%s'".formatted(provider.name()), provider::missing);
  }

  private static String names() {
    return String.join(", ", providers().stream().map(BackendProvider::name).toList());
  }
}
