package org.wavebridge.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.io.Features;
import picocli.CommandLine.Option;

/** Where the features of {@code vocode} come from. */
final class FeatureInputs {
  @Option(
      names = "--mel",
      arity = "1..*",
      paramLabel = "M.npy",
      description =
          "Features, [mels, frames] or [frames, mels], of any float or integer type: .npy, .npz of one array, .pt of one tensor; a folder of them; - for standard input (.npy, .npz). Several files are made together; -o is then a folder.")
  private List<Path> mels = List.of();

  @Option(
      names = "--wav",
      arity = "1..*",
      paramLabel = "IN.wav",
      description =
          "Recordings, to be analysed first; mixed to one channel and resampled where needed. Files, folders, or - for standard input.")
  private List<Path> wavs = List.of();

  /** Whether features are computed from recordings. */
  boolean analysed() {
    return mels.isEmpty();
  }

  /** The files and folders named on the command line. */
  private List<Path> given() {
    return mels.isEmpty() ? wavs : mels;
  }

  /** Whether the outputs go to a folder. */
  boolean several() {
    return given().size() > 1 || Files.isDirectory(given().get(0));
  }

  /** How many times standard input was named. */
  long standardInputs() {
    return given().stream().filter(InputFiles::isStandard).count();
  }

  /**
   * The files, those of a folder by name.
   *
   * @throws InputException if a folder cannot be read or has none
   */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (Path given : given()) {
      if (Files.isDirectory(given)) {
        files.addAll(within(given));
      } else {
        files.add(given);
      }
    }
    return files;
  }

  private List<Path> within(Path folder) {
    List<String> endings = analysed() ? List.of(".wav") : List.of(".npy", ".npz", ".pt");
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> files =
          entries
              .filter(file -> endings.stream().anyMatch(lowerCase(file)::endsWith))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new InputException(
            "%s: expected a folder with %s files, found none"
                .formatted(folder, String.join(", ", endings)));
      }
      return files;
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }

  private static String lowerCase(Path file) {
    return file.toString().toLowerCase(Locale.ROOT);
  }

  /**
   * The features of a file, as the bundle takes them.
   *
   * @throws InputException naming the file
   */
  Features read(Vocoder vocoder, Path file, MelOptions options, Report report) {
    try {
      Features features =
          analysed()
              ? vocoder.features(
                  InputFiles.recording(
                      file, vocoder.manifest().audio().sampleRate(), options.strict(), report))
              : options.apply(
                  vocoder,
                  file,
                  InputFiles.features(file, vocoder.manifest().features().mels()),
                  report);
      requireFrames(vocoder, features);
      return features;
    } catch (InputException e) {
      throw InputFiles.named(file, e);
    }
  }

  private static void requireFrames(Vocoder vocoder, Features features) {
    Utterance utterance = vocoder.manifest().utterance();
    int needed = utterance.leadFrames() + utterance.tailFrames() + 1;
    if (features.frames() < needed) {
      throw new InputException(
          "expected features of at least %d frames, found %d".formatted(needed, features.frames()));
    }
  }

  /** Refuses recordings where the bundle cannot analyse them. */
  void requireAnalysis(Vocoder vocoder, Path bundle) {
    if (analysed() && !vocoder.analysesRecordings()) {
      throw new BundleException(
          bundle
              + ": has no features graph, since the mel settings of its checkpoint are not known; give features with --mel");
    }
  }
}
