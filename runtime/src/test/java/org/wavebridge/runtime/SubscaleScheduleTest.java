package org.wavebridge.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.wavebridge.graphs.model.Subscale;

/** The schedule against walks through all its steps, for many sizes. */
class SubscaleScheduleTest {
  private static final int NEVER = -1;

  /** Small sizes with every remainder of L by B, then random ones. */
  static Stream<SubscaleSchedule> schedules() {
    Random random = new Random(20);
    Stream<SubscaleSchedule> small =
        Stream.of(0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 31)
            .flatMap(
                samples -> Stream.of(1, 2, 4).map(b -> new SubscaleSchedule(b, 0, 1, samples)));
    Stream<SubscaleSchedule> large =
        Stream.generate(
                () ->
                    new SubscaleSchedule(
                        1 + random.nextInt(17),
                        random.nextInt(12),
                        1 + (random.nextBoolean() ? 0 : random.nextInt(9)),
                        random.nextInt(400)))
            .limit(150);
    return Stream.concat(small, large);
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void makesEverySampleOnce(SubscaleSchedule schedule) {
    int[] madeAt = madeAt(schedule);
    for (int t = 0; t < madeAt.length; t++) {
      int step = schedule.step(t / schedule.factor(), t % schedule.factor());
      assertEquals(step, madeAt[t], "sample " + t);
    }
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void givesThePositionsOfEachRow(SubscaleSchedule schedule) {
    int[] count = new int[schedule.factor()];
    for (int t = 0; t < schedule.samples(); t++) {
      count[t % schedule.factor()]++;
    }
    for (int row = 0; row < count.length; row++) {
      assertEquals(count[row], schedule.positions(row), "row " + row);
    }
  }

  /** All that the definition lets a sample depend on is made at an earlier step. */
  @ParameterizedTest
  @MethodSource("schedules")
  void makesNothingBeforeWhatItDependsOn(SubscaleSchedule schedule) {
    int[] madeAt = madeAt(schedule);
    int factor = schedule.factor();
    for (int t = 0; t < madeAt.length; t++) {
      for (int row = 0; row <= t % factor; row++) {
        int newest = row < t % factor ? t / factor + schedule.horizon() : t / factor - 1;
        int position = Math.min(newest, schedule.positions(row) - 1);
        if (position >= 0) {
          assertTrue(madeAt[schedule.sample(position, row)] < madeAt[t], "sample " + t);
        }
      }
    }
  }

  /** The chunk of contexts that starts at a position is the largest that can run at its step. */
  @ParameterizedTest
  @MethodSource("schedules")
  void contextTimesReadOnlyWhatIsMade(SubscaleSchedule schedule) {
    int[] madeAt = madeAt(schedule);
    for (int row = 1; row < schedule.rows(); row++) {
      for (int position = 0; position < schedule.positions(row); position++) {
        int step = schedule.step(position, row);
        int newest = schedule.newestContextTime(row, step);
        assertEquals(position + schedule.horizon() + schedule.chunk() - 1, newest);
        for (int time = 0; time < schedule.positions(row - 1); time++) {
          boolean made = madeAt[schedule.sample(time, row - 1)] < step;
          assertEquals(time <= newest, made, "row %d, step %d, time %d".formatted(row, step, time));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void countsThePrefixWithoutAGap(SubscaleSchedule schedule) {
    int[] madeAt = madeAt(schedule);
    int prefix = 0;
    int latency = schedule.samples() == 0 ? 0 : NEVER;
    for (int steps = 0; steps <= schedule.steps(); steps++) {
      while (prefix < madeAt.length && madeAt[prefix] < steps) {
        prefix++;
      }
      assertEquals(prefix, schedule.prefix(steps), steps + " steps");
      if (latency == NEVER && prefix >= Math.min(schedule.factor(), schedule.samples())) {
        latency = steps;
      }
      assertTrue(schedule.steps(prefix) <= steps);
    }
    assertEquals(schedule.samples(), prefix);
    assertEquals(schedule.samples(), schedule.prefix(Integer.MAX_VALUE));
    assertEquals(latency, schedule.latency());
    if (schedule.samples() > 0) {
      assertTrue(schedule.prefix(schedule.steps() - 1) < schedule.samples(), "a step too many");
    }
  }

  /** The number of steps stated in the paper, and the one for chunks. */
  @ParameterizedTest
  @CsvSource({
    "16, 128, 1, 24000, 3435",
    "16, 64, 1, 24000, 2475",
    "16, 7, 1, 240000, 15120",
    "16, 64, 100, 240000, 17460",
    "1, 64, 1, 1000, 1000"
  })
  void takesTheStatedNumberOfSteps(int factor, int horizon, int chunk, int samples, int steps) {
    SubscaleSchedule schedule =
        SubscaleSchedule.of(new Subscale(factor, horizon, chunk, Optional.empty()), samples);
    int plain = samples / factor + (factor - 1) * (horizon + 1);
    assertEquals(plain + (factor - 1) * (chunk - 1), schedule.steps());
    assertEquals(steps, schedule.steps());
  }

  @Test
  void refusesWhatHasNoSchedule() {
    assertThrows(IllegalArgumentException.class, () -> new SubscaleSchedule(0, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new SubscaleSchedule(1, -1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new SubscaleSchedule(1, 0, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new SubscaleSchedule(1, 0, 1, -1));
    for (int factor : new int[] {1, 16}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new SubscaleSchedule(factor, Integer.MAX_VALUE, 1, 1))
              .getMessage();
      assertTrue(message.contains("smaller horizon"), message);
    }
  }

  /** The step that makes each sample, from a walk over the active rows of every step. */
  private static int[] madeAt(SubscaleSchedule schedule) {
    int[] madeAt = new int[schedule.samples()];
    Arrays.fill(madeAt, NEVER);
    for (int step = 0; step < schedule.steps(); step++) {
      int end = schedule.endRow(step);
      assertTrue(schedule.firstRow(step) <= end);
      for (int row = schedule.firstRow(step); row < end; row++) {
        int sample = schedule.sample(schedule.position(row, step), row);
        assertEquals(NEVER, madeAt[sample], "sample " + sample + " is made twice");
        madeAt[sample] = step;
      }
    }
    return madeAt;
  }
}
