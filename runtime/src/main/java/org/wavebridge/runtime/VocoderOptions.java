package org.wavebridge.runtime;

/**
 * How a bundle is opened.
 *
 * @param backend name of a backend, or {@code auto}
 * @param precision precision of the graphs, such as {@code f32}
 * @param threads threads a graph may use
 */
public record VocoderOptions(String backend, String precision, int threads) {
  /** Checks the number of threads. */
  public VocoderOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
  }

  /** The best available backend, f32, one thread. */
  public static VocoderOptions defaults() {
    return new VocoderOptions(Backends.AUTO, "f32", 1);
  }

  /** The same with another backend. */
  public VocoderOptions withBackend(String name) {
    return new VocoderOptions(name, precision, threads);
  }
}
