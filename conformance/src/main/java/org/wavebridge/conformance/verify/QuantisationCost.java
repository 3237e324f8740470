package org.wavebridge.conformance.verify;

import java.nio.file.Path;
import org.wavebridge.conformance.cases.MadeUpFeatures;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.Backends;
import org.wavebridge.runtime.LogitsConsumer;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;

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
   * @param values the samples, as the network emits them
   */
  public static QuantisationCost of(Path bundle, Features features, float[] values) {
    return new QuantisationCost(
        bits(bundle, BundleManifest.F32, features, values),
        bits(bundle, BundleManifest.INT8, features, values));
  }

  /**
   * Measures the cost on about 16,000 samples that the f32 graphs generate from made-up features.
   */
  public static QuantisationCost ofOwnAudio(VocoderModel model, Path bundle) {
    Features features = MadeUpFeatures.of(model, SAMPLES / model.features().hop() + 2);
    try (Vocoder vocoder = open(bundle, BundleManifest.F32)) {
      return of(bundle, features, vocoder.generateValues(features, new Uniforms(1), 1));
    }
  }

  private static double bits(Path bundle, String precision, Features features, float[] values) {
    try (Vocoder vocoder = open(bundle, precision)) {
      return vocoder.score(features, values, LogitsConsumer.NONE, Progress.NONE).bitsPerSample();
    }
  }

  private static Vocoder open(Path bundle, String precision) {
    return Vocoder.open(bundle, new VocoderOptions(Backends.AUTO, precision, 1));
  }
}
