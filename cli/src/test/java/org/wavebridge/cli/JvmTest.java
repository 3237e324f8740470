package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.runtime.io.WavFile;

/** The programs of docs/stacks/jvm.md make the samples of the command. */
final class JvmTest {
  private static final int MELS = 80;
  private static final int FRAMES = 7;
  private static final String PAGE = "../docs/stacks/jvm.md";

  /** Calls a program of the page and writes what it gives. */
  private static final String CALLER =
      """
      import java.io.DataOutputStream;
      import java.nio.file.Files;
      import java.nio.file.Path;

      class Caller {
        public static void main(String[] arguments) throws Exception {
          float[] values =
              org.wavebridge.runtime.io.NpyFile.read(Path.of(arguments[1])).floats();
          float[][][] features = new float[1][%d][values.length / %d];
          for (int mel = 0; mel < features[0].length; mel++) {
            int frames = features[0][mel].length;
            System.arraycopy(values, mel * frames, features[0][mel], 0, frames);
          }
          try (DataOutputStream out =
              new DataOutputStream(Files.newOutputStream(Path.of(arguments[2])))) {
            for (PCM sample : CLASS.speak(arguments[0], features)) {
              out.WRITE(sample);
            }
          }
        }
      }
      """
          .formatted(MELS, MELS);

  @TempDir static Path folder;

  private static Path mel = Path.of("");
  private static short[] expected = {};

  @BeforeAll
  static void export() throws IOException {
    Path models = folder.resolve("models");
    TestVoice voice = TestVoice.export(folder, "demo", "", "f32", "--triton", models);
    mel = TestVoice.features(folder, MELS, FRAMES);
    expected = voice.vocoded(mel, "f32", 7, 1);
    assertTrue(expected.length > 0);
  }

  @Test
  void plainOnnxRuntime() throws Exception {
    ByteBuffer made = run("PlainVoice", "short", "writeShort");
    short[] samples = new short[made.remaining() / 2];
    made.asShortBuffer().get(samples);
    assertArrayEquals(expected, samples);
  }

  @Test
  void djl() throws Exception {
    ByteBuffer made = run("DjlVoice", "float", "writeFloat");
    short[] samples = new short[made.remaining() / 4];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = WavFile.toPcm16(made.getFloat(4 * i));
    }
    assertArrayEquals(expected, samples);
  }

  /** The command of the page is the one that made the repository here. */
  @Test
  void thePageExportsSo() throws IOException {
    assertTrue(
        Files.readString(Path.of(PAGE))
            .contains("    wavebridge export voice.pt -o voice --triton models\n"));
  }

  /** Compiles a program as it stands on the page, and runs it in a JVM of its own. */
  private static ByteBuffer run(String name, String type, String write)
      throws IOException, InterruptedException {
    Path classes = Files.createDirectories(folder.resolve(name));
    Path source = Files.writeString(classes.resolve(name + ".java"), program(name));
    Path caller =
        Files.writeString(
            classes.resolve("Caller.java"),
            CALLER.replace("CLASS", name).replace("PCM", type).replace("WRITE", write));
    String path = System.getProperty("java.class.path");
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                path,
                "-d",
                classes.toString(),
                source.toString(),
                caller.toString()));
    Path out = classes.resolve("samples");
    Path said = classes.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                List.of(
                    Forked.java().toString(),
                    "-DOPT_OUT_TRACKING=true",
                    "-Doffline=true",
                    "-cp",
                    classes + ":" + path,
                    "Caller",
                    folder.resolve("models").toString(),
                    mel.toString(),
                    out.toString()))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "took more than two minutes");
    assertEquals(0, process.exitValue(), () -> said(said));
    return ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.BIG_ENDIAN);
  }

  private static String said(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String program(String name) throws IOException {
    Matcher block =
        Pattern.compile("```java\n(.*?class " + name + " .*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of(PAGE)));
    assertTrue(block.find(), name);
    String text = block.group(1);
    int last = text.lastIndexOf("```java\n");
    return last < 0 ? text : text.substring(last + "```java\n".length());
  }
}
