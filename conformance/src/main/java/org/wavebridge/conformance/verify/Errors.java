package org.wavebridge.conformance.verify;

import java.util.Map;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.build.Conditioning;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.spi.Tensor;

/** Largest errors; once a NaN was seen, the result is NaN. */
final class Errors {
  private Errors() {}

  /** The larger of an error so far and the size of a difference. */
  static double larger(double worst, double difference) {
    return Math.max(worst, Math.abs(difference));
  }

  /** The larger of an error so far and the relative differences of values at an offset. */
  static double larger(double worst, double[] expected, float[] found, int offset) {
    double largest = worst;
    for (int i = 0; i < expected.length; i++) {
      largest = larger(largest, relative(expected[i], found[offset + i]));
    }
    return largest;
  }

  /** A difference relative to a value, but never to less than one. */
  static double relative(double expected, double found) {
    return (expected - found) / Math.max(1, Math.abs(expected));
  }

  /** The largest relative error of what a conditioner gives for an utterance. */
  static double ofConditioning(
      VocoderModel model, VerificationCase utterance, Map<String, Tensor> outputs) {
    double worst = 0;
    for (Conditioning tensor : Conditioning.of(model)) {
      boolean aux = tensor.rate() == Conditioning.Rate.FRAME || tensor.name().equals("aux");
      double[][] expected =
          aux ? utterance.conditioning().frames() : utterance.conditioning().samples();
      Tensor found = outputs.get(tensor.name());
      if (found == null) {
        throw new GraphException("no conditioning '" + tensor.name() + "'");
      }
      for (int i = 0; i < found.values().length; i++) {
        int size = expected[0].length;
        double value = expected[i / size][i % size];
        worst = larger(worst, relative(value, found.values()[i]));
      }
    }
    return worst;
  }
}
