package org.wavebridge.graphs.model;

import java.util.List;
import java.util.Optional;

/**
 * fatchord's two branches, on features padded with {@code pad} frames of one value at each end.
 * Mels: per stage repeat {@code factor} times along time, then convolve every channel alike with
 * {@code kernel} (odd width 2 factor + 1, zero padding of {@code factor}) and add a bias; at last
 * cut the padding. Result {@code [samples, mels]}. Aux, where there is one: {@link AuxBranch}, one
 * vector for all samples of a frame. A speaker embedding, where the vocoder takes one, stands in
 * front of each aux vector: {@code [frames, speakerSize + channels]}.
 *
 * @param pad frames added at each end
 * @param stages the upsampling stages; the product of their factors is the hop
 * @param aux the second branch, or empty where the mels are all there is
 * @param padValue every value of the frames added
 * @param speakerSize values of a speaker embedding, which is one for the utterance; 0 for none
 */
public record UpsampledMels(
    int pad, List<Stage> stages, Optional<AuxBranch> aux, float padValue, int speakerSize)
    implements Conditioner {
  /** Copies the list. */
  public UpsampledMels {
    stages = List.copyOf(stages);
    if (speakerSize > 0 && aux.isEmpty()) {
      throw new IllegalArgumentException(
          "a speaker embedding needs aux vectors to stand in front of");
    }
  }

  /** Padded with zeros, without a speaker. */
  public UpsampledMels(int pad, List<Stage> stages, Optional<AuxBranch> aux) {
    this(pad, stages, aux, 0, 0);
  }

  /** The same, padded with another value. */
  public UpsampledMels paddedWith(float value) {
    return new UpsampledMels(pad, stages, aux, value, speakerSize);
  }

  /** The same with a speaker embedding of another size. */
  public UpsampledMels withSpeaker(int size) {
    return new UpsampledMels(pad, stages, aux, padValue, size);
  }

  /** Both branches. */
  public UpsampledMels(
      int pad,
      List<Stage> stages,
      Convolution input,
      List<AuxBranch.ResidualBlock> blocks,
      Convolution output) {
    this(pad, stages, Optional.of(new AuxBranch(input, blocks, output)));
  }

  /**
   * One upsampling stage.
   *
   * @param factor repeats
   * @param kernel smoothing taps, {@code 2 factor + 1}
   * @param bias added to every value
   */
  public record Stage(int factor, float[] kernel, float bias) {
    /** A stage without bias. */
    public Stage(int factor, float[] kernel) {
      this(factor, kernel, 0);
    }

    /** Checks the sizes. */
    public Stage {
      if (factor < 1 || kernel.length != 2 * factor + 1) {
        throw new IllegalArgumentException(
            "upsampling by %d needs %d taps, found %d"
                .formatted(factor, 2 * factor + 1, kernel.length));
      }
    }
  }

  /** The padding, unless some stage reads beyond it, where there is silence of its own. */
  @Override
  public int contextFrames() {
    return margins()[0] <= pad ? pad : Conditioner.WHOLE;
  }

  /**
   * How many vectors beyond its own, at each end, a stage reads so that the last one has all of its
   * neighbours: before each stage, and 0 after the last.
   */
  public int[] margins() {
    int[] margins = new int[stages.size() + 1];
    for (int i = stages.size() - 1; i >= 0; i--) {
      int factor = stages.get(i).factor();
      margins[i] = (margins[i + 1] + factor - 1) / factor + 1;
    }
    return margins;
  }

  @Override
  public boolean atSampleRate() {
    return aux.isEmpty();
  }

  /** The product of the factors: samples per frame. */
  public int hop() {
    return stages.stream().mapToInt(Stage::factor).reduce(1, Math::multiplyExact);
  }
}
