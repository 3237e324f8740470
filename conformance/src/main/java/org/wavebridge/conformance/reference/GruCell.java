package org.wavebridge.conformance.reference;

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
final class GruCell {
  private GruCell() {}

  /**
   * Updates a part of a state.
   *
   * @param input i, {@code [3 size]}
   * @param recurrent a, {@code [3 size]}
   * @param state holds h at {@code offset}; h' is written in its place
   * @param first first unit to update, within a gate
   * @param end after the last unit to update
   * @param size units of the whole cell: rows of a gate
   */
  static void update(
      Arithmetic of,
      double[] input,
      double[] recurrent,
      double[] state,
      int offset,
      int first,
      int end,
      int size) {
    for (int j = first; j < end; j++) {
      int reset = j;
      int update = size + j;
      int candidate = 2 * size + j;
      double r = of.sigmoid(of.add(input[reset], recurrent[reset]));
      double z = of.sigmoid(of.add(input[update], recurrent[update]));
      double n = of.tanh(of.fma(r, recurrent[candidate], input[candidate]));
      double h = state[offset + j];
      state[offset + j] = of.fma(z, of.subtract(h, n), n);
    }
  }
}
