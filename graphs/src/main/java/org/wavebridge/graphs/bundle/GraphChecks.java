package org.wavebridge.graphs.bundle;

import static org.wavebridge.graphs.contract.Activations.BITS_8;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.bundle.BundleManifest.Int8Part;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.CheckedGraph;

/**
 * Accepts a bundle's graph only if it is the one that this program writes for the model in it
 * (docs/bundle-checks.md): the model is read back from the bundle, its graph is built again, and
 * the two may differ in values of weights only. {@code bundle.json} must be that of the model, too.
 * So a file has no freedom beyond sizes and weights.
 */
final class GraphChecks {
  private final Bundle bundle;

  /** Models by precision, kept while there is memory for them. */
  private final Map<String, SoftReference<VocoderModel>> models = new HashMap<>();

  GraphChecks(Bundle bundle) {
    this.bundle = bundle;
  }

  /** The bytes of a graph that passed. */
  byte[] graph(GraphKind kind, String precision) {
    CheckedGraph found = parsed(kind, precision);
    VocoderModel model = model(precision);
    return in(
        kind,
        precision,
        () -> {
          if (!known(model, kind)) {
            throw new GraphException(
                "expected a graph that the bundle's model has, found " + kind.label());
          }
          found.requireForm(VocoderGraphs.build(model, VocoderGraphs.profile(model), kind));
          return found.toBytes();
        });
  }

  private static boolean known(VocoderModel model, GraphKind kind) {
    return VocoderGraphs.kinds(model).contains(kind)
        || (VocoderGraphs.notStandalone(model).isEmpty()
            && VocoderGraphs.standaloneKinds(model).contains(kind));
  }

  /** The model of a precision, whose description is that of the bundle. */
  synchronized VocoderModel model(String precision) {
    SoftReference<VocoderModel> kept = models.get(precision);
    VocoderModel model = kept == null ? null : kept.get();
    if (model == null) {
      model = read(precision);
      models.put(precision, new SoftReference<>(model));
    }
    return model;
  }

  private VocoderModel read(String precision) {
    BundleManifest manifest = bundle.manifest();
    GraphKind loop = BundledModel.networkGraph(manifest);
    CheckedGraph network = parsed(loop, precision);
    CheckedGraph conditioner = parsed(GraphKind.CONDITIONER, BundleManifest.F32);
    return in(
        loop,
        precision,
        () -> {
          VocoderModel model =
              BundledModel.read(
                  manifest, profile(precision), network.parsed(), conditioner.parsed());
          requireHop(model);
          requireDescription(manifest, model);
          return model;
        });
  }

  private static void requireHop(VocoderModel model) {
    int hop = model.features().hop() / model.network().samplesPerStep();
    if (model.conditioner() instanceof UpsampledMels upsampled && upsampled.hop() != hop) {
      throw new GraphException(
          "expected stages that make the %d steps of a frame, found %d; the graph and %s do not belong together"
              .formatted(hop, upsampled.hop(), BundleManifest.FILE));
    }
  }

  /** Holds {@code bundle.json} to the model that the graphs have. */
  private static void requireDescription(BundleManifest found, VocoderModel model) {
    BundleManifest expected =
        BundleManifest.of(
            model, Optional.of(model), found.producer(), found.graphs(), found.source());
    require("network", expected.network(), found.network());
    require("subscale", expected.subscale(), found.subscale());
    requireInt8(expected.int8(), found.int8());
    require("bands", expected.bands(), found.bands());
    require("stream", expected.stream(), found.stream());
    require("conditioning", expected.conditioning(), found.conditioning());
    require("speakerSize", expected.speakerSize(), found.speakerSize());
    require("contextFrames", expected.contextFrames(), found.contextFrames());
    require("futureFrames", expected.futureFrames(), found.futureFrames());
  }

  /** What f32 graphs do not tell, and older bundles of 8 bits do not say. */
  private static void requireInt8(Optional<Int8Part> graphs, Optional<Int8Part> found) {
    boolean older =
        found.isEmpty() && graphs.stream().allMatch(part -> part.activationBits() == BITS_8.bits());
    if (graphs.isPresent() && !older) {
      require("int8", graphs, found);
    }
  }

  private static void require(String what, Object expected, Object found) {
    if (!Objects.equals(expected, found)) {
      throw new GraphException(
          "%s of %s: the graphs have %s, found %s; they do not belong together"
              .formatted(what, BundleManifest.FILE, expected, found));
    }
  }

  private CheckedGraph parsed(GraphKind kind, String precision) {
    byte[] bytes = bundle.bytes(kind, precision);
    return in(kind, precision, () -> CheckedGraph.of(bytes));
  }

  /** Runs a check; whatever it throws, the file is refused by name. */
  private <R> R in(GraphKind kind, String precision, Supplier<R> check) {
    try {
      return check.get();
    } catch (GraphException e) {
      throw refused(kind, precision, e.getMessage(), e);
    } catch (RuntimeException e) {
      // What is read has any form; a number or a size that fits nowhere ends in one of many types.
      throw refused(
          kind, precision, "not a graph that 'wavebridge export' writes: " + e.getMessage(), e);
    }
  }

  private BundleException refused(
      GraphKind kind, String precision, @Nullable String why, RuntimeException cause) {
    return new BundleException(
        "%s: %s: %s".formatted(bundle.path(), bundle.file(kind, precision), why), cause);
  }

  private static Profile profile(String precision) {
    return precision.equals(BundleManifest.INT8) ? Profile.INT8 : Profile.F32;
  }
}
