package org.wavebridge.runtime;

import java.util.Map;
import org.wavebridge.runtime.spi.Tensor;

/** Makes the samples of one utterance, in their order, from its conditioning as it arrives. */
interface SampleMaker {
  /**
   * Takes the conditioning of the next frames.
   *
   * @param conditioning by tensor, {@code [1, vectors, size]}
   * @return the next values, as the network emits them; may be none
   */
  float[] add(Map<String, Tensor> conditioning, int frames);

  /** Makes values without more conditioning, as the utterance ends; of one call at most. */
  float[] rest();

  /** Whether all values are made of an utterance that ends with the conditioning that is there. */
  boolean done();

  /** How many values it keeps room for between calls, beside what the graph carries. */
  long room();

  /** Gives back what the calls keep, when no more values are wanted. */
  void close();
}
