package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;

/** The window against every sample that the definition of a context reads. */
final class SubscaleWindowTest {
  private static final int SAMPLES = 200;

  @Test
  void holdsWhatIsReadAndNoMoreThanASetBeforeIt() {
    Random random = new Random(8);
    for (int round = 0; round < 200; round++) {
      int factor = 1 + random.nextInt(6);
      int horizon = random.nextInt(5);
      boolean ownPast = random.nextBoolean();
      int reach = random.nextInt(9);
      int size = random.nextInt(2);
      SubscalePart part = new SubscalePart(factor, horizon, 1, ownPast, 8, reach, size);
      SubscaleWindow window = new SubscaleWindow(part);
      int from = random.nextInt(SAMPLES / factor);
      int to = from + 1 + random.nextInt(3);
      int first = factor * from;
      int end = Math.min(SAMPLES, factor * to);
      for (int position = from; position < to && size > 0; position++) {
        for (int back = 0; back <= reach; back++) {
          first = Math.min(first, factor * Math.max(0, position + horizon - back));
          end = Math.max(end, Math.min(SAMPLES, factor * (position + horizon - back + 1)));
          if (ownPast) {
            first = Math.min(first, factor * Math.max(0, position - 1 - back));
          }
        }
      }
      assertEquals(first, window.first(from), part.toString());
      assertTrue(end <= window.end(to, SAMPLES), part.toString());
      assertTrue(window.end(to, SAMPLES) <= factor * (to + horizon), part.toString());
    }
  }

  /** For any length of an utterance: what a stream keeps has a bound. */
  @Test
  void isAsLongAsTheReachAndTheRampWhateverThePosition() {
    SubscalePart part = new SubscalePart(16, 64, 1, true, 16, 30, 64);
    SubscaleWindow window = new SubscaleWindow(part);
    for (int position : new int[] {100, 10_000, 100_000_000}) {
      assertEquals(16 * 31, 16 * position - window.first(position));
    }
  }
}
