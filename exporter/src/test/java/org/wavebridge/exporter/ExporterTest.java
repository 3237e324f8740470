package org.wavebridge.exporter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.exporter.files.CheckpointFiles;
import org.wavebridge.graphs.InputException;

/** Configuration files that cannot be used. */
final class ExporterTest {
  private static final Path VOICE = CheckpointFiles.golden("en-us-16k/checkpoint.pt");

  @TempDir Path folder;

  private String message(Path config) {
    return assertThrows(
            InputException.class, () -> Exporter.read(VOICE, "auto", Optional.of(config)))
        .getMessage();
  }

  private String message(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return message(CheckpointFiles.write(folder.resolve("config.json"), bytes));
  }

  @Test
  void aConfigurationThatIsNoObject() {
    Path file = folder.resolve("config.json");
    String expected = file + ": expected an object with settings, as JSON or YAML, found ";
    assertEquals(expected + "another value", message("[1]"));
    assertEquals(expected + "another value", message("null"));
    assertEquals(expected + "another value", message("16000"));
    assertEquals(expected + "nothing", message(""));
    assertEquals(expected + "nothing", message("\uFEFF // only words \n # and more\n"));
    assertTrue(message("{\"sample_rate\": 16000").startsWith(expected + "no JSON in line 1: "));
    assertTrue(
        message("{\"fmin\": 0,\n \"fmin\": 1}").startsWith(expected + "no JSON in line 2: "));
    assertTrue(message("{} {}").startsWith(expected + "no JSON in line 1: "));
  }

  @Test
  void aConfigurationThatIsNotThere() {
    Path missing = folder.resolve("missing.json");
    assertEquals(missing + ": no such file", message(missing));
    assertEquals(folder + ": no such file", message(folder));
  }

  @Test
  void anObject() {
    byte[] json = "{\"sample_rate\": 22050, \"fmax\": null}".getBytes(StandardCharsets.UTF_8);
    Path config = CheckpointFiles.write(folder.resolve("config.json"), json);
    assertEquals(
        22050, Exporter.read(VOICE, "auto", Optional.of(config)).model().audio().sampleRate());
  }
}
