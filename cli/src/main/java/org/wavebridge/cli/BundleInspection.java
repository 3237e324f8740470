package org.wavebridge.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wavebridge.conformance.report.InspectPage;
import org.wavebridge.graphs.assemble.Operators;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundleManifest.Int8Part;
import org.wavebridge.graphs.bundle.BundledModel;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.onnx.GraphOutline;
import org.wavebridge.runtime.Latency;

/** Inspects a bundle; reads every graph, so that a damaged one is found. */
final class BundleInspection {
  private BundleInspection() {}

  /**
   * Inspects a bundle.
   *
   * @param pictures whether what a page shows is wanted too
   */
  static Inspection of(Bundle bundle, boolean pictures) {
    BundleManifest manifest = bundle.manifest();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("summary", summary(manifest));
    object.put("bundle", bundle.path().toString());
    object.put("format version", manifest.formatVersion());
    object.put("producer", manifest.producer());
    object.put("family", manifest.family());
    object.put(
        "source", manifest.source().file() + " (SHA-256 " + manifest.source().sha256() + ")");
    object.put("audio", Descriptions.audio(manifest.audio()));
    object.put("features", Descriptions.features(manifest.features()));
    if (manifest.speakerSize() > 0) {
      object.put(Descriptions.SPEAKER, manifest.speakerSize());
    }
    object.put("utterance", Descriptions.utterance(manifest.utterance()));
    object.put("network", network(manifest.network()));
    manifest
        .subscale()
        .ifPresent(
            subscale ->
                object.put(
                    "subscale", Descriptions.subscale(subscale, manifest.audio().sampleRate())));
    activationBits(manifest).ifPresent(bits -> object.put("int8 activations", bits + " bits"));
    manifest.bands().ifPresent(bands -> object.put("bands", Descriptions.bands(bands)));
    object.put("conditioning", conditioning(manifest));
    object.put("context frames", manifest.contextFrames());
    object.put("future frames", manifest.futureFrames());
    object.put(
        "latency of a stream", Descriptions.latency(Latency.of(manifest, manifest.subscale())));
    manifest.stream()
        .ifPresent(stream -> object.put("stream conditioner", Descriptions.stream(stream)));
    object.put("graphs", graphs(bundle));
    return new Inspection(
        object,
        Set.of(),
        pictures
            ? CheckpointInspection.matrices(BundledModel.of(bundle, BundleManifest.F32))
            : List.of(),
        pictures ? outlines(bundle) : List.of());
  }

  /** All graphs; the one of a step is shown at once. */
  private static List<InspectPage.Graph> outlines(Bundle bundle) {
    List<InspectPage.Graph> outlines = new ArrayList<>();
    for (BundleManifest.GraphFile graph : bundle.manifest().graphs()) {
      boolean step = graph.kind() == GraphKind.STEP || graph.kind() == GraphKind.SUBSCALE;
      outlines.add(
          new InspectPage.Graph(
              "%s in %s (%s)".formatted(graph.kind().label(), graph.precision(), graph.file()),
              step && graph.precision().equals(BundleManifest.F32),
              GraphOutline.of(bundle.graph(graph.kind(), graph.precision()), Operators.ALL)));
    }
    return outlines;
  }

  /** The bits of int8 activations; empty without int8 graphs. */
  private static Optional<Integer> activationBits(BundleManifest manifest) {
    boolean int8 =
        manifest.graphs().stream().anyMatch(graph -> graph.precision().equals(BundleManifest.INT8));
    return int8
        ? Optional.of(
            manifest.int8().map(Int8Part::activationBits).orElse(Activations.BITS_8.bits()))
        : Optional.empty();
  }

  private static String summary(BundleManifest manifest) {
    List<String> precisions =
        manifest.graphs().stream().map(BundleManifest.GraphFile::precision).distinct().toList();
    return String.format(
        Locale.ROOT,
        "a bundle made from a checkpoint of family %s: %d Hz, %d mels, %d graphs in %s",
        manifest.family(),
        manifest.audio().sampleRate(),
        manifest.features().mels(),
        manifest.graphs().size(),
        String.join(" and ", precisions));
  }

  private static Map<String, Object> network(BundleManifest.Network network) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("kind", network.kind());
    map.put("head", network.head().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    map.put("outputs", network.outputs());
    map.put("state", network.stateSize());
    map.put("draws per sample", network.draws());
    map.putAll(network.sizes());
    return map;
  }

  private static List<Map<String, Object>> conditioning(BundleManifest manifest) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Conditioning tensor : manifest.conditioning()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("tensor", tensor.name());
      row.put("rate", tensor.rate() == Conditioning.Rate.FRAME ? "frame" : "sample");
      row.put("size", tensor.size());
      rows.add(row);
    }
    return rows;
  }

  private static List<Map<String, Object>> graphs(Bundle bundle) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (BundleManifest.GraphFile graph : bundle.manifest().graphs()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("graph", graph.kind().label());
      row.put("precision", graph.precision());
      row.put("file", graph.file());
      row.put("bytes", bundle.graph(graph.kind(), graph.precision()).length);
      row.put("sha256", graph.sha256());
      rows.add(row);
    }
    return rows;
  }
}
