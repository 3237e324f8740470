package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.wavebridge.conformance.report.VocodePage;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.bench.MachineLimits;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/** What {@code vocode} made and how long each chunk took, for its page. */
final class VocodeRecord {
  private final List<VocodePage.Made> made = new ArrayList<>();
  private final List<double[]> chunks = new ArrayList<>();
  private final int most;
  private final int sampleRate;
  private final int hop;
  private int utterances;
  private double audio;
  private double wall;
  private long samples;

  /**
   * An empty record.
   *
   * @param pictures whether utterances are kept to be drawn
   */
  VocodeRecord(BundleManifest manifest, boolean pictures) {
    most = pictures ? VocodePage.MOST_UTTERANCES : 0;
    sampleRate = manifest.audio().sampleRate();
    hop = manifest.features().hop();
  }

  /** Listens to the progress of utterances that are made in the same calls, from now on. */
  Progress listening(Progress other) {
    return new Progress() {
      private long then = System.nanoTime();
      private long last;

      @Override
      public void at(long done, long total) {
        long now = System.nanoTime();
        if (done > last) {
          double frames = (double) (done - last) / hop;
          samples += done - last;
          chunks.add(new double[] {(double) samples / sampleRate, (now - then) * 1e-6 / frames});
          last = done;
        }
        other.at(done, total);
        then = System.nanoTime();
      }
    };
  }

  /** Notes an utterance that was written. */
  void add(Path input, Path output, Features features, Waveform sound) {
    utterances++;
    audio += sound.seconds();
    if (made.size() < most) {
      String name =
          InputFiles.isStandard(input)
              ? InputFiles.name(input)
              : String.valueOf(input.getFileName());
      Map<String, String> facts = new LinkedHashMap<>();
      facts.put("input", InputFiles.name(input));
      facts.put("output", InputFiles.isStandard(output) ? "standard output" : output.toString());
      facts.put("frames", Integer.toString(features.frames()));
      facts.put("audio seconds", format("%.3f", sound.seconds()));
      facts.put("SHA-256 of the PCM", Sha256.of(pcm(sound)));
      made.add(new VocodePage.Made(name, facts, features, sound));
    }
  }

  /** The 16-bit samples of the file, little-endian, as they follow its header. */
  private static byte[] pcm(Waveform sound) {
    byte[] bytes = new byte[2 * sound.samples().length];
    for (int t = 0; t < sound.samples().length; t++) {
      short sample = WavFile.toPcm16(sound.samples()[t]);
      bytes[2 * t] = (byte) sample;
      bytes[2 * t + 1] = (byte) (sample >> 8);
    }
    return bytes;
  }

  /** Adds seconds that generating took. */
  void took(double seconds) {
    wall += seconds;
  }

  /** Seconds of all utterances. */
  double audio() {
    return audio;
  }

  /** Seconds that making them took. */
  double wall() {
    return wall;
  }

  double timesRealTime() {
    return audio / wall;
  }

  /**
   * The page.
   *
   * @param options of the command, in words
   * @param failed inputs of which nothing was made
   */
  String page(Path bundle, Vocoder vocoder, Map<String, String> options, int failed) {
    BundleManifest manifest = vocoder.manifest();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("bundle", bundle.toString());
    facts.put("family", manifest.family());
    facts.put("precision", vocoder.options().precision());
    facts.put("backend", vocoder.backend());
    facts.put("CPU level", MachineLimits.cpuLevel().orElse("none of our kernels ran"));
    facts.put("machine", Machine.description());
    facts.putAll(options);
    facts.put("audio seconds", format("%.3f", audio));
    facts.put("wall seconds", format("%.3f", wall));
    facts.put("x real time", format("%.1f", timesRealTime()));
    List<String> notes =
        failed == 0
            ? List.of()
            : List.of("%d inputs could not be made; the command named them.".formatted(failed));
    double[] seconds = chunks.stream().mapToDouble(chunk -> chunk[0]).toArray();
    double[] milliseconds = chunks.stream().mapToDouble(chunk -> chunk[1]).toArray();
    return new VocodePage(manifest.audio(), manifest.features(), manifest.utterance())
        .of(
            Version.producer(),
            facts,
            notes,
            new VocodePage.Times(seconds, milliseconds),
            made,
            utterances);
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
