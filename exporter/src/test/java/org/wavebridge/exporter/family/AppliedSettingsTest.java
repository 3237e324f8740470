package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.files.Altered;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelScale;

/** A setting that decides the sound is applied, or there is no features graph, or it is refused. */
final class AppliedSettingsTest {
  private static final Path RAW = CheckpointFiles.golden("fatchord_raw/checkpoint_zip.pyt");

  @TempDir Path folder;

  private static ImportedModel configured(String name) {
    Path config = Path.of("src", "test", "resources", "config", name);
    return Exporter.read(RAW, "auto", Optional.of(config));
  }

  private MelAnalysis analysis(Map<String, Object> config) {
    ImportedModel read = Altered.raw(folder).read("auto", config);
    assertEquals(List.of(), read.notes());
    return read.model().features().analysis().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"comments.json", "fatchord_dsp.json", "fatchord_all.json"})
  void theProjectsOwnFilesChangeNothing(String name) {
    ImportedModel plain = Exporter.read(RAW, "auto", Optional.empty());
    ImportedModel read = configured(name);
    assertEquals(plain.model().audio(), read.model().audio());
    assertEquals(plain.model().features(), read.model().features());
    assertEquals(List.of(), read.notes());
  }

  @Test
  void forwardTacotronsFeaturesAreNaturalLogarithms() {
    ImportedModel read = configured("forward_tacotron.yaml");
    MelAnalysis expected =
        MelAnalysis.of(1024, 1024, 8000, MelScale.SLANEY, MelAnalysis.LogScale.NATURAL);
    assertEquals(Optional.of(expected), read.model().features().analysis());
    assertEquals(List.of(), read.notes());
    assertTrue(
        read.settings().contains(new ResolvedSetting("log", "ln", ResolvedSetting.Source.DEFAULT)));
    assertTrue(
        read.settings().stream()
            .anyMatch(
                setting ->
                    setting.name().equals("voc_mode")
                        && setting.source() == ResolvedSetting.Source.CONFIG_FILE));
  }

  /** Settings in a part of the configuration are checked against the tensors as well. */
  @Test
  void partsOfAConfigurationCount() {
    Altered.raw(folder)
        .refused(
            "auto",
            Map.of("vocoder", Map.of("model", Map.of("pad", 3))),
            "setting 'voc_pad' is 3, but the tensors say 2 (width of upsample.resnet.conv_in); wrong --config or wrong checkpoint?");
    Altered.raw(folder)
        .refused(
            "auto",
            Map.of("dps", Map.of("sample_rate", 16000)),
            "--config has settings that family 'fatchord' does not know: 'dps', did you mean 'dsp'?");
  }

  @Test
  void aHighestFrequencyAsksForTheLogarithm() {
    Altered.raw(folder)
        .refused(
            "auto",
            Map.of("fmin", 0, "fmax", 8000),
            "setting 'fmax' is given, which the analysis of fatchord does not have, but not which logarithm the features are of; add log: ln (as in ForwardTacotron) or log: db");
    assertEquals(8000, analysis(Map.of("fmax", 8000, "log", "db")).maximumFrequency());
    assertEquals(8000, analysis(Map.of("mel_fmax", 8000, "min_level_db", -80)).maximumFrequency());
  }

  @ParameterizedTest
  @CsvSource({
    "db, DECIBEL, 100, 100, 0, 1",
    "ln, NATURAL, 0, 1, -Infinity, Infinity",
    "natural, NATURAL, 0, 1, -Infinity, Infinity",
    "log10, DECIBEL, 0, 20, -Infinity, Infinity"
  })
  void logarithms(
      String log, MelAnalysis.LogScale scale, double shift, double div, double low, double high) {
    MelAnalysis analysis = analysis(Map.of("log", log));
    assertEquals(scale, analysis.logScale());
    assertEquals(shift, analysis.shift());
    assertEquals(div, analysis.scale());
    assertEquals(low, analysis.minimum());
    assertEquals(high, analysis.maximum());
  }

  @Test
  void anUnknownLogarithm() {
    Altered.raw(folder)
        .refused(
            "auto",
            Map.of("log", "log2"),
            "setting 'log': expected one of [db, decibel, ln, log10, natural], found \"log2\"");
  }

  @Test
  void nullFrequenciesAreTheEndsOfTheSpectrum() {
    Map<String, Object> config = new HashMap<>();
    config.put("fmin", null);
    config.put("fmax", null);
    config.put("sample_rate", 24000);
    MelAnalysis analysis = analysis(config);
    assertEquals(0, analysis.minimumFrequency());
    assertEquals(12000, analysis.maximumFrequency());
    MelAnalysis voice =
        Altered.voice(folder)
            .own("fmin", "50")
            .read("auto", config)
            .model()
            .features()
            .analysis()
            .orElseThrow();
    assertEquals(0, voice.minimumFrequency());
    assertEquals(12000, voice.maximumFrequency());
  }

  @ParameterizedTest
  @CsvSource({
    "peak_norm, true, false",
    "preemphasis, 0.97, 0",
    "symmetric_mels, true, false",
    "max_norm, 4, 1",
    "clip_norm, false, true",
    "signal_norm, false, true",
    "spec_gain, 1, 20",
    "log_func, np.log, np.log10"
  })
  void whatThereIsNoGraphForLeavesTheGraphOut(String name, String value, String usual) {
    ImportedModel read = Altered.raw(folder).read("auto", Map.of(name, parsed(value)));
    assertEquals(Optional.empty(), read.model().features().analysis());
    assertEquals(
        List.of(
            "no features graph, because setting '%s' is %s and the analysis here has %s; vocode takes --mel, not --wav"
                .formatted(name, value, usual)),
        read.notes());
    assertEquals(
        Altered.raw(folder).read().model().features(),
        Altered.raw(folder).read("auto", Map.of(name, parsed(usual))).model().features());
  }

  @Test
  void emphasisThatIsSwitchedOffIsNone() {
    analysis(Map.of("preemphasis", 0.97, "preemphasize", false));
  }

  private static Object parsed(String value) {
    return ConfigFile.parse("test", "value: " + value).getOrDefault("value", value);
  }

  @Test
  void twoNamesOfOneSetting() {
    analysis(Map.of("fmin", 40, "mel_fmin", 40.0));
    Altered.raw(folder)
        .refused(
            "auto",
            Map.of("fmin", 40, "mel_fmin", 50),
            "settings 'fmin' and 'mel_fmin' are the same, but one is 40 and the other 50");
  }

  @ParameterizedTest
  @CsvSource({
    "voc_pda, voc_pad",
    "voc_upsample_factor, voc_upsample_factors",
    "samplerate, sample_rate",
    "sampleRate, sample_rate",
    "mulaw, mu_law",
    "hop, hop_length",
    "nfft, n_fft"
  })
  void slipsAreCaught(String slip, String meant) {
    Altered.raw(folder)
        .refused(
            "auto",
            Map.of(slip, 1),
            "--config has settings that family 'fatchord' does not know: '%s', did you mean '%s'?"
                .formatted(slip, meant));
  }

  @Test
  void whatMeansNothingIsTold() {
    ImportedModel read =
        Altered.raw(folder)
            .read("auto", Map.of("favourite_colour", "blue", "tts_r", 2, "voc_new_option", 1));
    assertEquals(
        List.of(
            "--config has settings that family 'fatchord' does not have, they are ignored: [favourite_colour]"),
        read.notes());
  }

  /** The settings that --verbose lists. */
  @Test
  void theProjectsOtherSettingsAreItsOwn() {
    Path file = Path.of("src", "test", "resources", "config", "fatchord_all.json");
    OwnSettings names = OwnSettings.of(new Fatchord(), ConfigFile.read(file));
    assertEquals(Map.of(), names.slips());
    assertEquals(Set.of(), names.unknown());
    assertEquals(
        Set.of(
            "wav_path",
            "data_path",
            "voc_model_id",
            "tts_model_id",
            "ignore_tts",
            "fft_bins",
            "voc_batch_size",
            "voc_lr",
            "voc_seq_len"),
        names.own());
  }

  /** The smallest scale of a mixture decides the sound, too. */
  @Test
  void theSmallestScaleOfMixtures() {
    Altered.mol(folder)
        .without("step")
        .refused(
            "gwang",
            Map.of("log_scale_min", -7.0),
            "setting 'log_scale_min': expected log 1e-14 = -32.23619130191664, the only one that mixtures are drawn with here, found -7.0");
    Altered.mol(folder).without("step").read("gwang", Map.of("log_scale_min", -32.23619130191664));
  }

  @Test
  void moreClassesThanCanBeDrawnFrom() {
    Altered.raw(folder)
        .shape("fc3.weight", 65536, 96)
        .refused(
            "auto",
            Map.of("bits", 16),
            "fc3 has 65536 outputs, at most 32767 can be drawn from: classes of 14 bits; networks with more, as RAW with 15 or 16 bits, are not exported");
  }
}
