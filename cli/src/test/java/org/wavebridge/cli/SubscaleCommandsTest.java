package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands on a checkpoint that was trained for subscale generation. */
final class SubscaleCommandsTest {
  private static final Path GOLDEN = GoldenFile.of("papercup_subscale");

  @TempDir static Path shared;

  private static Path bundle = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void export() {
    bundle = shared.resolve("voice");
    Ran ran =
        Ran.of(
            "export",
            GOLDEN.resolve("checkpoint_zip.pth"),
            "--config",
            GOLDEN.resolve("config.json"),
            "--precision",
            "f32,int8",
            "--verbose",
            "-o",
            bundle);
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.out().contains("ok   cpu subscale_generate"), ran.out());
    assertTrue(ran.out().contains("ok   stock int8 subscale_generate"), ran.out());
    assertFalse(ran.out().contains("FAIL"), ran.out());
  }

  @Test
  void conformPassesOnBackendsAndReferences() {
    for (String backend : List.of("cpu", "stock", "reference", "reference-f32")) {
      for (String test : List.of("subscale", "score/subscale", "subscale_generate")) {
        Ran ran = Ran.of("conform", bundle, "--quick", "--backend", backend, "--case", test);
        assertEquals(0, ran.code(), ran.err() + ran.out());
      }
    }
  }

  @Test
  void chunksDoNotChangeAByteButFactorsDo() throws IOException {
    byte[] expected = vocode();
    assertArrayEquals(expected, vocode("--chunk", 1));
    assertArrayEquals(expected, vocode("--threads", 2));
    assertFalse(Arrays.equals(expected, vocode("--factor", 2)));
    assertFalse(Arrays.equals(expected, vocode("--precision", "int8")));
  }

  @Test
  void inspectTellsTheLatencyOfEachFactor() {
    Ran ran = Ran.of("inspect", bundle, "--json");
    assertEquals(0, ran.code(), ran.err());
    JsonNode json = JsonMapper.shared().readTree(ran.out());
    assertEquals(224, json.get("latency of a stream").get("folding samples").asInt());
    assertEquals(9.3, json.get("latency of a stream").get("folding milliseconds").asDouble());
    JsonNode subscale = json.get("subscale");
    assertEquals(8, subscale.get("factor").asInt());
    assertEquals(3, subscale.get("horizon").asInt());
    JsonNode latency = subscale.get("latency");
    assertEquals(4, latency.size());
    assertEquals(29, latency.get(0).get("steps").asInt());
    assertEquals(224, latency.get(0).get("samples ahead").asInt());
    assertEquals(9.3, latency.get(0).get("milliseconds").asDouble());
    assertEquals(0, latency.get(3).get("milliseconds").asDouble());
  }

  @Test
  void benchRunsTheBundleWithOneRowBeside() {
    Ran ran = Ran.of("bench", bundle, "--utterance", 0.2, "--seconds", 0.05, "--json");
    assertEquals(0, ran.code(), ran.err());
    JsonNode json = JsonMapper.shared().readTree(ran.out());
    assertEquals(8, json.get("rows").asInt());
    assertEquals(4800, json.get("results").get(0).get("samples").asInt());
    assertEquals("sequential", json.get("results").get(1).get("run").asString());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Path wav = folder.resolve("x.wav");
    Path mel = GOLDEN.resolve("mel.npy");
    Ran more = Ran.of("vocode", bundle, "--mel", mel, "-o", wav, "--factor", 16);
    assertEquals(3, more.code());
    assertTrue(more.message().contains("was trained for at most 8"), more.err());
    Ran fold = Ran.of("vocode", bundle, "--mel", mel, "-o", wav, "--fold", "100,10");
    assertEquals(2, fold.code());
    assertTrue(fold.message().contains("--fold: utterances of this bundle"), fold.err());
    Ran none = Ran.of("vocode", bundle, "--mel", mel, "-o", wav, "--factor", 0);
    assertEquals(2, none.code());
    assertTrue(none.message().contains("--factor: expected at least 1"), none.err());
    assertFalse(Files.exists(wav));
  }

  private byte[] vocode(Object... options) throws IOException {
    Path wav = folder.resolve("vocoded.wav");
    Object[] command = {"vocode", bundle, "--mel", GOLDEN.resolve("mel.npy"), "-o", wav};
    Object[] arguments = Arrays.copyOf(command, command.length + options.length);
    System.arraycopy(options, 0, arguments, command.length, options.length);
    Ran ran = Ran.of(arguments);
    assertEquals(0, ran.code(), ran.err());
    return Files.readAllBytes(wav);
  }
}
