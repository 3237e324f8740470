package org.wavebridge.graphs.model;

import java.util.List;

/**
 * Convolutions at frame rate, each followed by ReLU, on {@code (features + shift) / scale} whose
 * end frames are replicated so that the number of frames stays the same. One conditioning vector
 * holds for all samples of a frame. Conditioning {@code [frames, channels of the last
 * convolution]}.
 *
 * @param shift added to every feature
 * @param scale then divides every feature
 * @param layers the convolutions, of odd width
 */
public record FrameConvolutions(float shift, float scale, List<Convolution> layers)
    implements Conditioner {
  /** Copies the list. */
  public FrameConvolutions {
    layers = List.copyOf(layers);
  }

  @Override
  public int contextFrames() {
    return layers.stream().mapToInt(layer -> (layer.width() - 1) / 2).sum();
  }

  /** Channels of the conditioning. */
  public int size() {
    return layers.get(layers.size() - 1).outputs();
  }
}
