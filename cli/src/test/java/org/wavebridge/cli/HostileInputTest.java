package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.RandomModels;
import tools.jackson.databind.json.JsonMapper;

/**
 * Texts from files never reach the terminal as commands, and numbers without measure are misuse.
 */
final class HostileInputTest {
  private static final String JSON_ESCAPES =
      "\\u001b]0;owned\\u0007\\u009b2J\\u202egpj\\u2028\\r\\n";
  private static final String SHOWN = "\\u001b]0;owned\\u0007\\u009b2J\\u202egpj\\u2028";

  @TempDir Path folder;
  private Path bundle = Path.of("");

  @BeforeEach
  void write() throws IOException {
    try (StagedBundle staged =
        StagedBundle.write(
            RandomModels.dualSoftmax(1, 16, 4, 3, 0.5, new BlockShape(8, 1)),
            new BundleManifest.Source("voice.pt", "00ff"),
            "test",
            folder.resolve("voice"))) {
      bundle = staged.publish();
    }
    Path file = bundle.resolve(BundleManifest.FILE);
    String json = Files.readString(file);
    Files.writeString(
        file,
        json.replace("\"random\"", "\"" + JSON_ESCAPES + "\"")
            .replace("\"voice.pt\"", "\"" + JSON_ESCAPES + "\""));
  }

  @Test
  void inspectShowsEscapes() {
    Ran ran = Ran.of("inspect", bundle);
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.out().contains(SHOWN), ran.out());
    assertHarmless(ran.out());
    Ran json = Ran.of("inspect", bundle, "--json");
    assertHarmless(json.out());
    String family = JsonMapper.shared().readTree(json.out()).path("family").asString();
    assertEquals("\u001b]0;owned\u0007\u009b2J\u202egpj\u2028\r\n", family);
  }

  @Test
  void errorsShowEscapes() {
    Ran ran = Ran.of("inspect", folder.resolve("\u001b[2Jno\u202ene"));
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.message().contains("\\u001b[2Jno\\u202ene"), ran.err());
    assertHarmless(ran.err());
    Ran misused = Ran.of("vocode", bundle, "--\u001b[2J");
    assertEquals(2, misused.code(), misused.err());
    assertHarmless(misused.err());
    Ran traced = Ran.of("inspect", folder.resolve("\u001b[2J"), "--debug");
    assertHarmless(traced.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--chunk | 2147483647 | --chunk: expected 1 to 32767 frames, found 2147483647",
        "--chunk | 99999999999 | is not an int",
        "--chunk | 0 | --chunk: expected 1 to 32767 frames, found 0",
        "--fold | 99999999,550 | --fold: folding needs a target of 1 to 1000000",
        "--fold | 11000,9999999 | overlap of 0 to 1000000 samples, found 11000 and 9999999",
        "--fold | 999999999999,1 | --fold: expected TARGET,OVERLAP",
        "--seed | 99999999999999999999 | is not a long",
        "--threads | 2147483647 | --threads: expected 1 to 1024, found 2147483647",
        "--temperature | 1e99 | --temperature: expected a number above 0, found Infinity",
      })
  void numbersWithoutMeasureAreMisuse(String option, String value, String message) {
    Ran ran =
        Ran.of("vocode", bundle, "--mel", "m.npy", "-o", folder.resolve("o.wav"), option, value);
    assertEquals(2, ran.code(), ran.err());
    assertTrue(ran.message().contains(message), ran.err());
    assertFalse(Files.exists(folder.resolve("o.wav")));
  }

  @Test
  void benchIsBounded() {
    Ran ran = Ran.of("bench", bundle, "--rows", "2147483647");
    assertEquals(2, ran.code(), ran.err());
    assertTrue(ran.message().contains("--rows: expected 1 to 4096"), ran.err());
  }

  private static void assertHarmless(String text) {
    assertFalse(
        text.codePoints()
            .anyMatch(
                c ->
                    (c != '\n' && c != '\r' && c != '\t' && Character.isISOControl(c))
                        || c == 0x202e
                        || c == 0x2028),
        text);
  }
}
