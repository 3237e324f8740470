package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.files.SharedGolden;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;

/** The commands on a checkpoint of many speakers. */
final class SpeakerCommandsTest {
  @TempDir Path folder;

  private final Path checkpoint = SharedGolden.path("scwavernn_raw/checkpoint_zip.pyt");
  private final Path mel = SharedGolden.path("scwavernn_raw/mel.npy");
  private final Path speaker = SharedGolden.path("scwavernn_raw/speaker_embedding.npy");

  private static Ran ran(Object... arguments) {
    Ran ran = Ran.of(arguments);
    assertEquals(0, ran.code(), ran.err());
    return ran;
  }

  private byte[] vocode(Path bundle, Object... options) throws IOException {
    Path wav = folder.resolve("vocoded.wav");
    Object[] command = {"vocode", bundle, "--mel", mel, "-o", wav, "--precision", "int8"};
    Object[] arguments = Arrays.copyOf(command, command.length + options.length);
    System.arraycopy(options, 0, arguments, command.length, options.length);
    ran(arguments);
    return Files.readAllBytes(wav);
  }

  @Test
  void aSpeakerForEachUtteranceOrOneForTheBundle() throws IOException {
    Path voices = folder.resolve("voices");
    Ran exported =
        ran("export", checkpoint, "-o", voices, "--precision", "f32,int8", "--activations", "8");
    assertTrue(exported.out().contains("verified on cpu, stock"), exported.out());
    String inspected = "(?s).*values of a speaker embedding:? +256\\n.*";
    assertTrue(ran("inspect", voices).out().matches(inspected));
    assertTrue(ran("inspect", checkpoint).out().matches(inspected));
    byte[] expected = vocode(voices, "--speaker", speaker);

    Path other = folder.resolve("other.npy");
    NpyFile.write(other, NpyArray.of(new float[256], 1, 256));
    assertFalse(Arrays.equals(expected, vocode(voices, "--speaker", other)));

    Path one = folder.resolve("one");
    ran(
        "export",
        checkpoint,
        "-o",
        one,
        "--speaker",
        speaker,
        "--precision",
        "f32,int8",
        "--calibrate",
        "none",
        "--activations",
        "8");
    assertFalse(ran("inspect", one).out().contains("speaker embedding"));
    assertEquals(expected.length, vocode(one).length);
    refused(
        one + ": a speaker embedding was given, but this bundle takes none; leave it out",
        Ran.of("vocode", one, "--mel", mel, "--speaker", speaker, "-o", folder.resolve("x.wav")));

    refused(
        voices + ": expected the speaker embedding that this bundle takes, 256 values, found none",
        Ran.of("vocode", voices, "--mel", mel, "-o", folder.resolve("x.wav")));
    assertFalse(Files.exists(folder.resolve("x.wav")));
    ran(
        "score",
        voices,
        "--mel",
        mel,
        "--audio",
        folder.resolve("vocoded.wav"),
        "--speaker",
        speaker);
    ran("bench", voices, "--stream", "--speaker", speaker, "--utterance", 0.1, "--seconds", 0.01);
  }

  @Test
  void exportRefusesASpeakerThatDoesNotFit() {
    Path wrong = folder.resolve("wrong.npy");
    NpyFile.write(wrong, NpyArray.of(new float[8], 8));
    Path bundle = folder.resolve("voice");
    refused(
        checkpoint + ": expected a speaker embedding of 256 values, found 8",
        Ran.of("export", checkpoint, "-o", bundle, "--speaker", wrong));
    Path plain = GoldenFile.of("fatchord_raw/checkpoint_zip.pyt");
    refused(
        plain + ": a speaker embedding was given, but family 'fatchord' takes none; leave it out",
        Ran.of("export", plain, "-o", bundle, "--speaker", wrong));
    assertFalse(Files.exists(bundle));
  }

  private static void refused(String message, Ran ran) {
    assertEquals(3, ran.code(), ran.err());
    assertTrue(ran.message().contains(message), ran.err());
  }
}
