package org.wavebridge.conformance.cases;

/** Which models a case is about. */
public enum Folding {
  /** Those whose utterances are not folded. */
  NONE,
  /** Those whose utterances are folded into sub-tensors. */
  FOLDED,
  /** All. */
  ANY;

  /** Whether a subject is one of them. */
  public boolean fits(Subject subject) {
    return this == ANY || subject.subscale().isPresent() == (this == FOLDED);
  }
}
