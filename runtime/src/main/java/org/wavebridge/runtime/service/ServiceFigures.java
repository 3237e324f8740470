package org.wavebridge.runtime.service;

import java.util.List;
import java.util.Optional;

/**
 * What a service has done and does, at one moment. Counts and histograms only grow.
 *
 * @param started streams admitted
 * @param finished streams that came to their end
 * @param failed streams that failed, for whatever reason
 * @param cancelled streams that their users ended
 * @param refused streams that were not admitted
 * @param continuous streams that ended and never ran dry: {@code finished + failed + cancelled} of
 *     them ended
 * @param live streams now
 * @param ready streams now of which samples can be made and are not being made
 * @param paused streams now whose samples nobody asks for
 * @param calls of the graph made
 * @param samples made
 * @param framesWaiting frames now that were offered and not taken into a call
 * @param samplesHeld samples now that are made and not given to listeners
 * @param capacity streams in real time that the machine can make, as measured
 * @param load of them that the live streams take: 1 is all of the capacity
 * @param firstSample seconds from the moment that a stream's first samples could be made, or its
 *     start if that was later, to their way to the listener
 * @param underruns seconds of each time that a stream ran dry though it had frames and its samples
 *     were asked for
 * @param rows rows of each call
 * @param callSeconds seconds of each call
 * @param broken why the service takes no more streams, where its backend failed again and again
 */
public record ServiceFigures(
    long started,
    long finished,
    long failed,
    long cancelled,
    long refused,
    long continuous,
    int live,
    int ready,
    int paused,
    long calls,
    long samples,
    long framesWaiting,
    long samplesHeld,
    double capacity,
    double load,
    Histogram firstSample,
    Histogram underruns,
    Histogram rows,
    Histogram callSeconds,
    Optional<String> broken) {
  /**
   * How often values were observed.
   *
   * @param bounds upper bounds of the buckets, ascending, each inclusive; there is one more bucket
   *     without a bound
   * @param counts of each bucket, {@code bounds.size() + 1}
   * @param count of all
   * @param sum of all values
   */
  public record Histogram(List<Double> bounds, List<Long> counts, long count, double sum) {
    /**
     * The bound that a share of the values does not exceed; 0 where there are none, infinite where
     * they lie above all bounds.
     *
     * @param share from 0 to 1
     */
    public double quantile(double share) {
      long wanted = (long) Math.ceil(share * count);
      long seen = 0;
      for (int i = 0; i < bounds.size(); i++) {
        seen += counts.get(i);
        if (seen >= wanted) {
          return count == 0 ? 0 : bounds.get(i);
        }
      }
      return Double.POSITIVE_INFINITY;
    }
  }
}
