package org.wavebridge.runtime;

import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;
import org.wavebridge.graphs.network.lpcnet.MuLawClasses;
import org.wavebridge.runtime.spi.Tensor;

/**
 * What given samples add to the prediction of an LPCNet, as it computes both (docs/numerics.md).
 */
final class Excitations {
  private static final int ORDER = LpcNetNetwork.ORDER;

  private Excitations() {}

  /**
   * The mu-law class of each excitation, {@code [samples]}.
   *
   * @param conditioning {@code [1, frames, size]}; a vector ends with the coefficients and one more
   * @param hop samples of a frame
   * @param previous {@code [1, 17]}: the samples before, the newest first, and a class
   * @param audio {@code [samples]}
   */
  static float[] of(Tensor conditioning, int hop, Tensor previous, float[] audio) {
    int size = (int) conditioning.shape()[2];
    float[] before = previous.values().clone();
    float[] classes = new float[audio.length];
    for (int t = 0; t < audio.length; t++) {
      int coefficients = (t / hop + 1) * size - ORDER - 1;
      float prediction = 0;
      for (int j = 0; j < ORDER; j++) {
        prediction -= conditioning.values()[coefficients + j] * before[j];
      }
      classes[t] = MuLawClasses.of(audio[t] - prediction);
      System.arraycopy(before, 0, before, 1, ORDER - 1);
      before[0] = audio[t];
    }
    return classes;
  }
}
