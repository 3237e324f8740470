package org.wavebridge.conformance.targets;

import java.util.Arrays;
import java.util.function.Function;
import org.wavebridge.graphs.contract.Conditioning.Rate;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Conditioning;

/** Conditioning as graphs take it, in the reference's form, and the other way round. */
public final class ConditioningTensors {
  private ConditioningTensors() {}

  /**
   * The reference's form, in which the vectors of a frame are apart.
   *
   * @param values of a tensor, {@code [frames or samples, size]}
   */
  public static Conditioning reference(
      VocoderModel model, Function<org.wavebridge.graphs.contract.Conditioning, float[]> values) {
    double[][] frames = new double[0][];
    double[][] samples = new double[0][];
    for (var tensor : model.conditioningTensors()) {
      double[][] vectors = rows(values.apply(tensor), vectorSize(model, tensor));
      if (isFramePart(tensor)) {
        frames = vectors;
      } else {
        samples = vectors;
      }
    }
    return new Conditioning(model.samplesPerVector(), frames, samples);
  }

  /** The values of a tensor, {@code [frames or samples][size]}: those of a frame are joined. */
  public static double[][] vectors(
      org.wavebridge.graphs.contract.Conditioning tensor, Conditioning made) {
    if (tensor.size() == 0) {
      return new double[made.samples().length][0];
    }
    double[][] parts = isFramePart(tensor) ? made.frames() : made.samples();
    int perRow = parts.length == 0 ? 1 : tensor.size() / parts[0].length;
    double[][] joined = new double[parts.length / perRow][];
    Arrays.setAll(
        joined,
        i ->
            Arrays.stream(parts, i * perRow, (i + 1) * perRow)
                .flatMapToDouble(Arrays::stream)
                .toArray());
    return joined;
  }

  /**
   * The vectors of a tensor as one array, {@code [frames or samples, size]}, rounded to binary32.
   */
  public static float[] values(
      org.wavebridge.graphs.contract.Conditioning tensor, Conditioning made) {
    double[][] vectors = vectors(tensor, made);
    float[] values = new float[vectors.length * tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) vectors[i / tensor.size()][i % tensor.size()];
    }
    return values;
  }

  /** The part of a tensor's values for a step whose first sample is t. */
  static float[] ofStep(
      VocoderModel model,
      org.wavebridge.graphs.contract.Conditioning tensor,
      float[] values,
      int t) {
    int size = vectorSize(model, tensor);
    int vector =
        t
            / (tensor.rate() == Rate.FRAME
                ? model.features().hop() / model.network().vectorsOf(tensor)
                : 1);
    return Arrays.copyOfRange(values, vector * size, (vector + 1) * size);
  }

  /** Samples of a frame, or one. */
  public static int samplesPerRow(
      VocoderModel model, org.wavebridge.graphs.contract.Conditioning tensor) {
    return tensor.rate() == Rate.FRAME ? model.features().hop() : 1;
  }

  /** Values that a step takes. */
  static int vectorSize(VocoderModel model, org.wavebridge.graphs.contract.Conditioning tensor) {
    return tensor.size() / model.network().vectorsOf(tensor);
  }

  private static double[][] rows(float[] values, int size) {
    double[][] rows = new double[size == 0 ? 0 : values.length / size][size];
    for (int i = 0; i < rows.length * size; i++) {
      rows[i / size][i % size] = values[i];
    }
    return rows;
  }

  /**
   * The aux part stays one, also where it changes with every sample; the mels of the steps of a
   * frame are none, also where they are joined.
   */
  private static boolean isFramePart(org.wavebridge.graphs.contract.Conditioning tensor) {
    return (tensor.rate() == Rate.FRAME && !tensor.name().equals("mels"))
        || tensor.name().equals("aux");
  }
}
