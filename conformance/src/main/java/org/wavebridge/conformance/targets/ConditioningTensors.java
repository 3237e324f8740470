package org.wavebridge.conformance.targets;

import java.util.function.Function;
import org.wavebridge.conformance.reference.Conditioning;
import org.wavebridge.graphs.build.Conditioning.Rate;
import org.wavebridge.graphs.model.VocoderModel;

/** Conditioning as graphs take it, in the reference's form, and the other way round. */
public final class ConditioningTensors {
  private ConditioningTensors() {}

  /**
   * The reference's form.
   *
   * @param vectors of a tensor, {@code [frames or samples][size]}
   */
  public static Conditioning reference(
      VocoderModel model, Function<org.wavebridge.graphs.build.Conditioning, double[][]> vectors) {
    double[][] frames = new double[0][];
    double[][] samples = new double[0][];
    for (var tensor : org.wavebridge.graphs.build.Conditioning.of(model)) {
      if (isFramePart(tensor)) {
        frames = vectors.apply(tensor);
      } else {
        samples = vectors.apply(tensor);
      }
    }
    return new Conditioning(model.samplesPerVector(), frames, samples);
  }

  /** The vectors of a tensor, {@code [frames or samples][size]}. */
  public static double[][] vectors(
      org.wavebridge.graphs.build.Conditioning tensor, Conditioning made) {
    if (tensor.size() == 0) {
      return new double[made.samples().length][0];
    }
    return isFramePart(tensor) ? made.frames() : made.samples();
  }

  /** Samples of a tensor's vector. */
  public static int samplesPerVector(
      VocoderModel model, org.wavebridge.graphs.build.Conditioning tensor) {
    return tensor.rate() == Rate.FRAME ? model.features().hop() : 1;
  }

  /** The aux part stays one, also where it changes with every sample. */
  private static boolean isFramePart(org.wavebridge.graphs.build.Conditioning tensor) {
    return tensor.rate() == Rate.FRAME || tensor.name().equals("aux");
  }
}
