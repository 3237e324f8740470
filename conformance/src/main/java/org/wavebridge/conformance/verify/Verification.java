package org.wavebridge.conformance.verify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.conformance.reference.MelReference;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.Backends;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.Waveform;
import org.wavebridge.runtime.spi.BackendProvider;

/** Compares a bundle with the model it was made from, on every backend that this machine has. */
public final class Verification {
  /**
   * Largest difference of features, in their own unit: quiet bins after a logarithm are the worst.
   */
  static final double FEATURE_TOLERANCE = 2e-3;

  private static final int WAVEFORM = 4000;

  private Verification() {}

  /** Verifies a bundle of f32 graphs, as the other overload does. */
  public static VerificationReport check(VocoderModel model, Path bundle) {
    return check(model, Optional.empty(), bundle);
  }

  /**
   * Verifies a bundle.
   *
   * @param model what the bundle was made from
   * @param quantised what its int8 graphs were made from, if it has any
   * @param bundle a complete bundle
   * @throws org.wavebridge.graphs.WaveBridgeException if a graph cannot be run at all
   */
  public static VerificationReport check(
      VocoderModel model, Optional<VocoderModel> quantised, Path bundle) {
    List<VerificationReport.Check> checks = new ArrayList<>();
    VerificationCase utterance = VerificationCase.of(model);
    for (BackendProvider provider : Backends.providers()) {
      if (provider.missing().isPresent()) {
        continue;
      }
      VocoderOptions options = VocoderOptions.defaults().withBackend(provider.name());
      try (Vocoder vocoder = Vocoder.open(bundle, options)) {
        model
            .features()
            .analysis()
            .ifPresent(analysis -> checks.add(features(model, analysis, vocoder)));
        if (model.subscale().isPresent()) {
          new SubscaleVerification(model, utterance, vocoder).addTo(checks);
        } else {
          new BackendVerification(model, utterance, vocoder).addTo(checks);
        }
      }
      if (quantised.isPresent()) {
        VocoderOptions int8 = new VocoderOptions(provider.name(), BundleManifest.INT8, 1);
        try (Vocoder vocoder = Vocoder.open(bundle, int8)) {
          if (model.subscale().isPresent()) {
            new SubscaleVerification(quantised.get(), utterance, vocoder).addInt8To(checks);
          } else {
            new BackendVerification(quantised.get(), utterance, vocoder).addInt8To(checks);
          }
        }
      }
    }
    return new VerificationReport(checks);
  }

  private static VerificationReport.Check features(
      VocoderModel model, MelAnalysis analysis, Vocoder vocoder) {
    int rate = model.audio().sampleRate();
    float[] waveform = chirp(WAVEFORM + analysis.fftSize(), rate);
    Features made = vocoder.features(new Waveform(waveform, rate));
    double[][] expected =
        new MelReference(analysis, model.features().mels(), model.features().hop(), rate)
            .features(waveform);
    double worst = 0;
    for (int frame = 0; frame < made.frames(); frame++) {
      for (int mel = 0; mel < made.mels(); mel++) {
        worst = Errors.larger(worst, expected[mel][frame] - made.at(mel, frame));
      }
    }
    return new VerificationReport.Check(
        vocoder.backend() + " features", "largest difference", worst, FEATURE_TOLERANCE);
  }

  /** A tone rising through the band over quiet noise, so that every filter is excited. */
  private static float[] chirp(int samples, int rate) {
    float[] waveform = new float[samples];
    float[] noise = new float[samples];
    new Uniforms(1).fill(noise, 0, 0, 0, samples, 1);
    for (int t = 0; t < samples; t++) {
      double phase = Math.PI * 0.45 * rate * t / rate * t / samples;
      waveform[t] = (float) (0.5 * Math.sin(phase) + 0.1 * (noise[t] - 0.5));
    }
    return waveform;
  }
}
