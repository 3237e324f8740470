package org.wavebridge.graphs.model;

import java.util.List;

/**
 * Layers of two gated recurrent units over the frames of a whole utterance, from a state of zeros:
 * one from the first frame to the last, one from the last to the first. A layer gives both states
 * of a frame, the forward one first; the next layer reads them. The result is repeated for the
 * samples of a frame, {@link #frame}.
 *
 * @param hop samples of a frame
 * @param layers at least one
 */
public record BidirectionalGru(int hop, List<Layer> layers) implements Conditioner {
  /** Frames within which every hop is looked at for frames that begin late. */
  private static final int FRAMES = 1 << 13;

  /** Copies and checks the layers. */
  public BidirectionalGru {
    layers = List.copyOf(layers);
    for (int i = 1; i < layers.size(); i++) {
      if (layers.get(i).inputs() != layers.get(i - 1).size()) {
        throw new IllegalArgumentException(
            "layer %d: expected %d inputs, found %d"
                .formatted(i, layers.get(i - 1).size(), layers.get(i).inputs()));
      }
    }
  }

  /**
   * One layer.
   *
   * @param forward the unit that runs from the first frame on
   * @param backward the unit that runs from the last frame back
   */
  public record Layer(Unit forward, Unit backward) {
    /** Checks that both fit. */
    public Layer {
      if (forward.inputs() != backward.inputs() || forward.units() != backward.units()) {
        throw new IllegalArgumentException("both directions of a layer have the same sizes");
      }
    }

    /** Values that it reads of a frame. */
    public int inputs() {
      return forward.inputs();
    }

    /** Values that it gives for a frame. */
    public int size() {
      return 2 * forward.units();
    }

    /** Both units, the forward one first. */
    public List<Unit> both() {
      return List.of(forward, backward);
    }
  }

  /**
   * A gated recurrent unit; gate order r, z, n.
   *
   * @param input {@code [3H, inputs]} and its bias, outside the reset product
   * @param recurrent {@code [3H, H]} and its bias, inside the reset product
   */
  public record Unit(Affine input, Affine recurrent) {
    /** Checks the sizes. */
    public Unit {
      int units = recurrent.weight().columns();
      if (recurrent.weight().rows() != 3 * units || input.weight().rows() != 3 * units) {
        throw new IllegalArgumentException(
            "a unit of %d has %d gates, found %d and %d"
                .formatted(units, 3 * units, input.weight().rows(), recurrent.weight().rows()));
      }
    }

    /** Values that it reads of a frame. */
    public int inputs() {
      return input.weight().columns();
    }

    /** Size of the state, H. */
    public int units() {
      return recurrent.weight().columns();
    }
  }

  /** Values of a frame's conditioning. */
  public int size() {
    return layers.get(layers.size() - 1).size();
  }

  @Override
  public int contextFrames() {
    return Conditioner.WHOLE;
  }

  /** Whether a frame begins late, so that frames are not repeated alike. */
  @Override
  public boolean atSampleRate() {
    return hasLateFrames(hop);
  }

  /**
   * The frame whose conditioning a sample has, before the last frame limits it: floor(t (1 / hop)),
   * both rounded to binary32, as torch's nearest interpolation computes it. Where the rounded 1 /
   * hop lies far enough below, some frames begin one sample late.
   */
  public static int frame(int sample, int hop) {
    return (int) Math.floor(sample * (1f / hop));
  }

  /** Whether one of the first 8,192 frames begins late. */
  public static boolean hasLateFrames(int hop) {
    for (int f = 1; f < FRAMES; f++) {
      if ((long) f * hop < Integer.MAX_VALUE && frame(f * hop, hop) != f) {
        return true;
      }
    }
    return false;
  }
}
