package org.wavebridge.graphs.contract;

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

  /** The same tensor with a vector for each sample. */
  public Conditioning atSampleRate() {
    return new Conditioning(name, Rate.SAMPLE, size);
  }

  /** Adds it as an input over a sequence, {@code [N, F or T, size]}. */
  public Value sequenceInput(ModelBuilder g) {
    return g.input(name, Dim.N, rate.dim, Dim.of(size));
  }

  /** Adds it as an input over a window of one subscale utterance, {@code [F or A, size]}. */
  public Value windowInput(ModelBuilder g) {
    return g.input(name, rate == Rate.FRAME ? Dim.F : Dim.A, Dim.of(size));
  }

  /** Adds it as the input of one step, {@code [N, size]}. */
  public Value stepInput(ModelBuilder g) {
    return g.input(name, Dim.N, Dim.of(size));
  }

  /** Makes a value this tensor's output, {@code [N, F or T, size]}. */
  public void output(ModelBuilder g, Value value) {
    g.output(name, value, Dim.N, rate.dim, Dim.of(size));
  }
}
