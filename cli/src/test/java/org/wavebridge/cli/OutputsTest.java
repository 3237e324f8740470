package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.bundle.Sha256;

/** No command writes over what it reads, nor over anything else that is not its own. */
final class OutputsTest {
  @TempDir Path folder;

  private Path checkpoint = Path.of("");
  private Path voice = Path.of("");
  private Path mel = Path.of("");

  @BeforeEach
  void inputs() throws IOException, URISyntaxException {
    checkpoint = Files.copy(demo("checkpoint.pt"), folder.resolve("voice.pt"));
    mel = Files.copy(demo("agent-pass.npy"), folder.resolve("mel.npy"));
    voice = folder.resolve("voice");
    assertEquals(0, Ran.of("export", checkpoint, "-o", voice, "--no-verify").code());
  }

  @Test
  void aBundleThatHoldsTheCheckpointIsNotReplaced() throws IOException {
    Path inside = Files.move(checkpoint, voice.resolve("voice.pt"));
    Files.writeString(voice.resolve("README"), "words");
    refused("found README, voice.pt beside it", "export", inside, "-o", voice, "--no-verify");
  }

  @Test
  void noCommandWritesOverItsInput() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link.npy"), mel);
    Path hard = Files.createLink(folder.resolve("hard.npy"), mel);
    Path wav = Files.copy(mel, folder.resolve("sound.wav"));
    for (Path output : List.of(mel, link, hard)) {
      refused("is the input " + mel, "vocode", voice, "--mel", mel, "-o", output);
    }
    refused("is the input " + wav, "vocode", voice, "--wav", wav, "-o", wav);
    refused("is the input", "score", voice, "--mel", mel, "--audio", wav, "--logits", wav);
    refused("is the input", "score", voice, "--mel", mel, "--audio", wav, "--logits", hard);
    refused("is the input", "export", checkpoint, "-o", checkpoint);
    Path config = Files.writeString(folder.resolve("config.zip"), "{}");
    refused("is the input", "export", checkpoint, "-o", config, "--config", config);
    Path calibrated = Files.writeString(folder.resolve("calibrated.zip"), "x");
    refused(
        "is the input",
        "export",
        checkpoint,
        "-o",
        calibrated,
        "--precision",
        "f32,int8",
        "--calibrate",
        mel,
        calibrated);
  }

  @Test
  void nothingIsWrittenIntoABundle() throws IOException {
    refused("lies inside the input", "vocode", voice, "--mel", mel, "-o", voice.resolve("new.wav"));
    refused(
        "lies inside the input",
        "vocode",
        voice,
        "--mel",
        mel,
        "-o",
        voice.resolve("generate.onnx"));
    refused("lies inside the input", "vocode", voice, "--mel", mel, checkpoint, "-o", voice);
    refused("lies inside the input", "conform", voice, "--quick", "--report", voice);
  }

  /** Exit code 3, one line, and everything is as it was. */
  private void refused(String message, Object... arguments) throws IOException {
    Map<String, String> before = contents();
    Ran ran = Ran.of(arguments);
    assertEquals(3, ran.code(), ran.err());
    String last = ran.err().strip().replaceAll("(?s).*\n", "");
    assertTrue(last.contains(message), ran.err());
    assertEquals(before, contents());
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> entries = Files.walk(folder)) {
      for (Path entry : entries.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(entry).toString(), Sha256.of(Files.readAllBytes(entry)));
      }
    }
    return contents;
  }

  private static Path demo(String name) throws URISyntaxException {
    return Path.of(DemoCommand.class.getResource("demo/" + name).toURI());
  }
}
