package org.wavebridge.runtime.service;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.wavebridge.runtime.TestVoices;

/** A listener that keeps everything, and notices what must not happen. */
class Listening implements LiveStream.Listener {
  private final List<float[]> parts = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Semaphore room = new Semaphore(0);
  private boolean inside;
  private boolean ended;
  private boolean finished;
  private StreamException failure;
  private String fault = "";

  @Override
  public void samples(float[] samples) {
    enter();
    synchronized (this) {
      parts.add(samples);
    }
    got(samples.length);
    leave();
  }

  /** After samples were kept. */
  void got(int samples) {}

  @Override
  public void capacity(int frames) {
    enter();
    fault(frames > 0, "no capacity");
    room.release();
    leave();
  }

  @Override
  public void finished() {
    enter();
    synchronized (this) {
      finished = true;
    }
    end();
  }

  @Override
  public void failed(StreamException why) {
    enter();
    synchronized (this) {
      failure = why;
    }
    end();
  }

  private synchronized void enter() {
    fault(!inside, "two calls at a time");
    fault(!ended, "a call after the last one");
    inside = true;
  }

  private synchronized void leave() {
    inside = false;
  }

  private void end() {
    synchronized (this) {
      ended = true;
      inside = false;
    }
    over.countDown();
  }

  private synchronized void fault(boolean good, String what) {
    if (!good) {
      fault = what;
    }
  }

  /** Waits until there is room for frames. */
  void awaitRoom() throws InterruptedException {
    room.tryAcquire(20, TimeUnit.MILLISECONDS);
  }

  /** Waits for the last call; the samples of a stream that finished. */
  float[] finishedSamples() throws InterruptedException {
    await();
    synchronized (this) {
      if (!finished) {
        throw new AssertionError("the stream failed", failure);
      }
    }
    return samplesSoFar();
  }

  /** Waits for the last call; how the stream failed. */
  StreamException failure() throws InterruptedException {
    await();
    synchronized (this) {
      if (failure == null) {
        throw new AssertionError("the stream finished");
      }
      return failure;
    }
  }

  private void await() throws InterruptedException {
    if (!over.await(100, TimeUnit.SECONDS)) {
      throw new AssertionError("the stream does not end, after %d parts".formatted(parts()));
    }
    synchronized (this) {
      if (!fault.isEmpty()) {
        throw new AssertionError(fault);
      }
    }
  }

  synchronized int parts() {
    return parts.size();
  }

  synchronized float[] samplesSoFar() {
    return TestVoices.joined(parts);
  }
}
