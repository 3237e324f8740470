package org.wavebridge.conformance.subscale;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.wavebridge.conformance.cases.SubscaleGraphs;
import org.wavebridge.conformance.verify.ReferenceInputs;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ContextShape;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.spi.Tensor;

/** A random model of subscale utterances, exported and opened, with an utterance for it. */
final class SubscaleVoice implements AutoCloseable {
  static final int HOP = 20;

  final VocoderModel model;
  final Vocoder vocoder;
  final SubscaleGraphs graphs;
  final Conditioning conditioning;
  final float[] uniforms;

  private SubscaleVoice(VocoderModel model, Vocoder vocoder, int samples) {
    this.model = model;
    this.vocoder = vocoder;
    int frames = (samples + HOP - 1) / HOP;
    int mels = model.features().mels();
    Map<String, Tensor> outputs =
        vocoder
            .graph(GraphKind.CONDITIONER)
            .run(Map.of("features", new Tensor(features(mels, frames), 1, mels, frames)));
    this.conditioning = ReferenceInputs.of(model, outputs);
    this.graphs =
        new SubscaleGraphs(
            vocoder::graph, model, vocoder.subscale().orElseThrow(), outputs, samples);
    int draws = model.network().draws();
    this.uniforms = new float[samples * draws];
    new Uniforms(7).fill(uniforms, 0, 0, 0, samples, draws);
  }

  /** Small networks of every kind, without subscale generation. */
  static List<VocoderModel> networks() {
    return List.of(
        RandomModels.dualSoftmax(1, 16, 6, HOP, 0.4, new BlockShape(8, 1)),
        RandomModels.residualGru(2, 10, 8, List.of(4, 5), new Head.Categorical(64)),
        RandomModels.residualGru(3, 10, 8, List.of(HOP), new Head.MixtureOfLogistics(3)));
  }

  /**
   * A network with subscale generation, and a context that carries the own past of a row if its
   * chunk is 1.
   */
  static VocoderModel subscale(VocoderModel network, int factor, int horizon, int chunk) {
    List<ContextShape> layers =
        List.of(new ContextShape(6, 3, 2, true), new ContextShape(5, 2, 3, false));
    return RandomModels.subscale(4, network, factor, horizon, chunk, chunk == 1, layers);
  }

  static float[] features(int mels, int frames) {
    Random random = new Random(frames);
    float[] features = new float[mels * frames];
    for (int i = 0; i < features.length; i++) {
      features[i] = random.nextFloat();
    }
    return features;
  }

  /** The f32 graphs on a backend. */
  static SubscaleVoice open(VocoderModel model, String backend, Path folder, int samples) {
    VocoderOptions options = new VocoderOptions(backend, BundleManifest.F32, 1);
    Path bundle = bundle(model, Optional.empty(), folder);
    return new SubscaleVoice(model, Vocoder.open(bundle, options), samples);
  }

  /** The int8 graphs on a backend; the model is the quantised one. */
  static SubscaleVoice openInt8(VocoderModel model, String backend, Path folder, int samples) {
    VocoderModel quantised = Quantizer.quantise(model);
    VocoderOptions options = new VocoderOptions(backend, BundleManifest.INT8, 1);
    Path bundle = bundle(model, Optional.of(quantised), folder);
    return new SubscaleVoice(quantised, Vocoder.open(bundle, options), samples);
  }

  static Path bundle(VocoderModel model, Optional<VocoderModel> quantised, Path folder) {
    BundleManifest.Source source = new BundleManifest.Source("random", "0");
    try (StagedBundle staged =
        StagedBundle.write(model, quantised, source, "test", folder.resolve("voice"))) {
      return staged.publish();
    }
  }

  @Override
  public void close() {
    vocoder.close();
  }
}
