package org.wavebridge.spark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.WavFile;

/** A small random voice, and the files that {@code vocode} makes with it. */
record TestVoice(Path bundle) {
  static final int MELS = 6;

  /** A voice in f32 and int8. */
  static TestVoice in(Path folder) {
    return of(folder, RandomModels.dualSoftmax(3, 32, MELS, 60, 0.3, new BlockShape(16, 1)));
  }

  /** A larger one, which takes its time. */
  static TestVoice slow(Path folder) {
    return of(folder, RandomModels.dualSoftmax(3, 256, MELS, 60, 1, new BlockShape(16, 1)));
  }

  private static TestVoice of(Path folder, VocoderModel model) {
    Path target = folder.resolve("voice");
    try (StagedBundle staged =
        StagedBundle.write(
            model,
            Optional.of(Quantizer.quantise(model)),
            new BundleManifest.Source("random", "0"),
            "test",
            target)) {
      return new TestVoice(staged.publish());
    }
  }

  static Features features(int frames) {
    Random random = new Random(frames);
    float[] values = new float[MELS * frames];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return new Features(MELS, frames, values);
  }

  static byte[] npy(Features features) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      NpyFile.write(out, NpyArray.of(features.values(), MELS, features.frames()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Writes features of a number of frames to the file of a key. */
  static Path write(Path folder, String key, int frames) throws IOException {
    Path file = folder.resolve(key + ".npy");
    Files.createDirectories(file.getParent());
    return Files.write(file, npy(features(frames)));
  }

  /** Written from the documentation. */
  static long seed(long seed, String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((seed + ":" + key).getBytes(StandardCharsets.UTF_8));
      return Long.parseUnsignedLong(HexFormat.of().formatHex(digest, 0, 8), 16) & ~(1L << 63);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The file that {@code vocode --seed} writes with the seed of a key. */
  byte[] vocode(int frames, String precision, long seed, String key) {
    try (Vocoder vocoder = Vocoder.open(bundle, new VocoderOptions("cpu", precision, 1))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      WavFile.write(
          out,
          vocoder.generate(features(frames), GenerateOptions.seed(seed(seed, key)), Progress.NONE));
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
