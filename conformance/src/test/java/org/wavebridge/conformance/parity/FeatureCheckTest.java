package org.wavebridge.conformance.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wavebridge.conformance.golden.Golden;
import org.wavebridge.conformance.golden.GoldenFamily;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.LyraFolder;
import org.wavebridge.runtime.FeatureCheck;
import org.wavebridge.runtime.FeatureScale;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/** Right features pass the check, features in another scale do not. */
final class FeatureCheckTest {
  private static final List<String> UTTERANCES =
      List.of("agent-pass", "conf-noempty", "dictate_enter_filename");

  @TempDir static Path shared;
  @TempDir static Path decibels;

  private static GoldenVoice voice;
  private static GoldenVoice fatchord;

  @BeforeAll
  static void open() {
    voice = GoldenVoice.open("en-us-16k/checkpoint.pt", shared, "cpu");
    fatchord = GoldenVoice.open("fatchord_raw/checkpoint_zip.pyt", decibels, "cpu");
  }

  @AfterAll
  static void close() {
    voice.close();
    fatchord.close();
  }

  @ParameterizedTest
  @EnumSource(GoldenFamily.class)
  void goldenFeaturesFitTheirBundles(GoldenFamily family, @TempDir Path folder) {
    try (GoldenVoice golden = GoldenVoice.open(family, folder, "cpu")) {
      fits(family.name(), golden, family.mel());
      fits(family.name(), golden, family.generatedMel());
    }
  }

  @Test
  void fatchordsFeaturesFit(@TempDir Path folder) {
    fits("raw", fatchord, fatchord.mel("fatchord_raw/mel.npy"));
    try (GoldenVoice mol = GoldenVoice.open("fatchord_mol/checkpoint_zip.pyt", folder, "cpu")) {
      fits("mol", mol, mol.mel("fatchord_mol/mel.npy"));
    }
  }

  /** Lyra's magnitudes are of other filters and of 16-bit levels. */
  @Test
  void lyrasFeaturesFitAndOthersDoNot(@TempDir Path folder) {
    try (GoldenVoice lyra = GoldenVoice.open(LyraFolder.path(), folder, "cpu")) {
      Waveform speech = WavFile.read(Golden.path("en-us-16k/agent-pass.wav"));
      fits("lyra", lyra, lyra.vocoder.features(speech));
      float[] natural = new float[160 * 10];
      Arrays.fill(natural, -5);
      assertTrue(lyra.vocoder.check(new Features(160, 10, natural)).otherScale());
      assertThrows(
          InputException.class,
          () -> lyra.vocoder.converted(new Features(160, 10, natural), FeatureScale.LN));
    }
  }

  @Test
  void speechFitsLoudQuietNoisyAndCutShort() {
    Random random = new Random(1);
    for (String name : UTTERANCES) {
      fits(name, voice, utterance(name));
      float[] speech = recording(name);
      for (double gain : new double[] {1e-4, 1e-3, 0.01, 0.1, 2, 5, 20, 100, 500}) {
        both(name + " times " + gain, changed(speech, x -> Math.max(-1, Math.min(1, gain * x))));
      }
      for (double level : new double[] {1e-4, 1e-3, 0.005, 0.015, 0.05, 0.15, 0.5}) {
        both(name + " in " + level, changed(speech, x -> x + level * random.nextGaussian()));
      }
      double[] slow = {0};
      for (double level : new double[] {1e-3, 0.01, 0.05}) {
        both(
            name + " in low noise of " + level,
            changed(speech, x -> x + level * (slow[0] = 0.98 * slow[0] + random.nextGaussian())));
      }
      both(name + " of 16 bits", changed(speech, x -> Math.rint(32.768 * x) / 32768));
      both(name + " cut", Arrays.copyOfRange(speech, 16000, 18000));
    }
  }

  @Test
  void soundThatIsNoSpeechFits() {
    Random random = new Random(2);
    float[] empty = new float[16000];
    both("silence", empty);
    both("constant", changed(empty, x -> 0.5));
    for (double level : new double[] {1e-4, 0.01, 0.1, 1}) {
      both("noise " + level, changed(empty, x -> level * (2 * random.nextDouble() - 1)));
    }
    both("signs", changed(empty, x -> random.nextBoolean() ? 1 : -1));
    int[] t = {0};
    both("sine", changed(empty, x -> Math.sin(0.1 * t[0]++)));
    both("square", changed(empty, x -> Math.signum(Math.sin(0.1 * t[0]++))));
    both("clicks", changed(empty, x -> t[0]++ % 1000 == 0 ? 1 : 0));
  }

  @ParameterizedTest
  @EnumSource(
      value = FeatureScale.class,
      names = {"LN"},
      mode = EnumSource.Mode.EXCLUDE)
  void otherScalesAreToldFromNaturalLogarithms(FeatureScale scale) {
    for (String name : UTTERANCES) {
      toldAndConverted(voice, scale, name);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = FeatureScale.class,
      names = {"DB01"},
      mode = EnumSource.Mode.EXCLUDE)
  void otherScalesAreToldFromDecibels(FeatureScale scale) {
    for (String name : UTTERANCES) {
      toldAndConverted(fatchord, scale, name);
    }
  }

  @Test
  void theMessageSaysWhatWasFoundAndExpected() {
    FeatureCheck check = voice.vocoder.check(in(FeatureScale.DB01, utterance("agent-pass")));
    assertEquals(
        "features from 0.00 to 1.00 (mean 0.57, 0.0 % at the lowest) look like decibels as 0..1"
            + " (db01); this bundle's are natural logarithms from -11.51 to 2.86",
        check.message());
    assertEquals(Math.log(1e-5), check.lowest(), 1e-6);
    assertEquals(List.of(FeatureScale.DB01), check.looksLike());
    FeatureCheck good = voice.vocoder.check(utterance("agent-pass"));
    assertEquals("", good.message());
    assertEquals(-4.974, good.mean(), 1e-3);
  }

  /** A scale that was named is checked too: what is not of it would become silence or noise. */
  @Test
  void aNamedScaleIsChecked() {
    Features natural = utterance("agent-pass");
    for (FeatureScale scale : FeatureScale.values()) {
      assertFalse(voice.vocoder.check(in(scale, natural), scale).otherScale(), scale.toString());
    }
    FeatureCheck wrong = voice.vocoder.check(natural, FeatureScale.DB01);
    assertTrue(
        wrong.message().contains("look like natural logarithms (ln); those of scale db01 are"),
        wrong.message());
  }

  @Test
  void whatIsNotKnownIsNotJudgedAndNotConverted(@TempDir Path folder) {
    try (GoldenVoice corentinj = GoldenVoice.open(GoldenFamily.CORENTINJ, folder, "cpu")) {
      Features any = utterance("agent-pass");
      assertFalse(corentinj.vocoder.check(any).otherScale());
      String message =
          assertThrows(
                  InputException.class, () -> corentinj.vocoder.converted(any, FeatureScale.LN))
              .getMessage();
      assertTrue(message.contains("(corentinj) does not say"), message);
    }
  }

  /** Features in a wrong scale are told, named, and converted to what they were. */
  private static void toldAndConverted(GoldenVoice taker, FeatureScale scale, String name) {
    Features natural = utterance(name);
    Features wrong = in(scale, natural);
    FeatureCheck check = taker.vocoder.check(wrong);
    assertTrue(check.otherScale(), scale + " of " + name);
    assertEquals(scale, check.looksLike().get(0), check.message());
    Features right = taker.vocoder.converted(wrong, scale);
    Features expected = taker == voice ? natural : in(FeatureScale.DB01, natural);
    // The scales of a closed range have cut off what is below -80 or above 0 dB.
    double low = scale == FeatureScale.SYM4 ? -80 : -100;
    double high = scale == FeatureScale.DB01 ? 0 : scale == FeatureScale.SYM4 ? 20 : 100;
    double unit = taker == voice ? Math.log(10) / 20 : 0.01;
    double zero = taker == voice ? 0 : 1;
    for (int i = 0; i < right.values().length; i++) {
      double value =
          Math.max(zero + unit * low, Math.min(zero + unit * high, expected.values()[i]));
      assertEquals(value, right.values()[i], 1e-5, scale + " of " + name);
    }
  }

  /** Natural logarithms in another scale, each written out as its project computes it. */
  private static Features in(FeatureScale scale, Features natural) {
    float[] values = new float[natural.values().length];
    for (int i = 0; i < values.length; i++) {
      double mel = Math.exp(natural.values()[i]);
      double level = 20 * Math.log10(Math.max(1e-5, mel));
      values[i] =
          (float)
              switch (scale) {
                case DB01 -> Math.max(0, Math.min(1, (level - 0 + 100) / 100));
                case DB -> level;
                case LN -> Math.log(mel);
                case LOG10 -> Math.log10(mel);
                case SYM4 -> Math.max(-4, Math.min(4, 8 * ((level - 20) + 100) / 100 - 4));
              };
    }
    return new Features(natural.mels(), natural.frames(), values);
  }

  private static void both(String what, float[] samples) {
    Features natural = voice.vocoder.features(new Waveform(samples, 16000));
    fits(what, voice, natural);
    fits(what, fatchord, in(FeatureScale.DB01, natural));
  }

  private static void fits(String what, GoldenVoice golden, Features features) {
    FeatureCheck check = golden.vocoder.check(features);
    assertFalse(check.otherScale(), what + ": " + check.message());
  }

  private static Features utterance(String name) {
    return Features.read(Golden.path("en-us-16k/" + name + ".npy"), 80);
  }

  /** The utterance's recorded samples. */
  private static float[] recording(String name) {
    int[] samples = NpyFile.read(Golden.path("en-us-16k/" + name + ".samples.npy")).ints();
    float[] values = new float[samples.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = samples[i] / 32768f - 1;
    }
    return values;
  }

  private interface Change {
    double of(double sample);
  }

  private static float[] changed(float[] samples, Change change) {
    float[] result = new float[samples.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) change.of(samples[i]);
    }
    return result;
  }
}
