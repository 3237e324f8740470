package org.wavebridge.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.Families;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.files.Unfinished;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.LogitsConsumer;
import org.wavebridge.runtime.Score;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.WaveformEncoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wavebridge demo}. */
@Command(
    name = "demo",
    description = {
      "Exports the voice that ships with WaveBridge, vocodes an utterance it was not trained on, and writes the speech to a WAV file.",
      "To start fast it skips the check that 'wavebridge export' makes of every bundle."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {"  wavebridge demo", "  wavebridge demo -o speech.wav"})
final class DemoCommand implements Runnable {
  static final String CHECKPOINT = "checkpoint.pt";
  static final String MEL = "agent-pass.npy";
  static final String RECORDING = "agent-pass.wav";

  /** Natural logarithms of mel magnitudes in a frame of {@link #MEL}. */
  static final int MELS = 80;

  private static final int SEED = 7;

  /** A share of the processor below which other programs are named. */
  private static final double BUSY = 0.8;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DEMO.wav",
      defaultValue = "demo.wav",
      description = "The WAV file to write. Default: demo.wav.")
  private Path output = Path.of("demo.wav");

  @Override
  public void run() {
    try (Unfinished unpacked = unpacked()) {
      run(unpacked.folder(), new Report(spec));
    }
  }

  private void run(Path folder, Report report) {
    ImportedModel imported =
        Exporter.read(folder.resolve(CHECKPOINT), Families.AUTO, Optional.empty());
    Path bundle;
    try (StagedBundle staged =
        Exporter.stage(imported, Optional.empty(), folder.resolve("voice"), Version.producer())) {
      bundle = staged.publish();
    }
    report.message(
        "exported the demo voice: %s, %d Hz",
        imported.model().family(), imported.model().audio().sampleRate());
    try (Vocoder vocoder = Vocoder.open(bundle, VocoderOptions.defaults())) {
      Features features = Features.read(folder.resolve(MEL), imported.model().features().mels());
      long start = System.nanoTime();
      long startOfWork = Machine.threadNanoseconds();
      Waveform speech =
          report.withProgress(
              "demo", progress -> vocoder.generate(features, GenerateOptions.seed(SEED), progress));
      double seconds = (System.nanoTime() - start) * 1e-9;
      double work = (Machine.threadNanoseconds() - startOfWork) * 1e-9;
      WavFile.write(output, speech);
      Waveform recording = WavFile.read(folder.resolve(RECORDING));
      float[] values = new WaveformEncoder(vocoder.manifest()).encode(recording.samples());
      Score score =
          report.withProgress(
              "score", progress -> vocoder.score(features, values, LogitsConsumer.NONE, progress));
      report.data("%s: %.2f s of speech", output, speech.seconds());
      report.data(
          "made on backend '%s' in %s", vocoder.backend(), speed(speech.seconds(), seconds, work));
      report.data("bits per sample against the recording: %.4f", score.bitsPerSample());
    }
  }

  /**
   * How fast speech was made: seconds of speech for each second that passed, and what other
   * programs took from that.
   *
   * @param work seconds of processor time
   */
  static String speed(double speech, double seconds, double work) {
    double rate = speech / seconds;
    String line =
        String.format(
            Locale.ROOT,
            "%.2f s: %.1f s of speech each second, %s real time",
            seconds,
            rate,
            rate < 1 ? "slower than" : "faster than");
    boolean busy = work > 0 && work < BUSY * seconds;
    return busy
        ? line
            + String.format(
                Locale.ROOT,
                " (this machine was busy: %.0f%% of the time went to other programs; alone it would make about %.1f s)",
                100 * (1 - work / seconds),
                speech / work)
        : line;
  }

  /** The checkpoint, an utterance and its recording in a temporary folder. */
  static Unfinished unpacked() {
    try {
      Unfinished unpacked = Unfinished.temporary("demo");
      for (String name : List.of(CHECKPOINT, MEL, RECORDING)) {
        try (InputStream resource = DemoCommand.class.getResourceAsStream("demo/" + name)) {
          if (resource == null) {
            throw new BackendException("this build does not carry the demo voice's " + name);
          }
          Files.copy(resource, unpacked.folder().resolve(name));
        }
      }
      return unpacked;
    } catch (IOException e) {
      throw new BackendException(
          "the demo voice cannot be unpacked to the temporary folder: " + FileErrors.reason(e), e);
    }
  }
}
