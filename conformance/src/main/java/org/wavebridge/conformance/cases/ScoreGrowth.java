package org.wavebridge.conformance.cases;

import java.util.Locale;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.reference.Arithmetic;

/**
 * Teacher forcing over a longer sequence: errors per step, and whether they grow; bits per sample
 * of the given audio. Catches wrong logits, and errors that pile up in the state.
 */
final class ScoreGrowth implements ConformanceCase {
  @Override
  public String name() {
    return "score/growth";
  }

  @Override
  public String catches() {
    return "wrong logits, and errors that pile up in the state";
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    int samples = trial.size(300, 4000);
    Sequence row = Sequences.of(trial.model(), samples, 51);
    float[] audio = Expected.generated(row, Arithmetic.CANONICAL_F32).audio();
    NetworkRuns.Row found = runs.score(row, audio);
    ErrorCurve errors = new Judge(trial).scored("score", row, audio, found);
    trial.curve("logits", errors.absolute());
    if (!trial.profile().int8()) {
      trial.check("score growth", Quantity.GROWTH, errors.growth());
    }
    Arithmetic arithmetic = trial.profile().int8() ? Arithmetic.CANONICAL_F32 : Arithmetic.DOUBLE;
    double expected = bits(row, audio, arithmetic);
    double[] drawn = Expected.scored(row, audio, arithmetic).drawn();
    double bits = Judge.bits(row, found.logits(), drawn);
    trial.check(
        "bits per sample",
        Quantity.BITS,
        Math.abs(bits - expected),
        Quantity.BITS.label(),
        trial.profile() == NumericProfile.INT8_OWN_GATES
            ? 2 * Math.abs(bits(Judge.unquantised(trial, row), audio, Arithmetic.DOUBLE) - expected)
            : 0);
    trial.note("bits per sample", String.format(Locale.ROOT, "%.4f", bits));
  }

  private static double bits(Sequence row, float[] audio, Arithmetic arithmetic) {
    Expected scored = Expected.scored(row, audio, arithmetic);
    return Expected.bits(row.model().network(), scored.logits(), scored.drawn());
  }
}
