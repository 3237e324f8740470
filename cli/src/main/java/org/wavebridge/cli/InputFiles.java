package org.wavebridge.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.wavebridge.exporter.checkpoint.CheckpointReader;
import org.wavebridge.exporter.checkpoint.CheckpointTensor;
import org.wavebridge.exporter.checkpoint.FileKind;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.WaveBridgeException;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.runtime.WaveformEncoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.NpzFile;
import org.wavebridge.runtime.io.Recording;
import org.wavebridge.runtime.io.Resampler;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/**
 * Features and recordings as the commands take them: files of every kind that is read, and {@code
 * -}, standard input. Messages start with the file, also where only the command knows it.
 */
final class InputFiles {
  /** Stands for standard input, and for standard output. */
  static final Path STANDARD = Path.of("-");

  private static final String STANDARD_INPUT = "standard input";

  private InputFiles() {}

  static boolean isStandard(Path file) {
    return file.equals(STANDARD);
  }

  /** The name of a file in messages. */
  static String name(Path file) {
    return isStandard(file) ? STANDARD_INPUT : file.toString();
  }

  /** An error with the file's name before its message. */
  static InputException named(Path file, WaveBridgeException error) {
    String message = String.valueOf(error.getMessage());
    if (error instanceof InputException input && message.startsWith(name(file))) {
      return input;
    }
    return new InputException(
        message.startsWith(name(file)) ? message : name(file) + ": " + message, error);
  }

  /**
   * Refuses a checkpoint where a bundle is expected.
   *
   * @throws BundleException saying how to make one of it
   */
  static void requireBundle(Path path) {
    if (!Bundle.isBundle(path) && FileKind.isCheckpoint(path)) {
      throw new BundleException(
          "%s: expected a bundle, found a checkpoint; make a bundle of it with 'wavebridge export %s -o BUNDLE'"
              .formatted(path, path));
    }
  }

  /**
   * Features from a {@code .npy} file, a {@code .npz} file of one array, or a PyTorch file of one
   * tensor; from standard input {@code .npy} or {@code .npz}.
   */
  static Features features(Path file, int mels) {
    try {
      if (isStandard(file)) {
        return Features.of(standardArray(), mels);
      }
      return isTensor(file) ? tensor(file, mels) : Features.read(file, mels);
    } catch (WaveBridgeException e) {
      throw named(file, e);
    }
  }

  /** An array from a {@code .npy} file or standard input. */
  static NpyArray array(Path file) {
    return isStandard(file) ? standardArray() : NpyFile.read(file);
  }

  private static NpyArray standardArray() {
    try {
      InputStream in = new BufferedInputStream(System.in);
      in.mark(1);
      boolean archive = in.read() == 'P';
      in.reset();
      return archive ? NpzFile.only(in, STANDARD_INPUT) : NpyFile.read(in, STANDARD_INPUT);
    } catch (IOException e) {
      throw new InputException(STANDARD_INPUT + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }

  /** Both zips look alike; the name says which one is meant. */
  private static boolean isTensor(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).matches(".*\\.(pt|pth|safetensors)");
  }

  private static Features tensor(Path file, int mels) {
    CheckpointTensor tensor = CheckpointReader.tensor(file);
    long[] sizes = tensor.shape();
    int[] shape = new int[sizes.length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = Math.toIntExact(sizes[i]);
    }
    return Features.of(NpyArray.of(tensor.toFloats(), shape), mels);
  }

  /**
   * A recording as one channel at a sample rate: mixed and resampled where it is not, with a line
   * that says so.
   *
   * @param strict refuse it instead
   */
  static Waveform recording(Path file, int sampleRate, boolean strict, Report report) {
    Recording read =
        isStandard(file)
            ? WavFile.readChannels(STANDARD_INPUT, System.in)
            : WavFile.readChannels(file);
    int channels = read.channels().length;
    if (channels == 1 && read.sampleRate() == sampleRate) {
      return read.mixed();
    }
    if (strict) {
      throw new InputException(
          "%s: expected one channel at %d Hz, found %d at %d Hz; convert it, or leave out --strict"
              .formatted(name(file), sampleRate, channels, read.sampleRate()));
    }
    List<String> done = new ArrayList<>();
    if (channels > 1) {
      done.add("%d channels mixed to one".formatted(channels));
    }
    if (read.sampleRate() != sampleRate) {
      done.add("%d Hz resampled to %d Hz".formatted(read.sampleRate(), sampleRate));
    }
    try {
      Waveform made = Resampler.resample(read.mixed(), sampleRate);
      report.message("%s: %s", name(file), String.join(", ", done));
      return made;
    } catch (InputException e) {
      throw named(file, e);
    }
  }

  /** The values that a network would have to emit for a recording. */
  static float[] values(Path file, BundleManifest manifest, boolean strict, Report report) {
    Waveform recording = recording(file, manifest.audio().sampleRate(), strict, report);
    return new WaveformEncoder(manifest).encode(recording.samples());
  }
}
