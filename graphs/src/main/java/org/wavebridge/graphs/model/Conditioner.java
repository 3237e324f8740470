package org.wavebridge.graphs.model;

/** Features to conditioning, at the coarsest rate that is exact. */
public sealed interface Conditioner permits FrameConvolutions, UpsampledMels {
  /** How many frames on each side of a frame its conditioning depends on. */
  int contextFrames();
}
