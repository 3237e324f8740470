package org.wavebridge.runtime.internal.lifetime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A resource is freed once, never under a use, and when its guard was dropped. */
@Timeout(60)
final class GuardTest {
  private final AtomicInteger freed = new AtomicInteger();

  @Test
  void closeWaitsForUsesOfOtherThreadsAndLetsNoneBegin() throws InterruptedException {
    Guard guard = new Guard("it", freed::incrementAndGet);
    Guard.Use use = guard.enter();
    List<Thread> closing = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      closing.add(new Thread(guard::close));
      closing.get(i).start();
    }
    while (closing.stream().anyMatch(thread -> thread.getState() != Thread.State.WAITING)) {
      Thread.onSpinWait();
    }
    assertEquals(0, freed.get());
    IllegalStateException refused = assertThrows(IllegalStateException.class, guard::enter);
    assertEquals("it is closed", refused.getMessage());
    // An interrupt does not end the wait, and is kept.
    closing.get(0).interrupt();
    use.close();
    use.close();
    for (Thread thread : closing) {
      thread.join();
    }
    guard.close();
    assertEquals(1, freed.get());
  }

  @Test
  void closeFromWithinAUseFreesAtItsEnd() {
    Guard guard = new Guard("it", freed::incrementAndGet);
    Guard.Use outer = guard.enter();
    Guard.Use inner = guard.enter();
    guard.close();
    inner.close();
    assertEquals(0, freed.get());
    assertThrows(IllegalStateException.class, guard::enter);
    outer.close();
    assertEquals(1, freed.get());
  }

  @Test
  void aFailureToFreeIsToldOnceAndLeavesNobodyWaiting() {
    Guard guard =
        new Guard(
            "it",
            () -> {
              throw new IllegalArgumentException("refuses");
            });
    assertThrows(IllegalArgumentException.class, guard::close);
    guard.close();
  }

  @Test
  void aDroppedGuardFreesButNotUnderAUse() throws InterruptedException {
    CountDownLatch gone = new CountDownLatch(1);
    Guard.Use use = new Guard("it", gone::countDown).enter();
    System.gc();
    assertFalse(gone.await(100, TimeUnit.MILLISECONDS));
    use.close();
    use = new Guard("other", () -> {}).enter();
    for (int i = 0; i < 100 && !gone.await(50, TimeUnit.MILLISECONDS); i++) {
      System.gc();
    }
    assertTrue(gone.await(0, TimeUnit.SECONDS));
    use.close();
  }
}
