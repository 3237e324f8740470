package org.wavebridge.cli;

import java.nio.file.Path;
import org.wavebridge.exporter.checkpoint.FileKind;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.Bundle;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.WaveformEncoder;
import org.wavebridge.runtime.io.Waveform;

/** Messages about input files start with the file, also where only the command knows it. */
final class InputFiles {
  private InputFiles() {}

  /** The same error, its message starting with the file. */
  static InputException named(Path file, InputException error) {
    String message = String.valueOf(error.getMessage());
    return message.startsWith(file.toString())
        ? error
        : new InputException(file + ": " + message, error);
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
   * The values that a network would have to emit for a recording.
   *
   * @throws InputException if the recording has another sample rate than the bundle
   */
  static float[] values(Path file, Waveform recording, BundleManifest manifest) {
    if (recording.sampleRate() != manifest.audio().sampleRate()) {
      throw new InputException(
          "%s: expected %d Hz, found %d Hz; resample it"
              .formatted(file, manifest.audio().sampleRate(), recording.sampleRate()));
    }
    return new WaveformEncoder(manifest).encode(recording.samples());
  }
}
