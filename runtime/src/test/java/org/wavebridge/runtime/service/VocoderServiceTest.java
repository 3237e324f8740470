package org.wavebridge.runtime.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;

final class VocoderServiceTest {
  @TempDir Path folder;

  @Test
  void aStreamIsWhatGenerateMakes()
      throws OverloadedException, InterruptedException, ExecutionException {
    VocoderModel model = RandomModels.dualSoftmax(1, 32, 6, 7, 0.3, new BlockShape(16, 1));
    Path target = folder.resolve("voice");
    try (StagedBundle staged =
        StagedBundle.write(model, new BundleManifest.Source("random", "0"), "test", target)) {
      staged.publish();
    }
    Random random = new Random(1);
    float[] values = new float[model.features().mels() * 50];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    Features features = new Features(model.features().mels(), 50, values);
    VocoderOptions opening = VocoderOptions.defaults().withBackend("cpu");
    try (VocoderService service = VocoderService.open(target, opening, ServiceOptions.defaults())) {
      CompletableFuture<float[]> made = new CompletableFuture<>();
      LiveStream stream =
          service.stream(
              StreamOptions.seed(7),
              new LiveStream.Listener() {
                private final List<Float> all = new ArrayList<>();

                @Override
                public void samples(float[] samples) {
                  for (float sample : samples) {
                    all.add(sample);
                  }
                }

                @Override
                public void finished() {
                  float[] joined = new float[all.size()];
                  for (int i = 0; i < joined.length; i++) {
                    joined[i] = all.get(i);
                  }
                  made.complete(joined);
                }

                @Override
                public void failed(StreamException failure) {
                  made.completeExceptionally(failure);
                }
              });
      stream.request(Long.MAX_VALUE);
      stream.offer(features, 0);
      stream.finish();
      Vocoder vocoder = service.vocoder();
      assertArrayEquals(
          vocoder.generate(features, GenerateOptions.seed(7), Progress.NONE).samples(), made.get());
    }
  }
}
