package org.wavebridge.graphs.bundle;

import java.util.Optional;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.ParsedModel;

/**
 * Reads the model that a bundle was made from back out of its graphs: the way back of {@link
 * StagedBundle}. The network comes from the {@code generate} graph or, in subscale generation, with
 * the context from {@code subscale_generate}; the conditioner from its own.
 */
public final class BundledModel {
  private BundledModel() {}

  /**
   * The model of a bundle.
   *
   * @param precision whose graph is read; {@code int8} gives a quantised model
   * @throws org.wavebridge.graphs.WaveBridgeException if the bundle has no such graph, or a graph
   *     is not of the form that this program writes
   */
  public static VocoderModel of(Bundle bundle, String precision) {
    return bundle.model(precision);
  }

  /** The graph that a bundle's network is read from. */
  static GraphKind networkGraph(BundleManifest manifest) {
    return manifest.subscale().isPresent() ? GraphKind.SUBSCALE_GENERATE : GraphKind.GENERATE;
  }

  /**
   * Reads a model.
   *
   * @param loop the {@link #networkGraph} in the profile
   */
  static VocoderModel read(
      BundleManifest manifest, Profile profile, ParsedModel loop, ParsedModel conditioner) {
    NetworkReader reader = NetworkReader.of(loop, profile, manifest);
    StepNetwork network = reader.network();
    Optional<Subscale> subscale =
        manifest
            .subscale()
            .map(
                part ->
                    new Subscale(
                        part.factor(),
                        part.horizon(),
                        part.chunk(),
                        reader.context(part, network.inputSize())));
    return new VocoderModel(
        manifest.family(),
        manifest.audio(),
        manifest.features(),
        ConditionerReader.read(conditioner, manifest),
        network,
        subscale,
        manifest.utterance());
  }
}
