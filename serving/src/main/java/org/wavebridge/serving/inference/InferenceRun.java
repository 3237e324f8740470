package org.wavebridge.serving.inference;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.wavebridge.serving.engine.PcmEncoding;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.ServedStream;

/** The streams of a call, one for each row, until all have ended. */
final class InferenceRun {
  private final InferenceCall call;
  private final List<ServedStream> streams = new ArrayList<>();
  private final List<ByteArrayOutputStream> made = new ArrayList<>();
  private final CompletableFuture<List<InferenceTensor>> outputs = new CompletableFuture<>();
  private int left;

  private InferenceRun(InferenceCall call) {
    this.call = call;
    this.left = call.rows().size();
  }

  /**
   * Starts a call.
   *
   * @return its outputs, audio and lengths; to cancel it frees the rows
   * @throws Refusal if the machine has no room for all rows
   */
  static CompletableFuture<List<InferenceTensor>> start(InferenceCall call) {
    InferenceRun run = new InferenceRun(call);
    try {
      for (int row = 0; row < call.rows().size(); row++) {
        run.begin(row);
      }
    } catch (Refusal e) {
      run.cancel();
      throw e;
    }
    CompletableFuture<?> unused =
        run.outputs.whenComplete(
            (nothing, error) -> {
              if (error != null) {
                run.cancel();
              }
            });
    for (int row = 0; row < run.streams.size(); row++) {
      ServedStream stream = run.streams.get(row);
      stream.request(Long.MAX_VALUE);
      stream.push(call.rows().get(row), () -> {});
      stream.finish();
    }
    return run.outputs;
  }

  private void begin(int row) {
    ByteArrayOutputStream audio = new ByteArrayOutputStream();
    made.add(audio);
    long frames = call.rows().get(row).length / call.model().manifest().features().mels();
    streams.add(
        call.model().stream(call.settings(row), OptionalLong.of(frames), new Collector(audio)));
  }

  private void cancel() {
    streams.forEach(ServedStream::cancel);
  }

  private synchronized boolean isLast() {
    return --left == 0;
  }

  private List<InferenceTensor> tensors() {
    PcmEncoding encoding = call.settings().encoding();
    int longest = made.stream().mapToInt(ByteArrayOutputStream::size).max().orElse(0);
    ByteBuffer audio = ByteBuffer.allocate(Math.multiplyExact(longest, made.size()));
    ByteBuffer lengths = ByteBuffer.allocate(8 * made.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < made.size(); row++) {
      audio.position(row * longest).put(made.get(row).toByteArray());
      lengths.putLong(made.get(row).size() / encoding.bytes());
    }
    String type = encoding == PcmEncoding.F32LE ? InferenceTensor.FP32 : InferenceTensor.INT16;
    return List.of(
        new InferenceTensor(
            InferenceCall.AUDIO,
            type,
            new long[] {made.size(), longest / encoding.bytes()},
            audio.array()),
        new InferenceTensor(
            InferenceCall.LENGTHS,
            InferenceTensor.INT64,
            new long[] {made.size()},
            lengths.array()));
  }

  /** Keeps the sound of one row. */
  private final class Collector implements ServedStream.Sink {
    private final ByteArrayOutputStream audio;

    Collector(ByteArrayOutputStream audio) {
      this.audio = audio;
    }

    @Override
    public void audio(long first, byte[] bytes) {
      audio.writeBytes(bytes);
    }

    @Override
    public void finished() {
      if (isLast()) {
        outputs.complete(tensors());
      }
    }

    @Override
    public void failed(Refusal reason) {
      outputs.completeExceptionally(reason);
    }
  }
}
