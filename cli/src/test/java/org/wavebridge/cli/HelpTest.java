package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Help texts are there, and every command line that they or the README show can be parsed. */
final class HelpTest {
  static Stream<String> commands() {
    return Main.commandLine().getSubcommands().keySet().stream()
        .filter(name -> !name.equals("generate-completion") && !name.equals("help"));
  }

  @Test
  void helpIsACommandToo() {
    Ran ran = Ran.of("help", "vocode");
    assertEquals(0, ran.code(), ran.err());
    assertEquals(Ran.of("vocode", "--help").out(), ran.out());
    assertTrue(Ran.of("help").out().contains("Usage: wavebridge "));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpWithExamples(String command) {
    Ran ran = Ran.of(command, "--help");
    assertEquals(0, ran.code());
    assertTrue(ran.out().contains("Usage: wavebridge " + command), ran.out());
    assertTrue(ran.out().contains("Examples:\n  wavebridge " + command), ran.out());
  }

  @Test
  void examplesCanBeParsed() throws IOException {
    List<String> examples = new ArrayList<>();
    Files.readAllLines(Path.of("../README.md")).stream()
        .map(String::strip)
        .filter(line -> line.startsWith("./wavebridge "))
        .map(line -> line.substring(2).replaceAll("\\s+[#<|].*", ""))
        .forEach(examples::add);
    assertTrue(examples.size() >= 7, examples.toString());
    for (CommandLine line : Main.commandLine().getSubcommands().values()) {
      examples.addAll(footer(line));
    }
    examples.addAll(footer(Main.commandLine()));
    for (String example : examples) {
      String[] words = example.split("\\s+");
      Main.commandLine().parseArgs(Arrays.copyOfRange(words, 1, words.length));
    }
  }

  @Test
  void versionCompletionAndMisuse() {
    assertTrue(Ran.of("--version").out().startsWith("wavebridge "));
    assertTrue(Ran.of("generate-completion").out().contains("_complete_wavebridge"));
    for (String[] misuse :
        new String[][] {
          {},
          {"sing"},
          {"vocode"},
          {"vocode", "voice", "-o", "x.wav"},
          {"vocode", "voice", "--mel", "a.npy", "--wav", "b.wav", "-o", "x.wav"},
          {"vocode", "voice", "--mel", "a.npy", "-o", "x.wav", "--temperature", "0"},
          {"vocode", "voice", "--mel", "a.npy", "-o", "x.wav", "--threads", "0"},
          {"vocode", "voice", "--mel", "a.npy", "-o", "x.wav", "--seed", "seven"},
          {"export", "voice.pt", "-o", "voice", "--precision", "f32,int4"},
          {"export", "voice.pt", "-o", "voice", "--precision", "int8"},
          {"export", "voice.pt", "-o", "voice", "--calibrate", "a.npy", "b.wav"},
          {"export", "voice.pt", "-o", "voice", "--precision", "f32,int8", "--calibrate", "a.npy"},
          {"export", "voice.pt", "-o", "voice", "--precision", "f32,int8", "--activations", "9"},
          {"export", "voice.pt", "-o", "voice", "--activations", "8"},
          {"export", "voice.pt", "-o", "voice", "--sparsify", "1.5"},
          {"export", "voice.pt", "-o", "voice", "--sparsify", "0.5,3x3"},
          {"export", "voice.pt", "-o", "voice", "--sparsify", "0.5,16x1,8x1"},
          {"export", "voice.pt", "-o", "voice", "--sparsify", "0.5,16x1,fc1=2"},
          {"export", "voice.pt", "-o", "voice", "--sparsify", "0.5", "--calibrate", "none"},
          {"export", "voice.pt", "-o", "voice", "--accept-loss"},
          {"export", "voice.pt", "-o", "voice", "--family", "hifigan"},
          {"export", "voice.pt"},
          {"conform", "voice", "--threads", "0"},
          {"conform", "voice", "--profile", "f64"}
        }) {
      Ran ran = Ran.of((Object[]) misuse);
      assertEquals(2, ran.code(), String.join(" ", misuse));
      assertTrue(ran.message().startsWith("wavebridge: "), ran.err());
      assertFalse(ran.err().contains("Exception"), ran.err());
    }
  }

  private static List<String> footer(CommandLine line) {
    return Arrays.stream(line.getCommandSpec().usageMessage().footer())
        .map(String::strip)
        .filter(example -> example.startsWith("wavebridge "))
        .map(example -> example.replaceAll("\\s+[<|].*", ""))
        .toList();
  }
}
