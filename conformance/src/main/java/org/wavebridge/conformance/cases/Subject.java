package org.wavebridge.conformance.cases;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.conformance.targets.TestGraph;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.bundle.BundledModel;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.quantize.Quantizer;

/** A model with its graphs. */
public final class Subject {
  private final String name;
  private final VocoderModel model;
  private final Optional<VocoderModel> quantised;
  private final GraphSource graphs;
  private final Optional<SubscalePart> subscale;

  /** Where serialised graphs come from. */
  private interface GraphSource {
    byte[] graph(GraphKind kind, String precision);
  }

  private Subject(
      String name,
      VocoderModel model,
      Optional<VocoderModel> quantised,
      Optional<SubscalePart> subscale,
      GraphSource graphs) {
    this.name = name;
    this.model = model;
    this.quantised = quantised;
    this.subscale = subscale;
    this.graphs = graphs;
  }

  /**
   * A bundle, with the model read back from its graphs.
   *
   * @throws org.wavebridge.graphs.WaveBridgeException if it cannot be read
   */
  public static Subject ofBundle(Path path) {
    Bundle bundle = Bundle.open(path);
    Optional<VocoderModel> quantised =
        bundle.has(GraphKind.SCORE, BundleManifest.INT8)
            ? Optional.of(BundledModel.of(bundle, BundleManifest.INT8))
            : Optional.empty();
    return of(bundle, BundledModel.of(bundle, BundleManifest.F32), quantised);
  }

  /** A bundle, with the models it was made from. */
  public static Subject ofBundle(Path path, VocoderModel model, Optional<VocoderModel> quantised) {
    return of(Bundle.open(path), model, quantised);
  }

  /** The bundle stays open as long as the subject is in use. */
  private static Subject of(Bundle bundle, VocoderModel model, Optional<VocoderModel> quantised) {
    return new Subject("bundle", model, quantised, bundle.manifest().subscale(), bundle::graph);
  }

  /** A model whose graphs are built here, in f32 and in int8 with activations of 8 bits. */
  public static Subject of(String name, VocoderModel model) {
    return of(name, model, Activations.BITS_8);
  }

  /** The same with other activations. */
  public static Subject of(String name, VocoderModel model, Activations activations) {
    VocoderModel quantised = Quantizer.quantise(model, activations);
    Map<GraphKind, byte[]> f32 = new EnumMap<>(GraphKind.class);
    Map<GraphKind, byte[]> int8 = new EnumMap<>(GraphKind.class);
    return new Subject(
        name,
        model,
        Optional.of(quantised),
        model.subscale().map(SubscalePart::of),
        (kind, precision) -> {
          boolean inInt8 = precision.equals(BundleManifest.INT8);
          Map<GraphKind, byte[]> built = inInt8 ? int8 : f32;
          if (built.isEmpty()) {
            Map<GraphKind, OnnxModel> made =
                inInt8 ? VocoderGraphs.buildInt8(quantised) : VocoderGraphs.build(model);
            made.forEach((each, onnx) -> built.put(each, onnx.toBytes()));
          }
          byte[] graph = built.get(kind);
          if (graph == null) {
            throw new IllegalArgumentException(name + " has no " + kind.label() + " graph");
          }
          return graph;
        });
  }

  /** The name in reports; {@code bundle} for the bundle under test. */
  public String name() {
    return name;
  }

  /** The subscale generation that the manifest of a bundle describes, if any. */
  public Optional<SubscalePart> subscale() {
    return subscale;
  }

  /** The precisions it has. */
  public List<String> precisions() {
    return quantised.isPresent()
        ? List.of(BundleManifest.F32, BundleManifest.INT8)
        : List.of(BundleManifest.F32);
  }

  /** The model, quantised for int8. */
  public VocoderModel model(String precision) {
    return precision.equals(BundleManifest.INT8) ? quantised.orElseThrow() : model;
  }

  /** A graph; features, conditioner and step exist in f32 only. */
  TestGraph graph(GraphKind kind, String precision) {
    return new TestGraph(
        name + ": " + kind.label() + " " + precision,
        graphs.graph(kind, precision),
        precision,
        new TestGraph.VocoderPart(kind, model(precision)));
  }
}
