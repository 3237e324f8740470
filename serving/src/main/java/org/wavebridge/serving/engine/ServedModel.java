package org.wavebridge.serving.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.service.ServiceFigures;
import org.wavebridge.runtime.service.ServiceOptions;
import org.wavebridge.runtime.service.VocoderService;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.trace.StreamSpans;

/** One version of a model, loaded: a service for each precision. */
public final class ServedModel {
  /**
   * How bundles are opened.
   *
   * @param backend name of a backend, or {@code auto}
   * @param precisions to serve, the first being what requests get that name none; empty for all
   *     that a bundle has, f32 first
   * @param threads the most threads of a service
   * @param service bounds of each service
   */
  public record Opening(
      String backend, List<String> precisions, int threads, ServiceOptions service) {
    /** Copies the list. */
    public Opening {
      precisions = List.copyOf(precisions);
    }
  }

  private final String name;
  private final String version;
  private final BundleManifest manifest;
  private final Map<String, VocoderService> services;

  private ServedModel(
      String name, String version, BundleManifest manifest, Map<String, VocoderService> services) {
    this.name = name;
    this.version = version;
    this.manifest = manifest;
    this.services = services;
  }

  /**
   * Opens a bundle.
   *
   * @throws BundleException if it cannot be read, or lacks a precision
   * @throws org.wavebridge.graphs.BackendException if the backend is not available
   */
  static ServedModel open(String name, String version, Path path, Opening opening) {
    BundleManifest manifest;
    try (Bundle bundle = Bundle.open(path)) {
      manifest = bundle.manifest();
    }
    Map<String, VocoderService> services = new LinkedHashMap<>();
    boolean opened = false;
    try {
      for (String precision :
          opening.precisions.isEmpty() ? precisions(manifest) : opening.precisions) {
        services.put(
            precision,
            VocoderService.open(
                path,
                new VocoderOptions(opening.backend, precision, opening.threads),
                opening.service));
      }
      opened = true;
    } finally {
      if (!opened) {
        services.values().forEach(VocoderService::close);
      }
    }
    return new ServedModel(name, version, manifest, services);
  }

  /** The precisions of the graphs that make samples, f32 first. */
  private static List<String> precisions(BundleManifest manifest) {
    return manifest.graphs().stream()
        .filter(
            graph ->
                graph.kind() == GraphKind.GENERATE || graph.kind() == GraphKind.SUBSCALE_GENERATE)
        .map(BundleManifest.GraphFile::precision)
        .distinct()
        .sorted()
        .toList();
  }

  /** The model in one line, for people. */
  @Override
  public String toString() {
    return "%s version %s: %s, %d Hz, %s on %s"
        .formatted(
            name,
            version,
            manifest.network().kind(),
            manifest.audio().sampleRate(),
            String.join(" and ", services.keySet()),
            backend());
  }

  /** The name that requests use. */
  public String name() {
    return name;
  }

  /** The version: a number, as text. */
  public String version() {
    return version;
  }

  /** The bundle's description. */
  public BundleManifest manifest() {
    return manifest;
  }

  /** What can be asked for as precision; the first is what requests get that name none. */
  public List<String> precisions() {
    return List.copyOf(services.keySet());
  }

  /** The name of the backend that runs it. */
  public String backend() {
    return services.values().iterator().next().vocoder().backend();
  }

  /** What the services do, by precision. */
  public Map<String, ServiceFigures> figures() {
    Map<String, ServiceFigures> figures = new LinkedHashMap<>();
    services.forEach((precision, service) -> figures.put(precision, service.figures()));
    return figures;
  }

  /**
   * Begins a stream.
   *
   * @param frames how many it will have, if that is known
   * @throws Refusal if there is no such precision, the machine has no room, or the model goes
   */
  public ServedStream stream(VocodeSettings settings, OptionalLong frames, ServedStream.Sink sink) {
    String precision = settings.precision().isEmpty() ? precisions().get(0) : settings.precision();
    VocoderService service = services.get(precision);
    if (service == null) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "precision: model '%s' is served in %s, found '%s'"
              .formatted(name, String.join(", ", services.keySet()), settings.precision()));
    }
    StreamSpans spans = StreamSpans.begin(name, version, precision, frames);
    return ServedStream.start(service, settings, frames, sink, spans);
  }

  /**
   * Lets live streams come to their end, then closes.
   *
   * @param most time for that
   * @return whether all have ended
   */
  boolean retire(Duration most) {
    boolean ended = true;
    long end = System.nanoTime() + most.toNanos();
    for (VocoderService service : services.values()) {
      try {
        long left = Math.max(1_000_000, end - System.nanoTime());
        ended &= service.drain(Duration.ofNanos(left));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        ended = false;
      }
    }
    services.values().forEach(VocoderService::close);
    return ended;
  }
}
