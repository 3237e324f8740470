package org.wavebridge.graphs.model;

/**
 * The shape of the blocks in which a matrix is sparse.
 *
 * @param height rows of a block (outputs)
 * @param width columns of a block (inputs)
 */
public record BlockShape(int height, int width) {
  /** Checks the sizes. */
  public BlockShape {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException("block shape " + height + "x" + width + " is empty");
    }
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}
