package org.wavebridge.conformance.cases;

import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.Quantity;

/**
 * The steps of a subscale utterance cut into calls of unequal lengths, and in the schedule of
 * another chunk: the samples stay the same. Catches a row's state that is not carried into the next
 * call, and samples that depend on the schedule.
 */
final class SubscaleStretches implements ConformanceCase {
  private static final int[] LENGTHS = {1, 7, 2, 31};

  @Override
  public String name() {
    return "subscale_generate/stretches";
  }

  @Override
  public String catches() {
    return "a row's state not carried into the next call, samples that depend on the schedule";
  }

  @Override
  public SampleOrder sampleOrder() {
    return SampleOrder.SUBSCALE;
  }

  @Override
  public void run(Trial trial) {
    SubscaleUtterance utterance = new SubscaleUtterance(trial, trial.size(153, 1003), 84);
    SubscaleGraphs graphs = utterance.graphs();
    int steps = graphs.schedule().steps();
    SubscaleGraphs.Stretch all =
        graphs.generate(graphs.beginning(), steps, utterance.uniforms(), 1);
    SubscaleGraphs.Stretch stretch = graphs.beginning();
    for (int i = 0; stretch.step() < steps; i++) {
      int length = Math.min(steps - stretch.step(), LENGTHS[i % LENGTHS.length]);
      stretch = graphs.generate(stretch, length, utterance.uniforms(), 1);
    }
    utterance.judgeAudio("stretches", stretch.audio(), 1);
    int chunk = trial.subject().subscale().orElseThrow().chunk() + 2;
    float[] later = utterance.graphs(chunk).generate(utterance.uniforms(), 1);
    utterance.judgeAudio("chunk of " + chunk, later, 1);
    if (trial.profile().exact()) {
      for (String carried : all.carried().keySet()) {
        float[] expected = SubscaleGraphs.output(all.carried(), carried);
        float[] found = SubscaleGraphs.output(stretch.carried(), carried);
        trial.check(
            "stretches and one call, " + carried, Quantity.OTHER_BITS, Bits.other(expected, found));
      }
    }
  }
}
