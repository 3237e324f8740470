package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.files.Altered;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.SampleEncoding;

/** Where settings come from, and which are refused. */
final class SettingsTest {
  @TempDir Path folder;

  private static Map<String, String> shown(ImportedModel imported) {
    Map<String, String> shown = new TreeMap<>();
    imported
        .settings()
        .forEach(setting -> shown.put(setting.name(), setting.value() + " " + setting.source()));
    return shown;
  }

  @Test
  void sourcesOfTheRawModelWithoutAConfiguration() {
    Map<String, String> expected = new TreeMap<>();
    expected.put("num_mels", "80 TENSORS");
    expected.put("voc_pad", "2 TENSORS");
    expected.put("voc_upsample_factors", "[5, 5, 11] TENSORS");
    expected.put("hop_length", "275 TENSORS");
    expected.put("voc_res_blocks", "3 TENSORS");
    expected.put("voc_compute_dims", "32 TENSORS");
    expected.put("voc_res_out_dims", "32 TENSORS");
    expected.put("voc_rnn_dims", "64 TENSORS");
    expected.put("voc_fc_dims", "96 TENSORS");
    expected.put("voc_mode", "RAW TENSORS");
    expected.put("bits", "9 TENSORS");
    expected.put("sample_rate", "22050 DEFAULT");
    expected.put("mu_law", "true DEFAULT");
    expected.put("min_level_db", "-100.0 DEFAULT");
    expected.put("n_fft", "2048 DEFAULT");
    expected.put("win_length", "1100 DEFAULT");
    expected.put("fmin", "40.0 DEFAULT");
    assertEquals(expected, shown(Altered.raw(folder).read()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fatchord_raw", "fatchord_mol"})
  void theGoldenConfigurationIsAccepted(String name) {
    ImportedModel imported =
        Exporter.read(
            CheckpointFiles.golden(name + "/checkpoint_zip.pyt"),
            "auto",
            Optional.of(CheckpointFiles.golden(name + "/config.json")));
    Map<String, String> shown = shown(imported);
    boolean raw = name.equals("fatchord_raw");
    assertEquals("22050 CONFIG_FILE", shown.get("sample_rate"));
    assertEquals((raw ? "RAW" : "MOL") + " CONFIG_FILE", shown.get("voc_mode"));
    assertEquals(raw ? "9 TENSORS" : "9 CONFIG_FILE", shown.get("bits"));
    assertEquals("275 TENSORS", shown.get("hop_length"));
    assertEquals("2048 DEFAULT", shown.get("n_fft"));
    SampleEncoding encoding = raw ? SampleEncoding.MU_LAW : SampleEncoding.CONTINUOUS;
    assertEquals(new AudioFormat(22050, 9, encoding, 0, 20), imported.model().audio());
    assertEquals(
        MelAnalysis.of(2048, 1100, 11025, MelScale.SLANEY, MelAnalysis.LogScale.DECIBEL)
            .withLowest(40)
            .normalised(100, 100)
            .clipped(0, 1),
        imported.model().features().analysis().orElseThrow());
  }

  @Test
  void sourcesOfTheVoice() {
    ImportedModel imported =
        Altered.voice(folder).read("auto", Map.of("preemphasis", 0.5, "fmax", 7000));
    Map<String, String> expected = new TreeMap<>();
    expected.put("family", "wavernn-dual-softmax CHECKPOINT");
    expected.put("n_mels", "80 TENSORS");
    expected.put("hidden", "256 TENSORS");
    expected.put("mel_scale_div", "4.0 CHECKPOINT");
    expected.put("mel_shift", "4.0 CHECKPOINT");
    expected.put("gate_order", "r,z,n CHECKPOINT");
    expected.put("sample_rate", "16000 CHECKPOINT");
    expected.put("bits", "16 CHECKPOINT");
    expected.put("preemphasis", "0.5 CONFIG_FILE");
    expected.put("hop_length", "200 CHECKPOINT");
    expected.put("mel_norm", "slaney CHECKPOINT");
    expected.put("n_fft", "1024 CHECKPOINT");
    expected.put("win_length", "800 CHECKPOINT");
    expected.put("fmin", "0 CHECKPOINT");
    expected.put("fmax", "7000 CONFIG_FILE");
    expected.put("mel_scale", "htk CHECKPOINT");
    expected.put("log", "ln CHECKPOINT");
    expected.put("log_floor", "1.0E-5 CHECKPOINT");
    assertEquals(expected, shown(imported));
    assertEquals(
        new AudioFormat(16000, 16, SampleEncoding.LINEAR, 0.5f, 0), imported.model().audio());
  }

  /** One voice as PyTorch file, as safetensors with metadata, and with a configuration. */
  @Test
  void aSafetensorsFileOfOurLayout() {
    ImportedModel torch =
        Exporter.read(CheckpointFiles.golden("en-us-16k/checkpoint.pt"), "auto", Optional.empty());
    Map<String, Object> config = new LinkedHashMap<>(torch.checkpoint().config());
    ImportedModel metadata = Altered.voice(folder).read();
    ImportedModel given = Altered.voice(folder).withoutConfig().read("auto", config);
    assertEquals(torch.model().audio(), metadata.model().audio());
    assertEquals(torch.model().features(), metadata.model().features());
    assertEquals(torch.model().audio(), given.model().audio());
    assertEquals(torch.model().features(), given.model().features());
    assertTrue(shown(given).get("sample_rate").equals("16000 CONFIG_FILE"));
    assertEquals(
        torch.model().features(), Altered.voice(folder).withoutConfig().read().model().features());
  }

  @Test
  void nullMeansNotGiven() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("sample_rate", null);
    assertEquals(
        "22050 DEFAULT", shown(Altered.raw(folder).read("auto", config)).get("sample_rate"));
  }

  @Test
  void unknownNamesInTheConfigurationFile() {
    Altered.voice(folder)
        .refused(
            "auto",
            Map.of("sampel_rate", 16000, "hop", 200),
            "--config has settings that family 'wavernn-dual-softmax' does not know: 'hop', did you mean 'hop_length'? 'sampel_rate', did you mean 'sample_rate'?");
    Altered.voice(folder).own("note", "whatever the trainer wrote").read();
  }

  @Test
  void contradictionsWithTheTensors() {
    contradicted("hop_length", 256, "275 (product of the upsampling factors)");
    contradicted("bits", 10, "9 (512 outputs of fc3)");
    contradicted("voc_rnn_dims", 512, "64 (rows of I.weight)");
    contradicted("voc_fc_dims", 64, "96 (rows of fc1.weight)");
    contradicted("num_mels", 40, "80 (inputs of upsample.resnet.conv_in)");
    contradicted("voc_pad", 3, "2 (width of upsample.resnet.conv_in)");
    contradicted("voc_res_blocks", 10, "3 (upsample.resnet.layers)");
    contradicted("voc_compute_dims", 128, "32 (outputs of upsample.resnet.conv_in)");
    contradicted("voc_res_out_dims", 128, "32 (outputs of upsample.resnet.conv_out)");
    contradicted(
        "voc_upsample_factors", List.of(5, 11, 5), "[5, 5, 11] (widths of upsample.up_layers)");
    contradicted(
        "voc_upsample_factors", List.of(5, 5), "[5, 5, 11] (widths of upsample.up_layers)");
    Altered.voice(folder)
        .own("hidden", "896")
        .refused(
            "setting 'hidden' is 896, but the tensors say 256 (columns of w_hh); wrong --config or wrong checkpoint?");
  }

  private void contradicted(String name, Object value, String tensors) {
    Altered.raw(folder)
        .refused(
            "auto",
            Map.of(name, value),
            "setting '%s' is %s, but the tensors say %s; wrong --config or wrong checkpoint?"
                .formatted(name, value, tensors));
  }

  @Test
  void wrongTypesInTheFatchordConfiguration() {
    raw("sample_rate", "22050", "a whole number from 1 to 1000000, found \"22050\"");
    raw("sample_rate", 22050.5, "a whole number from 1 to 1000000, found 22050.5");
    raw("sample_rate", true, "a whole number from 1 to 1000000, found true");
    raw("mu_law", "true", "true or false, found \"true\"");
    raw("mu_law", 1, "true or false, found 1");
    raw("fmin", List.of(40), "a frequency from 0, found [40]");
    raw("hop_length", "275", "a number, found \"275\"");
    raw("voc_upsample_factors", "5,5,11", "a list, found \"5,5,11\"");
    raw("voc_mode", "raw", "one of [MOL, RAW], found \"raw\"");
    raw("voc_mode", 9, "one of [MOL, RAW], found 9");
  }

  @Test
  void valuesThatMakeNoSenseInTheFatchordConfiguration() {
    raw("sample_rate", 0, "a whole number from 1 to 1000000, found 0");
    raw("sample_rate", 1e12, "a whole number from 1 to 1000000, found 1.0E12");
    raw("win_length", 2049, "at most n_fft = 2048, found 2049");
    raw("n_fft", 2047, "an even number, found 2047");
    raw("n_fft", 1 << 17, "a whole number from 2 to 65536, found 131072");
    raw("fmin", 11025, "less than the highest frequency, 11025.0, found 11025.0");
    raw("fmin", -1, "a frequency from 0, found -1");
    raw("min_level_db", 0, "a number below 0, found 0");
    raw("min_level_db", 100, "a number below 0, found 100");
  }

  private void raw(String name, Object value, String expected) {
    Altered.raw(folder)
        .refused("auto", Map.of(name, value), "setting '" + name + "': expected " + expected);
  }

  @Test
  void valuesThatMakeNoSenseInTheVoicesConfiguration() {
    voice("sample_rate", 0, "a whole number from 1 to 1000000, found 0");
    voice("hop_length", 0, "a whole number from 1 to 65536, found 0");
    voice("win_length", 1025, "at most n_fft = 1024, found 1025");
    voice("fmax", 8001, "at most sample_rate / 2 = 8000.0, found 8001.0");
    voice("fmin", 8000, "less than the highest frequency, 8000.0, found 8000.0");
    voice("log_floor", 0, "a number above 0, found 0");
    voice("log_floor", -1e-5, "a number above 0, found -1.0E-5");
    voice("log_floor", 1e-60, "a number above 0, found 1.0E-60");
    voice("preemphasis", 1, "from 0 to less than 1, found 1");
    voice("preemphasis", -0.1, "from 0 to less than 1, found -0.1");
    voice("preemphasis", 0.999999999, "from 0 to less than 1, found 0.999999999");
    voice("mel_scale_div", 0, "a number other than 0, found 0");
    voice("mel_shift", 1e300, "a number, found 1.0E300");
    voice("bits", 9, "a whole number from 16 to 16, found 9");
    voice("gate_order", "z,r,n", "one of [r,z,n], found \"z,r,n\"");
    voice("mel_norm", "none", "one of [slaney], found \"none\"");
    voice("mel_scale", "bark", "one of [htk, slaney], found \"bark\"");
    voice("log", "log2", "one of [db, ln], found \"log2\"");
    Altered.voice(folder)
        .own("sample_rate", "fast")
        .refused(
            "setting 'sample_rate': expected a whole number from 1 to 1000000, found \"fast\"");
  }

  private void voice(String name, Object value, String expected) {
    Altered.voice(folder)
        .refused("auto", Map.of(name, value), "setting '" + name + "': expected " + expected);
  }
}
