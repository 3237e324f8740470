package org.wavebridge.graphs.model;

import java.util.List;

/**
 * fatchord's two branches, on features padded with {@code pad} zero frames at each end. Mels: per
 * stage repeat {@code factor} times along time, then convolve every channel alike with {@code
 * kernel} (odd width 2 factor + 1, zero padding of {@code factor}); at last cut the padding. Result
 * {@code [samples, mels]}. Aux: {@code input} convolution (width 2 pad + 1) and ReLU, residual
 * blocks, {@code output} convolution of width 1; result {@code [frames, channels]}, one vector for
 * all samples of a frame. Batch normalisation is already folded into the convolutions.
 *
 * @param pad zero frames at each end
 * @param stages the upsampling stages; the product of their factors is the hop
 * @param input first convolution of the aux branch
 * @param blocks residual blocks: x + second(relu(first(x)))
 * @param output last convolution of the aux branch
 */
public record UpsampledMels(
    int pad, List<Stage> stages, Convolution input, List<ResidualBlock> blocks, Convolution output)
    implements Conditioner {
  /** Copies the lists. */
  public UpsampledMels {
    stages = List.copyOf(stages);
    blocks = List.copyOf(blocks);
  }

  /**
   * One upsampling stage.
   *
   * @param factor repeats
   * @param kernel smoothing taps, {@code 2 factor + 1}
   */
  public record Stage(int factor, float[] kernel) {
    /** Checks the sizes. */
    public Stage {
      if (factor < 1 || kernel.length != 2 * factor + 1) {
        throw new IllegalArgumentException(
            "upsampling by %d needs %d taps, found %d"
                .formatted(factor, 2 * factor + 1, kernel.length));
      }
    }
  }

  /**
   * x + second(relu(first(x))).
   *
   * @param first width 1
   * @param second width 1
   */
  public record ResidualBlock(Convolution first, Convolution second) {}

  @Override
  public int contextFrames() {
    return pad;
  }

  /** The product of the factors: samples per frame. */
  public int hop() {
    return stages.stream().mapToInt(Stage::factor).reduce(1, Math::multiplyExact);
  }
}
