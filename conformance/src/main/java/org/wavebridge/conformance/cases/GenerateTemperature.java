package org.wavebridge.conformance.cases;

import org.wavebridge.conformance.targets.Sequence;

/**
 * Free running at other temperatures. Catches a temperature that is ignored, applied to the wrong
 * side, or missing from the scale of a mixture.
 */
final class GenerateTemperature implements ConformanceCase {
  @Override
  public String name() {
    return "generate/temperature";
  }

  @Override
  public String catches() {
    return "a temperature ignored, applied to the wrong side, or missing from a mixture's scale";
  }

  @Override
  public void run(Trial trial) {
    NetworkRuns runs = new NetworkRuns(trial);
    Judge judge = new Judge(trial);
    for (float temperature : new float[] {0.5f, 1.7f}) {
      Sequence row = Sequences.of(trial.model(), trial.size(60, 200), 63).at(temperature);
      judge.generated("temperature " + temperature, row, runs.generate(row));
    }
  }
}
