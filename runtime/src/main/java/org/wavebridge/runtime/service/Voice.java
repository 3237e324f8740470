package org.wavebridge.runtime.service;

/** The making of one stream's samples; for one thread at a time. */
interface Voice {
  /** Adds frames, {@code [frames, mels]}. */
  void add(float[] frames);

  /** Says that there are no more frames. */
  void end();

  /** Frames that could be made when so many more were there, and perhaps no more came. */
  int ready(long more, boolean end);

  /** Frames to add so that so many are ready before the end; may be more than there will be. */
  long needed(int frames);

  /** Whether nothing is left to make of an utterance that ends here, when no frames are ready. */
  boolean done();

  /** Gives back what it keeps. */
  void close();
}
