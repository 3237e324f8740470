package org.wavebridge.conformance.cases;

import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.reference.BandReference;
import org.wavebridge.reference.CosineBankReference;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Bands to a waveform, in one call and in two, some loud enough to be limited. Catches bands in
 * another order, a filter state that is not carried across calls, and rounding where truncation
 * belongs.
 */
final class SynthesisValues implements ConformanceCase {
  private static final int HALF_RANGE = 32768;

  /**
   * Levels that a sum in another order may move a value by, where a profile leaves the order open.
   */
  private static final int LEVELS = 2;

  @Override
  public String name() {
    return "synthesis/values";
  }

  @Override
  public String catches() {
    return "bands in another order, a filter state not carried across calls, rounding for truncation";
  }

  @Override
  public boolean appliesTo(Subject subject, String precision) {
    return precision.equals(BundleManifest.F32)
        && subject.model(precision).network().bandSynthesis().isPresent();
  }

  @Override
  public void run(Trial trial) {
    BandSynthesis synthesis = trial.model().network().bandSynthesis().orElseThrow();
    int steps = trial.size(500, 5000);
    int[][] bands = bands(synthesis.bands(), steps);
    float[] values = values(bands, 0, steps);
    float[] expected = expected(synthesis, bands, values);
    float[] silent = new float[synthesis.stateSize()];
    float[] whole = run(trial, values, silent).waveform();
    Part first = run(trial, values(bands, 0, 77), silent);
    Part second = run(trial, values(bands, 77, steps), first.state());
    float[] parts = Sequence.joined(List.of(first.waveform(), second.waveform()));
    judge(trial, "in one call", expected, whole);
    judge(trial, "in two calls", expected, parts);
  }

  private record Part(float[] waveform, float[] state) {}

  private static float[] expected(BandSynthesis synthesis, int[][] bands, float[] values) {
    if (synthesis instanceof CosineModulatedBank bank) {
      return CosineBankReference.merge(bank, values);
    }
    int[] merged = BandReference.merge((QuadratureMirrorTree) synthesis, bands);
    float[] expected = new float[merged.length];
    for (int t = 0; t < merged.length; t++) {
      expected[t] = merged[t] / (float) HALF_RANGE;
    }
    return expected;
  }

  /** The samples of steps, those of a step next to each other. */
  private static float[] values(int[][] bands, int from, int to) {
    float[] values = new float[(to - from) * bands.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = bands[i % bands.length][from + i / bands.length] / (float) HALF_RANGE;
    }
    return values;
  }

  private static Part run(Trial trial, float[] values, float[] state) {
    Map<String, Tensor> outputs =
        trial
            .graph(GraphKind.SYNTHESIS)
            .run(
                Map.of(
                    "values", new Tensor(values, 1, values.length),
                    "state", new Tensor(state, 1, state.length)));
    Tensor waveform = outputs.get("waveform");
    Tensor next = outputs.get("next_state");
    if (waveform == null || waveform.values().length != values.length || next == null) {
      throw new GraphException(
          "expected outputs 'waveform' [1, %d] and 'next_state', found %s"
              .formatted(values.length, outputs.keySet()));
    }
    return new Part(waveform.values(), next.values());
  }

  private static void judge(Trial trial, String name, float[] expected, float[] found) {
    double worst = 0;
    for (int t = 0; t < expected.length; t++) {
      worst = Math.max(worst, Math.abs((double) found[t] - expected[t]) * HALF_RANGE);
    }
    trial.require(name, "levels from the reference: " + worst, worst <= LEVELS);
    if (trial.profile().exact()) {
      trial.check(name, Quantity.OTHER_BITS, Bits.other(expected, found));
    }
  }

  /** Noise, and in the second half at full scale. */
  private static int[][] bands(int bands, int steps) {
    float[] noise = new float[bands * steps];
    new Uniforms(61).fill(noise, 0, 0, 0, steps, bands);
    int[][] made = new int[bands][steps];
    for (int i = 0; i < noise.length; i++) {
      int step = i / bands;
      int range = step < steps / 2 ? 4000 : 2 * HALF_RANGE - 1;
      made[i % bands][step] = (int) Math.floor((noise[i] - 0.5) * range);
    }
    return made;
  }
}
