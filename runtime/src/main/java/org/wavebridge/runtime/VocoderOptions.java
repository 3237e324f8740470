package org.wavebridge.runtime;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * How a bundle is opened.
 *
 * @param backend name of a backend, or {@code auto}; kept in lower case
 * @param precision precision of the graphs, such as {@code f32}; kept in lower case
 * @param threads threads a graph may use
 * @param factor sub-tensors that an utterance is divided into, if not as many as the bundle says;
 *     only for bundles of subscale utterances, and at most what their context was trained for
 */
public record VocoderOptions(String backend, String precision, int threads, OptionalInt factor) {
  /** The most threads of a graph. */
  public static final int MOST_THREADS = 1024;

  /** Checks the numbers. */
  public VocoderOptions {
    backend = backend.toLowerCase(Locale.ROOT);
    precision = precision.toLowerCase(Locale.ROOT);
    if (threads < 1 || threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "threads: expected 1 to %d, found %d".formatted(MOST_THREADS, threads));
    }
    if (factor.isPresent() && factor.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "the subscale factor must be at least 1, found " + factor.getAsInt());
    }
  }

  /** Options with the bundle's own factor. */
  public VocoderOptions(String backend, String precision, int threads) {
    this(backend, precision, threads, OptionalInt.empty());
  }

  /** The best available backend, f32, one thread. */
  public static VocoderOptions defaults() {
    return new VocoderOptions(Backends.AUTO, "f32", 1);
  }

  /** These options with another backend. */
  public VocoderOptions withBackend(String name) {
    return new VocoderOptions(name, precision, threads, factor);
  }

  /** These options with another number of threads. */
  public VocoderOptions withThreads(int count) {
    return new VocoderOptions(backend, precision, count, factor);
  }

  /** These options with another number of sub-tensors. */
  public VocoderOptions withFactor(int other) {
    return new VocoderOptions(backend, precision, threads, OptionalInt.of(other));
  }
}
