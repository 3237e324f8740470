package org.wavebridge.conformance.cases;

/** The order in which a model makes its samples, as far as a case asks for one. */
public enum SampleOrder {
  /** One sample after the other. */
  SEQUENTIAL,
  /** Subscale generation: sub-tensors of an utterance side by side. */
  SUBSCALE,
  /** Either order. */
  ANY;

  /** Whether a subject makes its samples in this order. */
  public boolean fits(Subject subject) {
    return this == ANY || subject.subscale().isPresent() == (this == SUBSCALE);
  }
}
