package org.wavebridge.graphs.model;

/** Features to conditioning, at the coarsest rate that is exact. */
public sealed interface Conditioner
    permits FrameConvolutions,
        UpsampledMels,
        InterpolatedMels,
        CausalConvolutions,
        LpcNetConditioner,
        BidirectionalGru {
  /** Of frames that depend on the whole utterance: more than one has. */
  int WHOLE = 1 << 20;

  /** How many frames before a frame its conditioning depends on, and after it at most. */
  int contextFrames();

  /** How many frames after a frame its conditioning depends on. */
  default int futureFrames() {
    return contextFrames();
  }

  /** Values of the speaker embedding that it takes beside the features; 0 where it takes none. */
  default int speakerSize() {
    return 0;
  }

  /** Whether every conditioning vector holds for one sample only, instead of a frame's. */
  default boolean atSampleRate() {
    return false;
  }
}
