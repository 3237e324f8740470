package org.wavebridge.runtime;

import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.QuadratureMirrorTree;

/** A waveform to the values that a multi-band network would have to emit for it. */
interface BandSplitting {
  /**
   * Splits a waveform from its start; what is left beyond whole steps is dropped.
   *
   * @param waveform amplitudes in [-1, 1]
   * @return samples of the bands, those of a step next to each other; 16-bit ones / 32768 where the
   *     merged waveform is limited
   */
  float[] split(float[] waveform);

  /** The analysis that belongs to a synthesis. */
  static BandSplitting of(BandSynthesis synthesis) {
    return synthesis instanceof QuadratureMirrorTree tree
        ? new QuadratureMirrorSplitting(tree)
        : new CosineModulatedSplitting((CosineModulatedBank) synthesis);
  }
}
