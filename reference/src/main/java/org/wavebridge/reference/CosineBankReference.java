package org.wavebridge.reference;

import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.CosineModulatedBank.Form;

/** Bands to a waveform by a {@link CosineModulatedBank}. */
public final class CosineBankReference {
  private CosineBankReference() {}

  /**
   * Merges bands from the start of a stream, in binary32 and the order that the model says.
   *
   * @param values {@code [steps * bands]}, those of a step next to each other
   * @return the waveform, {@code [steps * bands]}
   */
  public static float[] merge(CosineModulatedBank bank, float[] values) {
    int bands = bank.bands();
    float[] waveform = new float[values.length];
    for (int t = 0; t < values.length; t++) {
      float sum = 0;
      for (int age = 0; age <= t / bands && age < bank.steps(); age++) {
        for (int band = 0; band < bands; band++) {
          float factor = (float) (bands * bank.tap(band, t % bands + age * bands));
          sum += factor * values[(t / bands - age) * bands + band];
        }
      }
      waveform[t] = bank.form() == Form.CAUSAL ? Math.max(-1, Math.min(1, sum)) : sum;
    }
    return waveform;
  }

  /**
   * The merged bands by the definition, in double precision: y[t] = N sum of g_k[t - N s] x_k[s],
   * not limited.
   */
  public static double[] exact(CosineModulatedBank bank, float[] values) {
    int bands = bank.bands();
    double[] waveform = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int start = i / bands * bands;
      for (int t = start; t < Math.min(values.length, start + bank.prototype().length); t++) {
        waveform[t] += bands * bank.tap(i % bands, t - start) * values[i];
      }
    }
    return waveform;
  }
}
