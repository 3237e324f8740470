package org.wavebridge.conformance.cases;

import java.util.List;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.reference.Arithmetic;

/**
 * Teacher forcing of a subscale utterance, in one call and in two. Catches contexts of the wrong
 * positions or rows, and rows that do not carry on where they stopped.
 */
final class SubscaleScore implements ConformanceCase {
  @Override
  public String name() {
    return "score/subscale";
  }

  @Override
  public String catches() {
    return "contexts of the wrong positions or rows, rows that do not carry on";
  }

  @Override
  public SampleOrder sampleOrder() {
    return SampleOrder.SUBSCALE;
  }

  @Override
  public void run(Trial trial) {
    SubscaleUtterance utterance = new SubscaleUtterance(trial, trial.size(301, 2001), 82);
    float[] audio = utterance.canonical(1);
    double[][] expected = utterance.logits(audio);
    SubscaleGraphs graphs = utterance.graphs();
    float[] found = graphs.score(audio);
    trial.curve("logits", utterance.judgeLogits("score", expected, found).absolute());
    var network = trial.model().network();
    double[] drawn = Arithmetic.widen(audio);
    double bits = Expected.bits(network, SubscaleUtterance.rows(found, audio.length), drawn);
    trial.check(
        "bits per sample",
        Quantity.BITS,
        Math.abs(bits - Expected.bits(network, expected, drawn)),
        Quantity.BITS.label(),
        utterance.scoreProfile());

    int factor = trial.subject().subscale().orElseThrow().factor();
    int middle = audio.length / 2 / factor * factor;
    SubscaleGraphs.Scored first = graphs.score(audio, graphs.start(), 0, middle);
    SubscaleGraphs.Scored second =
        graphs.score(audio, first.carried(), middle, audio.length - middle);
    float[] joined = Sequence.joined(List.of(first.logits(), second.logits()));
    utterance.judgeLogits("two calls", expected, joined);
  }
}
