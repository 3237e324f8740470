package org.wavebridge.runtime;

/** Told how far long work has come. */
@FunctionalInterface
public interface Progress {
  /** Nobody listens. */
  Progress NONE = (done, total) -> {};

  /**
   * Called now and then, last with {@code done == total}.
   *
   * @param done units finished
   * @param total units in all
   */
  void at(long done, long total);
}
