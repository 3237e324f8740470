package org.wavebridge.runtime.internal.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;

/** {@code WAVEBRIDGE_CPU_LEVEL}, seen by a process of its own because the environment is fixed. */
final class NativeLevelTest {
  /** Prints the level that ran and a hash of what a network generates, or why it cannot. */
  public static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      if (Arrays.asList(arguments).contains("--level")) {
        System.out.println("level " + NativeLevel.inUse().orElse("none"));
        return;
      }
      if (arguments.length > 0) {
        try {
          Vocoder.open(Path.of(arguments[0]), VocoderOptions.defaults());
        } catch (BackendException e) {
          System.out.println(e.getMessage());
        }
        return;
      }
      try {
        int hash = 0;
        for (float[] output : new NetworkNode.Dual(7, 3, 9).node(false).run()) {
          hash = 31 * hash + Arrays.hashCode(output);
        }
        System.out.println("level " + NativeLevel.inUse().orElse("none"));
        System.out.println("hash " + hash);
      } catch (OrtException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static String run(String level, String... arguments)
      throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder builder =
        new ProcessBuilder(
            new ArrayList<>(
                List.of(
                    java.toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Program.class.getName())));
    builder.command().addAll(List.of(arguments));
    builder.environment().put("WAVEBRIDGE_CPU_LEVEL", level);
    builder.redirectErrorStream(true);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  @Test
  void anUnknownLevelIsAnError() throws IOException, InterruptedException {
    String output = run("sse9");
    assertTrue(
        output.contains("WAVEBRIDGE_CPU_LEVEL=sse9: this CPU offers scalar")
            && output.contains("; unset it or choose one of these"),
        output);
  }

  /** The bundle is not there at all: the variable is what is wrong first. */
  @Test
  void anUnknownLevelIsSaidBeforeABundleIsOpened() throws IOException, InterruptedException {
    String output = run("sse9", "no-such-bundle");
    assertTrue(output.startsWith("WAVEBRIDGE_CPU_LEVEL=sse9: this CPU offers scalar"), output);
  }

  /** The levels of this CPU, from scalar to the best. */
  private static List<String> levels() throws IOException, InterruptedException {
    String offered = run("none").replaceAll("(?s).*this CPU offers ([^;]*);.*", "$1");
    return List.of(offered.split(", "));
  }

  private static List<String> lines(String level) throws IOException, InterruptedException {
    return run(level).lines().toList();
  }

  @Test
  void aForcedLevelRunsAndGivesTheBitsOfAllOthers() throws IOException, InterruptedException {
    List<String> levels = levels();
    assertEquals("scalar", levels.get(0));
    List<String> best = lines("");
    assertEquals("level " + levels.get(levels.size() - 1), best.get(0));
    assertTrue(best.get(1).startsWith("hash "), best.toString());
    for (String level : levels) {
      assertEquals(List.of("level " + level, best.get(1)), lines(level));
    }
    assertEquals(List.of("level scalar", best.get(1)), lines("Scalar"));
  }

  @Test
  void noLevelRunsBeforeTheFirstOperator() throws IOException, InterruptedException {
    assertEquals(List.of("level none"), run("", "--level").lines().toList());
  }
}
