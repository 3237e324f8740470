package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.wavebridge.conformance.targets.Sequence;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.spi.Tensor;

/** Runs a target's network on sequences, and checks the shapes of what comes back. */
final class NetworkRuns {
  private final Trial trial;

  NetworkRuns(Trial trial) {
    this.trial = trial;
  }

  /**
   * The results of a run for one row.
   *
   * @param audio {@code [samples]}; empty for a score
   * @param logits {@code [samples, logits]}; empty for generate
   * @param previous values for the next call
   * @param state for the next call
   */
  record Row(float[] audio, float[] logits, float[] previous, float[] state) {}

  Row generate(Sequence row) {
    return generate(List.of(row)).get(0);
  }

  List<Row> generate(List<Sequence> rows) {
    Map<String, Tensor> outputs =
        trial.graph(GraphKind.GENERATE).run(Sequence.generateInputs(rows));
    return rows(rows, outputs, true, false);
  }

  Row score(Sequence row, float[] audio) {
    return score(List.of(row), List.of(audio)).get(0);
  }

  List<Row> score(List<Sequence> rows, List<float[]> audio) {
    Map<String, Tensor> outputs =
        trial.graph(GraphKind.SCORE).run(Sequence.scoreInputs(rows, audio));
    return rows(rows, outputs, false, true);
  }

  /** The first step of each row. */
  List<Row> step(List<Sequence> rows) {
    Map<String, Tensor> outputs = trial.graph(GraphKind.STEP).run(Sequence.stepInputs(rows));
    return rows(rows.stream().map(row -> row.step(0)).toList(), outputs, true, true);
  }

  /** Values of the logits of one sample. */
  static int logits(Sequence row) {
    return Expected.logits(row.model().network());
  }

  private static List<Row> rows(
      List<Sequence> sequences, Map<String, Tensor> outputs, boolean audio, boolean logits) {
    Sequence first = sequences.get(0);
    int samples = first.samples();
    List<Row> rows = new ArrayList<>();
    for (int n = 0; n < sequences.size(); n++) {
      rows.add(
          new Row(
              audio ? part(outputs, "audio", sequences.size(), n, samples) : new float[0],
              logits
                  ? part(outputs, "logits", sequences.size(), n, samples * logits(first))
                  : new float[0],
              part(outputs, "next_previous", sequences.size(), n, first.previous().length),
              part(outputs, "next_state", sequences.size(), n, first.state().length)));
    }
    return rows;
  }

  private static float[] part(Map<String, Tensor> outputs, String name, int rows, int n, int size) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new GraphException("expected an output '" + name + "', found " + outputs.keySet());
    }
    if (tensor.values().length != rows * size) {
      throw new GraphException(
          "output '%s': expected %d rows of %d values, found shape %s"
              .formatted(name, rows, size, Arrays.toString(tensor.shape())));
    }
    return Arrays.copyOfRange(tensor.values(), n * size, (n + 1) * size);
  }
}
