package org.wavebridge.graphs.model;

import java.util.List;

/**
 * fatchord's second branch of conditioning, at frame rate: {@code input} convolution (width 2 pad +
 * 1) and ReLU, residual blocks, {@code output} convolution of width 1. Result {@code [frames,
 * channels]}. Batch norm is already absorbed into the convolutions.
 *
 * @param input first convolution
 * @param blocks residual blocks
 * @param output last convolution
 */
public record AuxBranch(Convolution input, List<ResidualBlock> blocks, Convolution output) {
  /** Copies the list. */
  public AuxBranch {
    blocks = List.copyOf(blocks);
  }

  /**
   * x + second(relu(first(x))).
   *
   * @param first width 1
   * @param second width 1
   */
  public record ResidualBlock(Convolution first, Convolution second) {}
}
