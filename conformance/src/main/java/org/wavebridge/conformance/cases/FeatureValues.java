package org.wavebridge.conformance.cases;

import java.util.Map;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.assemble.MelFilters;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.reference.CanonicalMel;
import org.wavebridge.reference.MelReference;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Waveform to features, where a model knows its analysis. Catches a wrong window, filter, padding
 * or logarithm.
 */
final class FeatureValues implements ConformanceCase {
  @Override
  public String name() {
    return "features/values";
  }

  @Override
  public String catches() {
    return "a wrong window, filter, padding or logarithm of the mel analysis";
  }

  @Override
  public SampleOrder sampleOrder() {
    return SampleOrder.ANY;
  }

  @Override
  public boolean appliesTo(Subject subject, String precision) {
    return precision.equals(BundleManifest.F32)
        && subject.model(precision).features().analysis().isPresent();
  }

  @Override
  public void run(Trial trial) {
    VocoderModel model = trial.model();
    MelAnalysis analysis = model.features().analysis().orElseThrow();
    int rate = model.audio().sampleRate();
    int mels = model.features().mels();
    float[] waveform = chirp(trial.size(4000, 8000) + analysis.fftSize(), rate);
    double[][] expected =
        new MelReference(analysis, mels, model.features().hop(), rate).features(waveform);
    Tensor made =
        trial
            .graph(GraphKind.FEATURES)
            .run(Map.of("waveform", new Tensor(waveform, 1, waveform.length)))
            .get("features");
    int frames = expected[0].length;
    if (made == null || made.values().length != mels * frames) {
      throw new GraphException("output 'features': expected [1, %d, %d]".formatted(mels, frames));
    }
    ErrorCurve errors = new ErrorCurve(mels);
    for (int mel = 0; mel < mels; mel++) {
      errors.add(mel, expected[mel], made.values(), mel * frames);
    }
    trial.check("features", Quantity.FEATURES, errors.worstAbsolute(), "largest difference");
    trial.curve("features, by mel", errors.absolute());
    if (trial.profile().exact()) {
      WeightMatrix filters = MelFilters.weight(analysis, rate, mels);
      float[] exact =
          new CanonicalMel(analysis, filters, model.features().hop()).features(waveform);
      trial.check("features", Quantity.OTHER_BITS, Bits.other(exact, made.values()));
    }
  }

  /** A tone rising through the band over quiet noise, so that every filter is excited. */
  private static float[] chirp(int samples, int rate) {
    float[] waveform = new float[samples];
    float[] noise = new float[samples];
    new Uniforms(1).fill(noise, 0, 0, 0, samples, 1);
    for (int t = 0; t < samples; t++) {
      double phase = Math.PI * 0.45 * rate * t / rate * t / samples;
      waveform[t] = (float) (0.5 * StrictMath.sin(phase) + 0.1 * (noise[t] - 0.5));
    }
    return waveform;
  }
}
