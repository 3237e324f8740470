package org.wavebridge.runtime;

import org.jspecify.annotations.Nullable;

/**
 * The thread was interrupted while it generated, scored or analysed. Thrown before the next call of
 * a graph, so within the time of a chunk; the thread's interrupt status stays set. What was made is
 * lost, and a {@link VocoderStream} is finished by it.
 */
public final class InterruptedVocodingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InterruptedVocodingException(@Nullable Throwable cause) {
    super("interrupted before the end of the utterance", cause);
  }
}
