package org.wavebridge.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.io.Features;

/** Bundles of random models, made-up features, and what streams of them return. */
public final class TestVoices {
  private TestVoices() {}

  /** The model's bundle in a folder; one that was there is replaced. */
  public static Path bundle(Path folder, VocoderModel model) {
    Path target = folder.resolve("voice");
    try (StagedBundle staged =
        StagedBundle.write(model, new BundleManifest.Source("random", "0"), "test", target)) {
      return staged.publish();
    }
  }

  public static Vocoder open(Path folder, VocoderModel model, String backend) {
    return Vocoder.open(bundle(folder, model), VocoderOptions.defaults().withBackend(backend));
  }

  public static Features features(VocoderModel model, int frames) {
    Random random = new Random(frames);
    float[] values = new float[model.features().mels() * frames];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return new Features(model.features().mels(), frames, values);
  }

  /** The samples that a stream returns for each push of so many frames, and at last for its end. */
  static List<float[]> streamed(VocoderStream stream, Features features, int piece) {
    List<float[]> parts = new ArrayList<>();
    pieces(features, piece).forEach(part -> parts.add(stream.push(part)));
    parts.add(stream.finish());
    return parts;
  }

  /** Features in pieces of so many frames; the last may have fewer. */
  static List<Features> pieces(Features features, int piece) {
    List<Features> parts = new ArrayList<>();
    for (int from = 0; from < features.frames(); from += piece) {
      int to = Math.min(features.frames(), from + piece);
      float[] values = new float[features.mels() * (to - from)];
      for (int mel = 0; mel < features.mels(); mel++) {
        for (int frame = from; frame < to; frame++) {
          values[mel * (to - from) + frame - from] = features.at(mel, frame);
        }
      }
      parts.add(new Features(features.mels(), to - from, values));
    }
    return parts;
  }

  public static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
