package org.wavebridge.conformance.verify;

import java.nio.file.Path;
import java.util.Optional;
import org.wavebridge.conformance.cases.MadeUpFeatures;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.Backends;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.LogitsConsumer;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/**
 * The cost of int8 in bits per sample, on the same audio as f32.
 *
 * @param f32 bits per sample of the f32 graphs
 * @param int8 bits per sample of the int8 graphs
 */
public record QuantisationCost(double f32, double int8) {
  /** A cost above this is worth a warning. */
  public static final double WORTH_A_WARNING = 0.05;

  private static final int SAMPLES = 16_000;

  /** The bits that int8 adds to every sample. */
  public double bits() {
    return int8 - f32;
  }

  /**
   * Measures the cost on a given utterance.
   *
   * @param bundle with f32 and int8 graphs
   * @param speaker see {@link GenerateOptions}
   * @param values the samples, as the network emits them
   */
  public static QuantisationCost of(
      Path bundle, Features features, Optional<SpeakerEmbedding> speaker, float[] values) {
    return new QuantisationCost(
        bits(bundle, BundleManifest.F32, features, speaker, values),
        bits(bundle, BundleManifest.INT8, features, speaker, values));
  }

  /**
   * Measures the cost on about 16,000 samples that the f32 graphs generate from made-up features.
   */
  public static QuantisationCost ofOwnAudio(VocoderModel model, Path bundle) {
    Features features = MadeUpFeatures.of(model, SAMPLES / model.features().hop() + 2);
    Optional<SpeakerEmbedding> speaker = SpeakerEmbedding.madeUp(model.conditioner().speakerSize());
    try (Vocoder vocoder = open(bundle, BundleManifest.F32)) {
      GenerateOptions options = GenerateOptions.seed(1).with(speaker);
      return of(
          bundle, features, speaker, vocoder.generateValues(features, new Uniforms(1), options));
    }
  }

  private static double bits(
      Path bundle,
      String precision,
      Features features,
      Optional<SpeakerEmbedding> speaker,
      float[] values) {
    try (Vocoder vocoder = open(bundle, precision)) {
      return vocoder
          .score(features, speaker, values, LogitsConsumer.NONE, Progress.NONE)
          .bitsPerSample();
    }
  }

  private static Vocoder open(Path bundle, String precision) {
    return Vocoder.open(bundle, new VocoderOptions(Backends.AUTO, precision, 1));
  }
}
