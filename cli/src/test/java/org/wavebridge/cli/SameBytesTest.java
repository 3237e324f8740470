package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wavebridge.graphs.machine.EmulatedMachine;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/**
 * The whole command makes the same files on every machine: this one with any number of threads, and
 * other processors in an emulator. {@code -Dbytes.print=true} prints the hashes found, to be
 * recorded here.
 */
final class SameBytesTest {
  /** SHA-256 of the WAV file of a short utterance, by precision and what it is made from. */
  private static final Map<String, String> RECORDED =
      Map.of(
          "f32 mel", "dba07ab12387a6310f7c172097d6d536700e8ef54a3804d2b191a70b8a1df0a5",
          "f32 wav", "22347772618021fb2b8c41e147695083bfbef03a6888f779cf157f6e80d8004c",
          "int8 mel", "47be1ed80fbe9f156fe783a5348a5e036a21a2cd66ef01fbdfba0be805cfc9f5",
          "int8 wav", "fbd0b77a84a7d5fd937461acc35652fa6074c220d8b73a26c87f3bb7070c4c28");

  /** Frames of the short utterance: an emulated Java is slow. */
  private static final int FRAMES = 6;

  private static final int MELS = 80;
  private static final int HOP = 200;

  @TempDir static Path folder;

  @BeforeAll
  static void export() throws URISyntaxException {
    int code =
        Ran.of(
                "export",
                demo("checkpoint.pt"),
                "-o",
                folder.resolve("voice"),
                "--precision",
                "f32,int8",
                "--calibrate",
                "none",
                "--activations",
                "8",
                "--no-verify")
            .code();
    assertEquals(0, code);
    float[] all = NpyFile.read(demo("agent-pass.npy")).floats();
    float[] some = new float[MELS * FRAMES];
    for (int m = 0; m < MELS; m++) {
      System.arraycopy(all, m * (all.length / MELS) + 60, some, m * FRAMES, FRAMES);
    }
    NpyFile.write(folder.resolve("mel.npy"), NpyArray.of(some, MELS, FRAMES));
    Waveform speech = WavFile.read(demo("agent-pass.wav"));
    float[] piece = Arrays.copyOfRange(speech.samples(), 60 * HOP, (60 + FRAMES) * HOP);
    WavFile.write(folder.resolve("wav.wav"), new Waveform(piece, speech.sampleRate()));
  }

  private static Path demo(String name) throws URISyntaxException {
    return Path.of(DemoCommand.class.getResource("demo/" + name).toURI());
  }

  @Test
  void anyNumberOfThreadsGivesTheRecordedFiles() throws Exception {
    Map<String, TreeSet<String>> found = new TreeMap<>();
    for (String name : RECORDED.keySet()) {
      for (int threads = 1; threads <= 4; threads++) {
        found.computeIfAbsent(name, key -> new TreeSet<>()).add(here(name, threads));
      }
    }
    if (Boolean.getBoolean("bytes.print")) {
      found.forEach((name, hashes) -> System.out.println(name + " " + hashes));
    }
    RECORDED.forEach((name, hash) -> assertEquals("[" + hash + "]", "" + found.get(name), name));
  }

  private static String here(String name, int threads) throws Exception {
    Path out = folder.resolve("here.wav");
    List<Object> line = new ArrayList<>(vocode(name, out));
    line.addAll(List.of("--threads", threads));
    Ran ran = Ran.of(line.toArray());
    assertEquals(0, ran.code(), ran.err());
    return hash(out);
  }

  /** The shipped utterance whole, by commands of their own. */
  @Test
  void aLongUtteranceIsTheSameWithAnyNumberOfThreads() throws Exception {
    Path home = Files.createDirectory(folder.resolve("long"));
    for (String input : List.of("--mel=agent-pass.npy", "--wav=agent-pass.wav")) {
      TreeSet<String> hashes = new TreeSet<>();
      String[] option = input.split("=");
      for (int threads = 1; threads <= 4; threads++) {
        Path out = folder.resolve("long.wav");
        Ran ran =
            Forked.fresh(home)
                .run(
                    List.of(),
                    List.of(),
                    "vocode",
                    folder.resolve("voice"),
                    option[0],
                    demo(option[1]),
                    "-o",
                    out,
                    "--backend",
                    "cpu",
                    "--threads",
                    threads);
        assertEquals(0, ran.code(), ran.err());
        hashes.add(hash(out));
      }
      assertEquals(1, hashes.size(), input + " " + hashes);
    }
  }

  @Test
  void anArmProcessorGivesTheRecordedFile() throws Exception {
    assertMachine(EmulatedMachine.arm64(), "f32 mel");
  }

  @ParameterizedTest
  @ValueSource(strings = {"int8 mel", "f32 wav", "int8 wav"})
  @Tag("slow")
  void anArmProcessorGivesTheOtherRecordedFiles(String name) throws Exception {
    assertMachine(EmulatedMachine.arm64(), name);
  }

  /** Processors without AVX-512, without AVX2 and without AVX. */
  @ParameterizedTest
  @ValueSource(strings = {"Haswell", "max,-avx2", "Nehalem"})
  @Tag("slow")
  void anOlderProcessorGivesTheRecordedFiles(String model) throws Exception {
    EmulatedMachine machine = EmulatedMachine.x86(model);
    for (String name : RECORDED.keySet()) {
      assertMachine(machine, name);
    }
  }

  private static void assertMachine(EmulatedMachine machine, String name)
      throws IOException, InterruptedException, NoSuchAlgorithmException {
    Path out = folder.resolve("emulated.wav");
    Files.deleteIfExists(out);
    List<String> command = machine.command();
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    vocode(name, out).forEach(part -> command.add(part.toString()));
    Path said = folder.resolve("said.txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("WAVEBRIDGE_NATIVE_DIR", folder.resolve("native").toString());
    int code = builder.redirectOutput(said.toFile()).start().waitFor();
    assertEquals(0, code, Files.readString(said));
    assertTrue(Files.exists(out), Files.readString(said));
    assertEquals(RECORDED.get(name), hash(out), machine.name() + " " + name);
  }

  private static List<Object> vocode(String name, Path out) {
    String[] parts = name.split(" ");
    Path input = folder.resolve(parts[1].equals("mel") ? "mel.npy" : "wav.wav");
    return List.of(
        "vocode",
        folder.resolve("voice"),
        "--" + parts[1],
        input,
        "-o",
        out,
        "--seed",
        7,
        "--backend",
        "cpu",
        "--precision",
        parts[0]);
  }

  private static String hash(Path file) throws IOException, NoSuchAlgorithmException {
    byte[] bytes = Files.readAllBytes(file);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
