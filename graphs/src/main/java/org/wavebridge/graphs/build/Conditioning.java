package org.wavebridge.graphs.build;

import java.util.Arrays;
import java.util.List;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;

/**
 * One tensor of conditioning.
 *
 * @param name of the tensor in every graph
 * @param rate whether a vector holds for one sample or for all samples of a frame
 * @param size values of a vector
 */
public record Conditioning(String name, Rate rate, int size) {
  /** How often a conditioning vector changes. */
  public enum Rate {
    /** Once a frame. */
    FRAME(Dim.F),
    /** Once a sample. */
    SAMPLE(Dim.T);

    private final Dim dim;

    Rate(Dim dim) {
      this.dim = dim;
    }
  }

  /** The tensors a vocoder's network takes, in input order, at the rates its conditioner gives. */
  public static List<Conditioning> of(VocoderModel model) {
    List<Conditioning> tensors = of(model.network());
    return model.conditioner().atSampleRate()
        ? tensors.stream().map(t -> new Conditioning(t.name, Rate.SAMPLE, t.size)).toList()
        : tensors;
  }

  /** The tensors a network takes, in input order, from a conditioner that repeats frames. */
  public static List<Conditioning> of(StepNetwork network) {
    if (network instanceof DualSoftmaxNetwork dual) {
      return List.of(
          new Conditioning("conditioning", Rate.FRAME, dual.conditioning().weight().columns()));
    }
    if (network instanceof ResidualGruNetwork residual) {
      return List.of(
          new Conditioning("mels", Rate.SAMPLE, residual.input().weight().columns()),
          new Conditioning("aux", Rate.FRAME, Arrays.stream(residual.auxSizes()).sum()));
    }
    if (network instanceof MultiBandGruNetwork multiBand) {
      return List.of(
          new Conditioning(
              "conditioning", Rate.FRAME, multiBand.columns() * multiBand.inputSize()));
    }
    throw new IllegalArgumentException("no conditioning known for " + network.getClass());
  }

  /** Adds it as an input over a sequence, {@code [N, F or T, size]}. */
  Value sequenceInput(ModelBuilder g) {
    return g.input(name, Dim.N, rate.dim, Dim.of(size));
  }

  /** Adds it as an input over a window of one subscale utterance, {@code [F or A, size]}. */
  Value windowInput(ModelBuilder g) {
    return g.input(name, rate == Rate.FRAME ? Dim.F : Dim.A, Dim.of(size));
  }

  /** Adds it as the input of one step, {@code [N, size]}. */
  Value stepInput(ModelBuilder g) {
    return g.input(name, Dim.N, Dim.of(size));
  }

  /** Makes a value this tensor's output, {@code [N, F or T, size]}. */
  void output(ModelBuilder g, Value value) {
    g.output(name, value, Dim.N, rate.dim, Dim.of(size));
  }
}
