package org.wavebridge.reference;

import org.wavebridge.graphs.model.Affine;

/**
 * Gated recurrent unit with the reset gate after the recurrent product, gate order r, z, n.
 *
 * <pre>
 * r = sigmoid(i_r + a_r)      z = sigmoid(i_z + a_z)
 * n = tanh(i_n + r a_n)       h' = z h + (1 - z) n = z (h - n) + n
 * </pre>
 *
 * where i comes from the input and a from the recurrent product, each with its bias.
 */
public class GruCell {
  /** The unit of the equations above. */
  public static final GruCell STANDARD = new GruCell();

  /** A unit. */
  protected GruCell() {}

  /**
   * The recurrent side of a step.
   *
   * @param layer R and its bias
   * @param state h before the step, {@code [size]}
   * @param product a = R h + b, {@code [3 size]}
   */
  public record Recurrent(Affine layer, double[] state, double[] product) {
    /** Multiplies. */
    static Recurrent of(Arithmetic of, Affine layer, double[] state) {
      return new Recurrent(layer, state, of.affine(layer, state));
    }

    /** Units of the cell: rows of a gate. */
    public int size() {
      return state.length;
    }
  }

  /**
   * Updates a part of a state.
   *
   * @param input i, {@code [3 size]}
   * @param recurrent a, and what it was made from
   * @param state receives h' at {@code offset}
   * @param first first unit to update, within a gate
   * @param end after the last unit to update
   */
  protected void update(
      Arithmetic of,
      double[] input,
      Recurrent recurrent,
      double[] state,
      int offset,
      int first,
      int end) {
    int size = recurrent.size();
    double[] a = recurrent.product();
    for (int j = first; j < end; j++) {
      double r = of.sigmoid(of.add(input[j], a[j]));
      double z = of.sigmoid(of.add(input[size + j], a[size + j]));
      double n = of.tanh(of.fma(r, a[2 * size + j], input[2 * size + j]));
      state[offset + j] = of.fma(z, of.subtract(recurrent.state()[j], n), n);
    }
  }
}
