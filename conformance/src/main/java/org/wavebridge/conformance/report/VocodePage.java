package org.wavebridge.conformance.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.Waveform;

/** What was made of features, as one page: facts, time, and pictures of each utterance. */
public final class VocodePage {
  /** Utterances with pictures of their own; a page of more is too heavy to look at. */
  public static final int MOST_UTTERANCES = 16;

  private final AudioFormat audio;
  private final FeatureFormat format;
  private final int leadFrames;

  /** Pages of a bundle. */
  public VocodePage(AudioFormat audio, FeatureFormat format, Utterance utterance) {
    this.audio = audio;
    this.format = format;
    this.leadFrames = utterance.leadFrames();
  }

  /**
   * An utterance.
   *
   * @param name of its input
   * @param facts in words
   */
  public record Made(String name, Map<String, String> facts, Features features, Waveform sound) {}

  /**
   * The time of the chunks, in their order.
   *
   * @param seconds of audio made at the end of each chunk, of all utterances together
   * @param milliseconds a frame of each chunk took, on average
   */
  public record Times(double[] seconds, double[] milliseconds) {}

  /**
   * The page.
   *
   * @param facts of the run, in words
   * @param notes what a reader must know beside
   * @param made the utterances that are drawn, at most {@link #MOST_UTTERANCES}
   * @param utterances all that were made
   */
  public String of(
      String producer,
      Map<String, String> facts,
      List<String> notes,
      Times times,
      List<Made> made,
      int utterances) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("producer", producer);
    page.put("facts", rows(facts));
    List<String> words = new ArrayList<>(notes);
    if (utterances > made.size()) {
      words.add(
          "%d utterances were made; the first %d are drawn.".formatted(utterances, made.size()));
    }
    page.put("notes", words);
    double milliseconds = 1e3 * format.hop() / audio.sampleRate();
    page.put("timing", Plot.timing(times.seconds(), times.milliseconds(), milliseconds));
    page.put("milliseconds", String.format(Locale.ROOT, "%.4g", milliseconds));
    page.put("together", utterances > 1);
    page.put("utterances", made.stream().map(this::pictures).toList());
    String heading =
        made.size() == 1 && utterances == 1
            ? "Speech made of " + made.get(0).name()
            : "Speech made of %d utterances".formatted(utterances);
    return Page.of("vocode", heading, page);
  }

  private Map<String, Object> pictures(Made made) {
    double frame = (double) format.hop() / audio.sampleRate();
    double from = -leadFrames * frame;
    double end = from + made.features().frames() * frame;
    Axis time = Axis.straight("s", from, Math.max(end, made.sound().seconds()));
    HeatMap features = Spectrogram.of(made.features());
    Optional<Axis> mel = format.analysis().map(this::melAxis);
    Axis frequency = mel.orElse(Axis.linear(made.sound().sampleRate() / 2.0));
    Map<String, Object> section = new LinkedHashMap<>();
    section.put("name", made.name());
    section.put("facts", rows(made.facts()));
    section.put("waveform", Plot.waveform(made.sound().samples(), made.sound().sampleRate(), time));
    section.put(
        "features",
        new Chart(
                "features of " + made.name(),
                time,
                mel.orElse(Axis.straight("", 0, made.features().mels())))
            .picture(features, from, end)
            .html());
    section.put("frequencies", mel.isPresent());
    section.put("mels", made.features().mels());
    section.put("lowest", String.format(Locale.ROOT, "%.3g", features.low()));
    section.put("highest", String.format(Locale.ROOT, "%.3g", features.high()));
    HeatMap output = Spectrogram.of(made.sound(), time, frequency);
    section.put(
        "output",
        new Chart("spectrogram of the output", time, frequency)
            .picture(output, time.from(), time.to())
            .html());
    section.put("quietest", (int) output.low());
    section.put("loudest", (int) output.high());
    return section;
  }

  private Axis melAxis(MelAnalysis analysis) {
    return Axis.mel(analysis.minimumFrequency(), analysis.maximumFrequency(), analysis.melScale());
  }

  private static List<Map<String, String>> rows(Map<String, String> facts) {
    List<Map<String, String>> rows = new ArrayList<>();
    facts.forEach((name, value) -> rows.add(Map.of("name", name, "value", value)));
    return rows;
  }
}
