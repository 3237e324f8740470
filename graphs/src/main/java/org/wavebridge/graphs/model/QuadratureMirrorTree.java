package org.wavebridge.graphs.model;

/**
 * A binary tree of two-band quadrature mirror filters in polyphase form, whose branches are chains
 * of first-order all-pass sections H(z) = (c + 1/z) / (1 + c/z) (Vaidyanathan 1993, section 5.3).
 * Each node doubles the rate: of its two bands,
 *
 * <pre>
 * out[2i] = even chain of (low + high)      out[2i + 1] = odd chain of (low - high)
 * </pre>
 *
 * and both are limited to 16-bit samples and truncated toward zero. A section is {@code s = x - c
 * s1; y = c s + s1; s1 = s} in binary32, each operation rounded. The upper half of the spectrum is
 * mirrored by the node above, so its bands are taken in reverse: leaf i of the tree is band {@code
 * i xor (i / 2) xor (i / 4) ..}.
 *
 * <p>State, row-major: levels from the leaves up, {@code [node, (even, odd), section]} each.
 *
 * @param levels of nodes; there are 2^levels bands
 * @param even coefficients of the chain that makes the even samples
 * @param odd coefficients of the other, as many
 */
public record QuadratureMirrorTree(int levels, float[] even, float[] odd) implements BandSynthesis {
  /** Most levels. */
  public static final int MOST_LEVELS = 6;

  /** Checks the sizes. */
  public QuadratureMirrorTree {
    if (levels < 1 || levels > MOST_LEVELS || even.length == 0 || even.length != odd.length) {
      throw new IllegalArgumentException(
          "a tree of %d levels with chains of %d and %d sections; expected 1 to %d levels and as many sections in both"
              .formatted(levels, even.length, odd.length, MOST_LEVELS));
    }
  }

  /** Sections of a chain. */
  public int sections() {
    return even.length;
  }

  @Override
  public int bands() {
    return 1 << levels;
  }

  /** The band at a leaf of the tree. */
  public static int bandOfLeaf(int leaf) {
    int band = leaf;
    for (int shift = 1; shift < MOST_LEVELS; shift *= 2) {
      band ^= band >> shift;
    }
    return band;
  }

  /**
   * At low frequencies; near the edges of bands it is more. There a section delays by (1 - c) / (1
   * + c) of its own samples, which are two of the node's output, and the sum of the two chains, the
   * odd one a sample later, by the mean of theirs: from the middle of two samples, the sum of all
   * sections. A node one level down has samples twice as long, so N - 1 times the sum of the
   * topmost node is that of the tree.
   */
  @Override
  public double delay() {
    return (bands() - 1) * (delay(even) + delay(odd));
  }

  private static double delay(float[] chain) {
    double sum = 0;
    for (float c : chain) {
      sum += (1.0 - c) / (1.0 + c);
    }
    return sum;
  }

  @Override
  public int stateSize() {
    return (bands() - 1) * 2 * sections();
  }
}
