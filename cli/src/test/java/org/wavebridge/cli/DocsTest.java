package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What the pages tell people to do works: links lead somewhere, and commands run. A block of
 * commands runs here, unless a comment above it says {@code run by TEST} or {@code not run:
 * REASON}.
 */
final class DocsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern MARK = Pattern.compile("<!-- (run by \\w+|not run: .+) -->");

  /** Programs whose commands pages may show; those of others are listings of something else. */
  private static final Set<String> PROGRAMS =
      Set.of(
          "apt-get",
          "cmake",
          "curl",
          "docker",
          "git",
          "kubectl",
          "mvn",
          "node",
          "npm",
          "npx",
          "pip",
          "podman",
          "python3",
          "spark-submit",
          "tritonserver",
          "wavebridge");

  /** What the files of the commands are called. */
  private static final Set<String> FILES =
      Set.of(
          "voice.pt",
          "voice",
          "weights.pyt",
          "hparams.json",
          "hello.npy",
          "hello.wav",
          "one.npy",
          "two.npy",
          "three.npy",
          "mels",
          "spoken",
          "recording.wav",
          "copy.wav",
          "classes.npy",
          "logits.npy",
          "subscale",
          "other.npy",
          "other.wav",
          "report",
          "voice.html",
          "hello.html",
          "copy.html",
          "spoken.html",
          "models",
          "other");

  @TempDir static Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    Path golden = ROOT.resolve("conformance/src/test/resources/golden");
    Files.copy(TestVoice.checkpoint("demo"), folder.resolve("voice.pt"));
    Files.copy(golden.resolve("fatchord_raw/checkpoint_zip.pyt"), folder.resolve("weights.pyt"));
    Files.writeString(folder.resolve("hparams.json"), "{\"hop_length\": 275} // as published");
    Path mels = Files.createDirectory(folder.resolve("mels"));
    for (String name : List.of("hello", "one", "two", "three", "mels/four", "mels/five")) {
      Files.copy(golden.resolve("en-us-16k/agent-pass.npy"), folder.resolve(name + ".npy"));
    }
    assertTrue(Files.isDirectory(mels));
    for (String name : List.of("hello", "recording")) {
      Files.copy(golden.resolve("en-us-16k/agent-pass.wav"), folder.resolve(name + ".wav"));
    }
    Files.copy(golden.resolve("en-us-16k/agent-pass.samples.npy"), folder.resolve("classes.npy"));
    Files.copy(golden.resolve("papercup_subscale/mel.npy"), folder.resolve("other.npy"));
    export("voice.pt", "voice", "--precision", "f32,int8", "--calibrate", "none");
    Files.copy(
        golden.resolve("papercup_subscale/checkpoint_zip.pth"), folder.resolve("papercup.pth"));
    export("papercup.pth", "subscale", "--config", golden.resolve("papercup_subscale/config.json"));
  }

  private static void export(String checkpoint, String bundle, Object... options) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("export", folder.resolve(checkpoint), "-o", folder.resolve(bundle)));
    arguments.add("--no-verify");
    arguments.addAll(Arrays.asList(options));
    Ran ran = Ran.of(arguments.toArray());
    assertEquals(0, ran.code(), ran.err());
  }

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (String place : List.of("", "docs", "deploy", "python", "npm")) {
      Path at = ROOT.resolve(place);
      if (Files.isDirectory(at)) {
        try (Stream<Path> files = Files.walk(at, place.equals("docs") ? 9 : 1)) {
          files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
      }
    }
    return pages.stream().map(Path::normalize).sorted().toList();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadSomewhere(Path page) throws IOException {
    List<String> broken = new ArrayList<>();
    for (String line : Files.readAllLines(page)) {
      Matcher link = LINK.matcher(line);
      while (link.find()) {
        String target = link.group(1);
        if (!target.startsWith("http") && !line.startsWith("    ") && !leads(page, target)) {
          broken.add(target);
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  private static boolean leads(Path page, String target) throws IOException {
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
    return Files.exists(file) && (parts.length == 1 || anchors(file).contains(parts[1]));
  }

  /** The names that a page's headings get. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new TreeSet<>();
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("#")) {
        anchors.add(
            line.replaceFirst("#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-'));
      }
      Matcher named = Pattern.compile("<a id=\"([^\"]+)\"").matcher(line);
      while (named.find()) {
        anchors.add(named.group(1));
      }
    }
    return anchors;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void commandsRun(Path page, @TempDir Path here) throws IOException {
    for (Block block : blocks(page)) {
      if (block.mark().isEmpty()) {
        copyTo(here);
        for (String command : block.commands()) {
          run(here, page + ": " + command, command);
        }
      } else if (block.mark().startsWith("run by ")) {
        String test = block.mark().substring("run by ".length()) + ".java";
        assertTrue(tests().contains(test), page + ": there is no " + test);
      }
    }
  }

  private static void copyTo(Path here) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = here.resolve(folder.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static void run(Path here, String where, String command) {
    assertFalse(
        command.matches(".*\\s[<|>].*"), where + ": expected a mark, this is no command line");
    String[] words = command.split("\\s+");
    assertEquals("wavebridge", program(words[0]), where + ": expected a mark, or `wavebridge`");
    List<Object> arguments = new ArrayList<>();
    for (String word : Arrays.copyOfRange(words, 1, words.length)) {
      arguments.add(FILES.contains(word) ? here.resolve(word) : word);
    }
    if (arguments.contains("bench") && !arguments.contains("--seconds")) {
      arguments.addAll(List.of("--seconds", "0.02"));
    }
    Ran ran = Ran.of(arguments.toArray());
    assertEquals(0, ran.code(), where + ": " + ran.err());
  }

  /**
   * Commands that stand together.
   *
   * @param mark who runs them, or why nobody does; empty if they run here
   */
  private record Block(String mark, List<String> commands) {}

  private static List<Block> blocks(Path page) throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<String> commands = new ArrayList<>();
    String mark = "";
    boolean fenced = false;
    List<String> lines = new ArrayList<>(Files.readAllLines(page));
    lines.add("");
    for (String line : lines) {
      Matcher marked = MARK.matcher(line.strip());
      if (line.startsWith("```")) {
        fenced = line.startsWith("```sh") || line.startsWith("```bash");
      }
      boolean code = line.startsWith("    ") || fenced;
      if (marked.matches()) {
        mark = marked.group(1);
      } else if (code && isCommand(line.strip())) {
        commands.add(line.strip().replaceFirst("^\\$ ", "").replaceAll("\\s+#.*", ""));
      } else if (line.isBlank() ? !commands.isEmpty() : !code) {
        if (!commands.isEmpty()) {
          blocks.add(new Block(mark, List.copyOf(commands)));
          commands.clear();
        }
        mark = "";
      }
    }
    return blocks;
  }

  private static boolean isCommand(String line) {
    return PROGRAMS.contains(program(line.replaceFirst("^\\$ ", "").split("\\s+")[0]));
  }

  private static String program(String word) {
    return word.equals("./mvnw") ? "mvn" : word.replaceFirst("^\\./", "");
  }

  private static Set<String> tests() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path tests : modules.map(module -> module.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(tests)) {
          try (Stream<Path> files = Files.walk(tests)) {
            files.map(file -> String.valueOf(file.getFileName())).forEach(names::add);
          }
        }
      }
    }
    return names;
  }

  /** What a forge shows to those who report something; it shows nothing where a form is wrong. */
  @Test
  void formsCanBeRead() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve(".github/ISSUE_TEMPLATE"))) {
      for (Path file : files.filter(each -> !each.endsWith("config.yml")).toList()) {
        Map<?, ?> form = yaml(file);
        assertEquals(Set.of("name", "description", "labels", "body"), form.keySet(), file + "");
        Set<Object> ids = new HashSet<>();
        for (Object element : (List<?>) form.get("body")) {
          Map<?, ?> field = (Map<?, ?>) element;
          assertTrue(Set.of("input", "textarea").contains(field.get("type")), file + "");
          assertTrue(ids.add(field.get("id")), file + ": two of " + field.get("id"));
          assertTrue(((Map<?, ?>) field.get("attributes")).containsKey("label"), file + "");
        }
      }
    }
    assertTrue(yaml(ROOT.resolve(".github/workflows/ci.yml")).toString().contains(".ci/run"));
    assertEquals(2, yaml(ROOT.resolve(".github/dependabot.yml")).get("version"));
  }

  private static Map<?, ?> yaml(Path file) throws IOException {
    return (Map<?, ?>)
        new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
  }

  /** The README's Java makes the samples that the command makes. */
  @Test
  void theProgramOfTheReadmeRuns() throws Exception {
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ROOT.resolve("README.md")));
    assertTrue(block.find());
    Path source = Files.createDirectory(folder.resolve("program")).resolve("Program.java");
    Files.writeString(
        source,
        """
        import java.nio.file.Path;
        import org.wavebridge.runtime.*;
        import org.wavebridge.runtime.io.*;

        class Program {
          public static void main(String[] arguments) {
            %s
          }
        }
        """
            .formatted(block.group(1)));
    String path = System.getProperty("java.class.path");
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                path,
                "-d",
                source.getParent().toString(),
                source.toString()));
    Path expected = folder.resolve("expected.wav");
    Ran ran =
        Ran.of(
            "vocode",
            folder.resolve("voice"),
            "--mel",
            folder.resolve("hello.npy"),
            "-o",
            expected,
            "--seed",
            7);
    assertEquals(0, ran.code(), ran.err());
    Path here = Files.createDirectory(folder.resolve("here"));
    Files.createSymbolicLink(here.resolve("voice"), folder.resolve("voice").toAbsolutePath());
    Files.copy(folder.resolve("hello.npy"), here.resolve("hello.npy"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                source.getParent() + java.io.File.pathSeparator + path,
                "Program")
            .directory(here.toFile())
            .inheritIO()
            .start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
    assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(here.resolve("hello.wav")));
  }
}
