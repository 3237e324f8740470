package org.wavebridge.graphs.model;

/** Features to conditioning, at the coarsest rate that is exact. */
public sealed interface Conditioner permits FrameConvolutions, UpsampledMels, InterpolatedMels {
  /** How many frames on each side of a frame its conditioning depends on. */
  int contextFrames();

  /** Whether every conditioning vector holds for one sample only, instead of a frame's. */
  default boolean atSampleRate() {
    return false;
  }
}
