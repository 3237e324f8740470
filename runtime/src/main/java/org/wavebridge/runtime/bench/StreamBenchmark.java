package org.wavebridge.runtime.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.wavebridge.runtime.ConditioningStream;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderStream;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/**
 * Times an utterance of made-up features that is pushed in pieces, from its first frame to its end:
 * its conditioning alone, or everything up to the waveform.
 */
public final class StreamBenchmark {
  /** How much of the work is done. */
  public enum Work {
    /** Conditioning vectors. */
    CONDITIONING,
    /** Samples, too. */
    EVERYTHING
  }

  private final Vocoder vocoder;
  private final Work work;
  private final int frames;
  private final Optional<SpeakerEmbedding> speaker;
  private final List<Features> pieces = new ArrayList<>();
  private final List<Double> seconds = new ArrayList<>();
  private final List<Double> firstSeconds = new ArrayList<>();
  private int firstFrames;

  /**
   * Runs one utterance to warm up.
   *
   * @param vocoder stays open as long as the benchmark is used
   * @param frames of the utterance
   * @param piece frames pushed at once
   * @param speaker of a bundle that takes one
   */
  public StreamBenchmark(
      Vocoder vocoder, Work work, int frames, int piece, Optional<SpeakerEmbedding> speaker) {
    this.vocoder = vocoder;
    this.work = work;
    this.frames = frames;
    this.speaker = speaker;
    int mels = vocoder.manifest().features().mels();
    Uniforms random = new Uniforms(1);
    for (int from = 0; from < frames; from += piece) {
      int count = Math.min(piece, frames - from);
      float[] values = new float[mels * count];
      random.fill(values, 0, 0, from, count, mels);
      pieces.add(new Features(mels, count, values));
    }
    call();
    seconds.clear();
    firstSeconds.clear();
  }

  /** Makes the utterance and keeps its times. */
  public void call() {
    long start = System.nanoTime();
    if (work == Work.CONDITIONING) {
      ConditioningStream stream = vocoder.conditioning(speaker);
      run(
          start,
          piece -> stream.push(piece).values().stream().mapToInt(t -> t.values().length).sum());
      stream.finish();
    } else {
      VocoderStream stream = vocoder.stream(GenerateOptions.seed(1).with(speaker));
      run(start, piece -> stream.push(piece).length);
      stream.finish();
    }
    long end = System.nanoTime();
    seconds.add((end - start) * 1e-9);
    if (firstFrames == 0) {
      firstFrames = frames;
    }
    if (firstSeconds.size() < seconds.size()) {
      firstSeconds.add((end - start) * 1e-9);
    }
  }

  private void run(long start, Function<Features, Integer> push) {
    boolean begun = false;
    int pushed = 0;
    for (Features piece : pieces) {
      int made = push.apply(piece);
      pushed += piece.frames();
      if (!begun && made > 0) {
        firstSeconds.add((System.nanoTime() - start) * 1e-9);
        firstFrames = pushed;
        begun = true;
      }
    }
  }

  /** The timing of the calls so far. */
  public Timing timing() {
    if (seconds.isEmpty()) {
      throw new IllegalStateException("no call was timed");
    }
    return new Timing(
        seconds.size(), median(seconds) / frames * 1e6, firstFrames, median(firstSeconds) * 1e3);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  /**
   * Figures of a benchmark.
   *
   * @param utterances how many were timed
   * @param microsecondsPerFrame of the median utterance
   * @param firstFrames pushed when the first values came; all of them where they came at the end
   * @param firstMilliseconds median time of work until then; waiting for frames is not in it
   */
  public record Timing(
      int utterances, double microsecondsPerFrame, int firstFrames, double firstMilliseconds) {}
}
