package org.wavebridge.runtime.service;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/**
 * How a stream is made.
 *
 * @param seed of the uniforms; the same seed gives the same samples
 * @param temperature see {@link GenerateOptions}
 * @param frames that the stream will have, if that is known before; admission then knows when it
 *     ends. A wrong number changes no sample
 * @param fade whether the end is faded out as the bundle says, and as {@code Vocoder.generate}
 *     does; then samples wait until they are known to lie before the fade, and most bundles have
 *     none
 * @param deadline when the stream fails if it has not ended, counted from its start
 * @param speaker see {@link GenerateOptions}
 */
public record StreamOptions(
    long seed,
    float temperature,
    OptionalLong frames,
    boolean fade,
    Optional<Duration> deadline,
    Optional<SpeakerEmbedding> speaker) {
  /** Checks the ranges. */
  public StreamOptions {
    GenerateOptions.seed(seed).withTemperature(temperature);
    if (frames.isPresent() && frames.getAsLong() < 1) {
      throw new IllegalArgumentException(
          "frames: expected at least 1, found " + frames.getAsLong());
    }
    if (deadline.isPresent() && (deadline.get().isNegative() || deadline.get().isZero())) {
      throw new IllegalArgumentException("deadline: expected more than 0, found " + deadline.get());
    }
  }

  /** A seed, temperature 1, the bundle's fade, no deadline, no speaker. */
  public static StreamOptions seed(long seed) {
    return new StreamOptions(
        seed, 1, OptionalLong.empty(), true, Optional.empty(), Optional.empty());
  }

  /** These options at another temperature. */
  public StreamOptions withTemperature(float value) {
    return new StreamOptions(seed, value, frames, fade, deadline, speaker);
  }

  /** These options for a stream of so many frames. */
  public StreamOptions withFrames(long count) {
    return new StreamOptions(seed, temperature, OptionalLong.of(count), fade, deadline, speaker);
  }

  /** These options with the end faded out or not. */
  public StreamOptions withFade(boolean faded) {
    return new StreamOptions(seed, temperature, frames, faded, deadline, speaker);
  }

  /** These options with a deadline. */
  public StreamOptions withDeadline(Duration time) {
    return new StreamOptions(seed, temperature, frames, fade, Optional.of(time), speaker);
  }

  /** These options with a speaker, or with none. */
  public StreamOptions with(Optional<SpeakerEmbedding> embedding) {
    return new StreamOptions(seed, temperature, frames, fade, deadline, embedding);
  }
}
