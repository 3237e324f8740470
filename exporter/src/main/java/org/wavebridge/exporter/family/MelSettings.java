package org.wavebridge.exporter.family;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelScale;

/** The settings of audio and mel analysis that families share, and what makes sense of them. */
final class MelSettings {
  private static final int MAXIMUM_RATE = 1_000_000;
  private static final int MAXIMUM_TRANSFORM = 1 << 16;

  private static final String DECIBELS = "db";
  private static final String NATURAL = "ln";
  private static final String LOG10 = "log10";

  /** The logarithms by the names that projects have for them. */
  private static final Map<String, String> LOGARITHMS =
      Map.of(
          DECIBELS, DECIBELS, "decibel", DECIBELS, NATURAL, NATURAL, "natural", NATURAL, LOG10,
          LOG10);

  private static final String LOG = "log";
  private static final String REFERENCE = "ref_level_db";
  private static final String PRE_EMPHASIS = "preemphasis";
  private static final List<String> SWITCHES = List.of("preemphasize", "apply_preemphasis");
  private static final String MEL_SCALE = "mel_scale";
  private static final List<String> TRANSFORM = List.of("n_fft", "fft_size", "num_fft");
  private static final List<String> WINDOW = List.of("win_length", "win_size");
  private static final List<String> LOWEST = List.of("fmin", "mel_fmin");
  private static final List<String> HIGHEST = List.of("fmax", "mel_fmax");

  /** Settings of related projects' analyses, with the values that change nothing here. */
  private static final Map<String, List<Object>> FIXED = fixed();

  private MelSettings() {}

  private static Map<String, List<Object>> fixed() {
    Map<String, List<Object>> fixed = new LinkedHashMap<>();
    for (String off : List.of("peak_norm", "rescaling", "do_sound_norm", "do_rms_norm")) {
      fixed.put(off, List.of(false));
    }
    for (String off : List.of("symmetric_mels", "symmetric_norm", "preemphasize")) {
      fixed.put(off, List.of(false));
    }
    for (String on : List.of("signal_norm", "signal_normalization", "clip_norm")) {
      fixed.put(on, List.of(true));
    }
    fixed.put("allow_clipping_in_normalization", List.of(true));
    for (String one : List.of("max_norm", "max_abs_value", "mel_max_abs_value")) {
      fixed.put(one, List.of(1));
    }
    fixed.put(PRE_EMPHASIS, List.of(0));
    fixed.put("mel_norm", List.of("slaney", 1));
    fixed.put("log_func", List.of("np.log10"));
    fixed.put("spec_gain", List.of(20));
    fixed.put("stats_path", List.of(""));
    return fixed;
  }

  /** The names of the settings of {@link #analysis}, but for the lowest level. */
  static Set<String> names() {
    Set<String> names = new TreeSet<>(FIXED.keySet());
    List.of(TRANSFORM, WINDOW, LOWEST, HIGHEST).forEach(names::addAll);
    names.addAll(List.of(LOG, MEL_SCALE));
    return names;
  }

  /** Samples per second. */
  static int sampleRate(Settings settings, int byDefault) {
    return settings.integer("sample_rate", byDefault, 1, MAXIMUM_RATE);
  }

  /** Points of the Fourier transform: an even number. */
  static int transform(Settings settings, int byDefault) {
    String name = settings.given(TRANSFORM);
    int size = settings.integer(name, byDefault, 2, MAXIMUM_TRANSFORM);
    if (size % 2 != 0) {
      throw settings.wrong(name, "an even number", size);
    }
    return size;
  }

  /** Samples of the window. */
  static int window(Settings settings, int byDefault) {
    return settings.integer(settings.given(WINDOW), byDefault, 1, MAXIMUM_TRANSFORM);
  }

  /** The lowest frequency in Hz; null is 0, as for the filters of librosa. */
  static double lowest(Settings settings, double byDefault) {
    return frequency(settings, settings.given(LOWEST), byDefault, 0);
  }

  /** The highest frequency in Hz; null is half the sample rate. */
  static double highest(Settings settings, double byDefault, int sampleRate) {
    return frequency(settings, settings.given(HIGHEST), byDefault, sampleRate / 2.0);
  }

  private static double frequency(
      Settings settings, String name, double byDefault, double whenNull) {
    return settings.isNull(name)
        ? settings.whenNull(name, whenNull)
        : settings.number(name, byDefault, "a frequency from 0", value -> value >= 0);
  }

  /**
   * The analysis, if its settings fit each other.
   *
   * @throws CheckpointException naming two settings that do not
   */
  static MelAnalysis checked(Settings settings, MelAnalysis analysis, int sampleRate) {
    if (analysis.windowLength() > analysis.fftSize()) {
      throw settings.wrong(
          "win_length", "at most n_fft = " + analysis.fftSize(), analysis.windowLength());
    }
    if (analysis.maximumFrequency() > sampleRate / 2.0) {
      throw settings.wrong(
          "fmax", "at most sample_rate / 2 = " + sampleRate / 2.0, analysis.maximumFrequency());
    }
    if (analysis.minimumFrequency() >= analysis.maximumFrequency()) {
      throw settings.wrong(
          "fmin",
          "less than the highest frequency, " + analysis.maximumFrequency(),
          analysis.minimumFrequency());
    }
    return analysis;
  }

  /**
   * The analysis of a project where its configuration does not say.
   *
   * @param lowestLevel in decibels, which becomes 0
   * @param reference decibels that count as 0
   * @param preEmphasis of the waveform
   */
  record Usual(
      int transform,
      int window,
      double lowest,
      double highest,
      String log,
      double lowestLevel,
      double reference,
      double preEmphasis) {
    /** fatchord's; the highest frequency is half the sample rate. */
    static final Usual FATCHORD =
        new Usual(2048, 1100, 40, Double.POSITIVE_INFINITY, DECIBELS, -100, 0, 0);

    /** as-ideas/ForwardTacotron's. */
    static final Usual FORWARD_TACOTRON = new Usual(1024, 1024, 0, 8000, NATURAL, -100, 0, 0);

    /** wqt2019/tacotron-2_wavernn's, of its Tacotron. */
    static final Usual WQT2019 = new Usual(1024, 800, 0, 8000, DECIBELS, -100, 20, 0.97);

    /** Rongjiehuang/Multiband-WaveRNN's. */
    static final Usual MULTIBAND =
        new Usual(512, 512, 50, Double.POSITIVE_INFINITY, DECIBELS, -120, 0, 0);
  }

  /**
   * The analysis of fatchord's project and of those that changed its settings: the logarithm of
   * max(1e-5, mel), {@code ln} or {@code log10}; or decibels, 20 log10 of it, less those of a
   * reference, of which the lowest level .. 0 becomes 0 .. 1, clipped.
   *
   * @param minimum name of the setting for the lowest level in decibels
   * @return nothing where a setting asks for what there is no graph for; a note says which
   * @throws CheckpointException if settings make no sense, or do not tell the logarithm
   */
  static Optional<MelAnalysis> analysis(
      Settings settings, String minimum, Usual usual, int sampleRate) {
    Optional<String> beyond = beyond(settings, usual);
    if (beyond.isPresent()) {
      settings.note("no features graph, %s; vocode takes --mel, not --wav".formatted(beyond.get()));
      return Optional.empty();
    }
    String log = logarithm(settings, minimum, usual);
    boolean decibels = log.equals(DECIBELS);
    double range =
        decibels
            ? -settings.number(minimum, usual.lowestLevel(), "a number below 0", level -> level < 0)
            : log.equals(LOG10) ? 20 : 1;
    double shift =
        !decibels || usual.reference() == 0
            ? 0
            : -settings.number(REFERENCE, usual.reference(), "a number", level -> true);
    int transform = transform(settings, usual.transform());
    int window = window(settings, usual.window());
    double lowest = lowest(settings, usual.lowest());
    double half = sampleRate / 2.0;
    double highest = Math.min(half, usual.highest());
    if (given(settings, HIGHEST) || usual.highest() < half) {
      highest = highest(settings, highest, sampleRate);
    }
    MelAnalysis analysis =
        MelAnalysis.of(
                transform,
                window,
                highest,
                scale(settings),
                log.equals(NATURAL) ? MelAnalysis.LogScale.NATURAL : MelAnalysis.LogScale.DECIBEL)
            .withLowest(lowest)
            .normalised(decibels ? range + shift : 0, range)
            .clipped(
                decibels ? 0 : Double.NEGATIVE_INFINITY, decibels ? 1 : Double.POSITIVE_INFINITY)
            .withPreEmphasis(preEmphasis(settings, usual.preEmphasis()));
    return Optional.of(checked(settings, analysis, sampleRate));
  }

  /** The pre-emphasis of projects that have some, unless a setting switches it off. */
  static double preEmphasis(Settings settings, double usual) {
    return usual == 0 || SWITCHES.stream().anyMatch(name -> isOff(settings, name))
        ? 0
        : settings.number(
            PRE_EMPHASIS, usual, "from 0 to less than 1", share -> share >= 0 && (float) share < 1);
  }

  private static boolean isOff(Settings settings, String name) {
    return settings.value(name).equals(Optional.of(false));
  }

  private static boolean given(Settings settings, List<String> names) {
    String name = settings.given(names);
    return settings.given(name) || settings.isNull(name);
  }

  private static MelScale scale(Settings settings) {
    Set<String> scales = Set.of("htk", "slaney");
    return settings.given(MEL_SCALE) && settings.choice(MEL_SCALE, scales).equals("htk")
        ? MelScale.HTK
        : MelScale.SLANEY;
  }

  /** fatchord has no highest frequency: who gives one has another analysis. */
  private static String logarithm(Settings settings, String minimum, Usual usual) {
    if (settings.given(LOG) || !usual.log().equals(DECIBELS)) {
      String given = settings.choice(LOG, usual.log(), new TreeSet<>(LOGARITHMS.keySet()));
      return LOGARITHMS.getOrDefault(given, given);
    }
    String highest = settings.given(HIGHEST);
    if (Double.isInfinite(usual.highest()) && settings.given(highest) && !settings.given(minimum)) {
      throw settings.refused(
          "setting '%s' is given, which the analysis of fatchord does not have, but not which logarithm the features are of; add log: ln (as in ForwardTacotron) or log: db"
              .formatted(highest));
    }
    return DECIBELS;
  }

  /** A setting with a value that the analysis here does not do. */
  private static Optional<String> beyond(Settings settings, Usual usual) {
    boolean own = usual.preEmphasis() > 0;
    boolean plain = own || SWITCHES.stream().anyMatch(name -> isOff(settings, name));
    for (Map.Entry<String, List<Object>> fixed : FIXED.entrySet()) {
      String name = fixed.getKey();
      Optional<Object> value = settings.value(name);
      boolean off = (name.equals(PRE_EMPHASIS) && plain) || (SWITCHES.contains(name) && own);
      if (value.isPresent() && !off && fixed.getValue().stream().noneMatch(same(value.get()))) {
        return Optional.of(
            "because setting '%s' is %s and the analysis here has %s"
                .formatted(name, value.get(), fixed.getValue().get(0)));
      }
    }
    return Optional.empty();
  }

  private static Predicate<Object> same(Object value) {
    return fixed ->
        (fixed instanceof Number a && value instanceof Number b)
            ? a.doubleValue() == b.doubleValue()
            : fixed.equals(value);
  }
}
