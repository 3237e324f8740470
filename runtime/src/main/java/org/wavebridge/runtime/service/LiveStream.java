package org.wavebridge.runtime.service;

import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.io.Features;

/**
 * One utterance of a {@link VocoderService}: frames are offered, samples come to a listener. All
 * methods may be called by any thread, also from within the listener, and return at once.
 *
 * <p>The samples are those that {@code Vocoder.generate} makes of the same frames, seed and
 * temperature, bit for bit, whatever else the service does.
 */
public interface LiveStream {
  /**
   * Offers frames. As many are taken as there is room for; of the others {@link Listener#capacity}
   * tells when to offer them again.
   *
   * @param frames {@code [frames, mels]}, frame after frame; copied
   * @param from the first frame to take, counted in the array
   * @param count frames to take at most
   * @return how many were taken, from 0; all further ones of a stream that has ended are taken and
   *     dropped
   * @throws InputException if a value is not finite
   * @throws IndexOutOfBoundsException if there are not so many frames
   * @throws IllegalStateException after {@link #finish}
   */
  int offer(float[] frames, int from, int count);

  /**
   * Offers the frames of features from one on, as {@link #offer(float[], int, int)}.
   *
   * @throws InputException also if the features do not have the bundle's number of mels
   */
  int offer(Features features, int from);

  /** Says that there are no more frames; again does nothing. */
  void finish();

  /**
   * Asks for more samples: the listener is given no more than were asked for in all. A stream whose
   * samples nobody asks for pauses and holds nobody up. A new stream has asked for none.
   *
   * @param samples to add, at least 1; {@link Long#MAX_VALUE} for all that come
   */
  void request(long samples);

  /**
   * Ends the stream: what is not made yet is not made, and its place is free at the next call. Its
   * listener is told nothing more, but for a call that is on its way. Nothing if the stream has
   * ended.
   */
  void cancel();

  /** What was done for the stream until now; after its end too. */
  StreamFigures figures();

  /**
   * Receives what a stream makes. Calls come one after the other, from threads of the service that
   * hold no lock. One that takes long delays its own stream only. If one throws, the stream fails.
   */
  interface Listener {
    /**
     * Next samples.
     *
     * @param samples amplitudes, as {@code Vocoder.generate} gives them; the listener's to keep
     */
    void samples(float[] samples);

    /**
     * There is room for frames again, after an offer that was not taken whole.
     *
     * @param frames that {@link LiveStream#offer} would take now, at least
     */
    default void capacity(int frames) {}

    /** All samples have been given; the last call. */
    void finished();

    /** The stream has ended before its end; the last call. */
    void failed(StreamException failure);
  }
}
