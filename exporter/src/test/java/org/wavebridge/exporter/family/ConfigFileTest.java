package org.wavebridge.exporter.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.graphs.InputException;

/** Configurations as projects write them, and files that are none. */
final class ConfigFileTest {
  private static final String EXPECTED =
      ": expected an object with settings, as JSON or YAML, found ";

  @TempDir Path folder;

  private Path written(String name, String text) {
    return CheckpointFiles.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  private static String refused(Path file) {
    String message = assertThrows(InputException.class, () -> ConfigFile.read(file)).getMessage();
    assertTrue(message.startsWith(file.toString()), message);
    return message.substring(file.toString().length());
  }

  /** Settings are read alike, whatever they are written as. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"rate\": 22050, \"log\": \"ln\", \"mu_law\": true, \"floor\": 1e-5, \"factors\": [5, 5, 11], \"fmax\": null}",
        "\uFEFF// Hz\n# and\n/* more\n{ */ {\"rate\":22050, // Hz\n\"log\":\"ln\", /* of\nmel */ \"mu_law\":true, # mu\n\"floor\":1e-5,\"factors\":[5,5,11,],\"fmax\":null,}",
        "rate: 22050\nlog: ln\nmu_law: True\nfloor: 1e-5\nfactors: [5, 5, 11]\nfmax: null\n",
        "\uFEFF---\r\n# Hz\r\nrate: 22050\r\nlog: 'ln'\r\nmu_law: true\r\nfloor: 0.00001\r\nfactors:\r\n- 5\r\n- 5\r\n- 11\r\nfmax: ~\r\n",
        "list: &five 5\nrate: 22050\nlog: ln\nmu_law: true\nfloor: 1.0e-5\nfactors: [*five, *five, 11]\nfmax:\n"
      })
  void jsonAndYaml(String text) {
    Map<String, Object> settings = ConfigFile.read(written("config.txt", text));
    assertEquals(22050, settings.get("rate"));
    assertEquals("ln", settings.get("log"));
    assertEquals(true, settings.get("mu_law"));
    assertEquals(1e-5, settings.get("floor"));
    assertEquals(List.of(5, 5, 11), settings.get("factors"));
    assertTrue(settings.containsKey("fmax") && settings.get("fmax") == null);
  }

  /** Python writes these into JSON. */
  @Test
  void numbersThatAreNone() {
    assertEquals(
        Double.NEGATIVE_INFINITY,
        ConfigFile.read(written("a.json", "{\"low\": -Infinity, \"x\": NaN}")).get("low"));
  }

  /** A name that says YAML makes braces a YAML map. */
  @Test
  void bracesInYaml() {
    assertEquals(Map.of("rate", 16000), ConfigFile.read(written("a.yml", "{rate: 16000}")));
  }

  @Test
  void noNameTwice() {
    assertTrue(
        refused(written("a.json", "{\"a\": 1,\n\"a\": 2}"))
            .startsWith(EXPECTED + "no JSON in line 2"));
    assertTrue(refused(written("a.yaml", "a: 1\na: 2\n")).startsWith(EXPECTED + "no YAML: "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.py", "a.json"})
  void programsAreNotRun(String name) {
    String hparams =
        "import os\n# DSP\nsample_rate = 22050\nfft_bins = 2048 // 2 + 1\ntext = 'a: b'\n";
    assertEquals(
        EXPECTED + "Python; programs are not run, so write its settings as NAME: VALUE lines",
        refused(written(name, hparams)));
    assertEquals(
        EXPECTED + "Python; programs are not run, so write its settings as NAME: VALUE lines",
        refused(written(name, "sample_rate = 22050\n")));
  }

  @Test
  void objectsAreNotMade() {
    assertTrue(
        refused(written("a.yaml", "a: !!javax.script.ScriptEngineManager []\n"))
            .startsWith(EXPECTED + "no YAML: "));
    assertTrue(
        refused(written("a.yaml", "a: !!python/object/apply:os.system ['true']\n"))
            .startsWith(EXPECTED + "no YAML: "));
  }

  /** Each line repeats the one before nine times. */
  @Test
  void aliasesThatMultiply() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append("*a%d, ".formatted(i - 1).repeat(8)).append("*a%d]\n".formatted(i - 1));
    }
    assertTrue(refused(written("a.yaml", bomb.toString())).startsWith(EXPECTED + "no YAML: "));
    StringBuilder doubled = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i <= 10; i++) {
      doubled.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertEquals(11, ConfigFile.read(written("a.yaml", doubled.toString())).size());
    String wide = "a: &a [" + "1, ".repeat(20_000) + "1]\nb: [*a, *a, *a, *a, *a]\n";
    assertEquals(EXPECTED + "more than 100000 values", refused(written("a.yaml", wide)));
    assertEquals(EXPECTED + "more than 32 levels", refused(written("a.yaml", "a: &a [*a]\n")));
  }

  @Test
  void levels() {
    String deep = "[".repeat(31) + "]".repeat(31);
    assertEquals(1, ConfigFile.read(written("a.json", "{\"a\":" + deep + "}")).size());
    assertEquals(1, ConfigFile.read(written("a.yaml", "a: " + deep)).size());
    assertTrue(refused(written("a.json", "{\"a\":[" + deep + "]}")).startsWith(EXPECTED));
    assertEquals(EXPECTED + "more than 32 levels", refused(written("a.yaml", "a: [" + deep + "]")));
    String deepest = "[".repeat(200_000);
    assertTrue(refused(written("a.json", "{\"a\":" + deepest)).startsWith(EXPECTED));
    assertTrue(refused(written("a.yaml", "a: " + deepest)).startsWith(EXPECTED));
  }

  @Test
  void otherFiles() {
    assertEquals(
        ": expected at most 1048576 bytes of settings, found more; is this a configuration?",
        refused(written("a.json", "{}" + " ".repeat(1 << 20))));
    Path utf16 = CheckpointFiles.write(folder.resolve("b"), "{}".getBytes(StandardCharsets.UTF_16));
    assertEquals(": expected settings as JSON or YAML in UTF-8, found other bytes", refused(utf16));
    assertEquals(": no such file", refused(folder.resolve("missing")));
    assertEquals(EXPECTED + "another value", refused(written("a", "no settings")));
  }
}
