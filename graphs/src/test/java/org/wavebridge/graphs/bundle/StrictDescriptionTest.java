package org.wavebridge.graphs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.PlainText;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.random.RandomModels;

/** {@code bundle.json} is read as it is written or not at all, and its texts are shown harmless. */
final class StrictDescriptionTest {
  @TempDir Path folder;
  private Path bundle = Path.of("");
  private String json = "";

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
    json = Files.readString(bundle.resolve(BundleManifest.FILE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"hop\" : 3 | \"hop\" : 3, \"hop\" : 4",
        "\"hop\" : 3 | \"hop\" : 3.7",
        "\"hop\" : 3 | \"hop\" : 3.0",
        "\"hop\" : 3 | \"hop\" : 0.3e1",
        "\"hop\" : 3 | \"hop\" : \"3\"",
        "\"hop\" : 3 | \"hop\" : true",
        "\"hop\" : 3 | \"hop\" : null",
        "\"hop\" : 3 | \"hop\" : 99999999999",
        "\"hop\" : 3 | \"hop\" : 1e999999999",
        "\"hop\" : 3 | \"hop\" : 3, \"unknown\" : 1",
        "\"deEmphasis\" : 0.0 | \"deEmphasis\" : \"0.0\"",
        "\"deEmphasis\" : 0.0 | \"deEmphasis\" : 1e99",
        "\"formatVersion\" : 1 | \"formatVersion\" : \"1\"",
        "\"formatVersion\" : 1 | \"formatVersion\" : 1.5",
        "\"family\" : \"random\" | \"family\" : 7",
        "\"kind\" : \"generate\" | \"kind\" : 3",
        "\"sampleRate\" : 24000 | \"sampleRate\" : 2000000",
        "\"hop\" : 3 | \"hop\" : 65536",
        "\"mels\" : 4 | \"mels\" : 1048576",
        "\"kind\" : \"score\" | \"kind\" : \"generate\"",
      })
  void isRefused(String sound, String other) throws IOException {
    assertTrue(json.contains(sound), json);
    // A size that is within its own bounds is refused for what a frame of it takes.
    String damaged = json.replace(sound, other);
    if (other.endsWith("65536")) {
      damaged = damaged.replace("\"mels\" : 4", "\"mels\" : 400");
    }
    refused(damaged);
  }

  @Test
  void nothingFollowsAndNothingIsEndless() throws IOException {
    refused(json + "{}");
    refused(json + "x");
    refused("[".repeat(100_000));
    refused("{\"formatVersion\":1,\"a\":".repeat(5000));
    refused(json.replace("\"random\"", "\"" + "r".repeat(2000) + "\""));
    refused(json + " ".repeat(1 << 22));
    refused("");
    refused("null");
    refused("[1]");
  }

  /** The line of an error shows what a terminal would obey. */
  @Test
  void errorsShowEscapes() throws IOException {
    String message = refused(json.replace("\"generate.onnx\"", "\"\\u001b]0;x\\u0007\\u202e\""));
    assertTrue(message.contains("\\u001b]0;x\\u0007\\u202e"), message);
    assertFalse(message.chars().anyMatch(c -> c < 32 || c == 0x202e), message);
    assertEquals(
        "a\\u001b[31mb \\u009b1m \\u007f \\u2028 \\u2066 \\u0000 é 語 😀",
        PlainText.of("a\u001b[31mb \u009b1m \u007f \u2028 \u2066 \u0000 é 語 😀"));
    assertEquals("one two", PlainText.line("one \r\n  two"));
  }

  private String refused(String description) throws IOException {
    Path file = bundle.resolve(BundleManifest.FILE);
    Files.writeString(file, description);
    String message =
        String.valueOf(assertThrows(BundleException.class, () -> Bundle.open(bundle)).getMessage());
    assertTrue(message.startsWith(file + ": "), message);
    assertFalse(message.contains("\n"), message);
    return message;
  }
}
