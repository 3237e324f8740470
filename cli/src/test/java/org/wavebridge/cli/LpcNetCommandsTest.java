package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.runtime.io.WavFile;

/** The commands with an LPCNet. */
final class LpcNetCommandsTest {
  @TempDir Path folder;

  @Test
  void aRecordingIsAnalysed() throws Exception {
    TestVoice voice = TestVoice.export(folder, "small/lpcnet/model.h5", "", "f32");
    Path recording = GoldenFile.of("en-us-16k/agent-pass.wav");
    Path copy = folder.resolve("copy.wav");
    Ran vocoded = Ran.of("vocode", voice.bundle(), "--wav", recording, "-o", copy);
    assertEquals(0, vocoded.code(), vocoded.err());
    int frames = WavFile.read(recording).samples().length / 160;
    assertEquals((frames - 2) * 160, WavFile.read(copy).samples().length);
  }

  @Test
  void inspectShowsWhatTheFileSays() {
    Ran inspected = Ran.of("inspect", TestVoice.checkpoint("small/lpcnet/model.h5"));
    assertEquals(0, inspected.code(), inspected.err());
    for (String setting : new String[] {"end2end", "lpc_gamma", "lookahead"}) {
      assertTrue(
          inspected.out().lines().anyMatch(line -> line.matches(".*" + setting + ".*checkpoint.*")),
          inspected.out());
    }
  }
}
