package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;

/** The launcher, on a distribution made of what these tests run on. */
final class LauncherTest {
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

  @TempDir static Path folder;

  @BeforeAll
  static void distribution() throws IOException, URISyntaxException {
    Path lib = Files.createDirectory(folder.resolve("lib"));
    Files.copy(Path.of("..", "wavebridge"), folder.resolve("wavebridge"));
    int number = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(entry).toAbsolutePath();
      Path jar = lib.resolve(number++ + ".jar");
      if (Files.isRegularFile(path)) {
        Files.createSymbolicLink(jar, path);
      } else if (Files.isDirectory(path) && !path.endsWith("test-classes")) {
        pack(path, jar);
      }
    }
    Path checkpoint = Path.of(DemoCommand.class.getResource("demo/checkpoint.pt").toURI());
    assertEquals(
        0, Ran.of("export", checkpoint, "-o", folder.resolve("voice"), "--no-verify").code());
    NpyFile.write(folder.resolve("short.npy"), NpyArray.of(new float[80 * 6], 80, 6));
  }

  /** Before the folder is removed, which warns of links that lead out of it. */
  @AfterAll
  static void unlink() throws IOException {
    try (Stream<Path> jars = Files.list(folder.resolve("lib"))) {
      for (Path jar : jars.toList()) {
        Files.delete(jar);
      }
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (Stream<Path> files = Files.walk(classes);
        OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out)) {
      packed.setLevel(Deflater.NO_COMPRESSION);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        packed.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, packed);
        packed.closeEntry();
      }
    }
  }

  /** Runs a line of shell beside the launcher, without a locale. */
  private static Ran shell(Path java, String options, String line)
      throws IOException, InterruptedException {
    // From a file in UTF-8, since this JVM itself may have no bytes for the names in it.
    Files.writeString(folder.resolve("line"), line);
    ProcessBuilder builder = new ProcessBuilder("sh", "line").directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_"));
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().put("LANG", "C");
    builder.environment().put("JAVA_HOME", java.toString());
    builder.environment().put("WAVEBRIDGE_NATIVE_DIR", folder.resolve("native").toString());
    if (!options.isEmpty()) {
      builder.environment().put("JDK_JAVA_OPTIONS", options);
    }
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    int code = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
    String said =
        Files.readString(err)
            .lines()
            .filter(each -> !each.startsWith("NOTE: Picked up JDK_JAVA_OPTIONS"))
            .collect(Collectors.joining("\n"));
    return new Ran(code, Files.readString(out), said);
  }

  private static void assertSpeaks(Path java, String options) throws Exception {
    Ran ran =
        shell(
            java,
            options,
            "sh wavebridge vocode voice --mel short.npy -o 'Gr\u00fc\u00dfe.wav' && test -f 'Gr\u00fc\u00dfe.wav'");
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.message().startsWith("Gr\u00fc\u00dfe.wav: 0.0"), ran.err());
  }

  @Test
  void namesOfFilesNeedNoLocale() throws Exception {
    assertSpeaks(Path.of(System.getProperty("java.home")), "");
  }

  @Test
  void theNewestJavaHasNothingToSay() throws Exception {
    Optional<Path> newest = newest();
    assumeTrue(newest.isPresent(), "no Java from 22 on in /usr/lib/jvm");
    assertSpeaks(newest.get(), "");
    if (version(newest.get()) >= 24) {
      assertSpeaks(newest.get(), "--illegal-native-access=deny");
    }
    Ran ran = shell(newest.get(), "", "sh wavebridge --version");
    assertEquals(0, ran.code(), ran.err());
    assertEquals("", ran.err());
  }

  @Test
  void classesAreLaidOutOnceAndABrokenLayoutDoesNoHarm() throws Exception {
    Path java = Path.of(System.getProperty("java.home"));
    assertSpeaks(java, "");
    List<Path> made = archives();
    assertFalse(made.isEmpty());
    for (Path archive : made) {
      assertTrue(Files.size(archive) > 1_000_000, archive + ": " + Files.size(archive));
      Files.writeString(archive, "no archive");
    }
    assertSpeaks(java, "");
    assertEquals(made, archives());
  }

  private static List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("lib"))) {
      return files.filter(file -> file.toString().endsWith(".jsa")).sorted().toList();
    }
  }

  private static Optional<Path> newest() throws IOException {
    Path installed = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(installed)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(installed)) {
      return homes
          .filter(home -> Files.isExecutable(home.resolve("bin/java")))
          .max(Comparator.comparingInt(LauncherTest::version))
          .filter(home -> version(home) >= 22);
    }
  }

  private static int version(Path home) {
    try {
      Matcher found = VERSION.matcher(Files.readString(home.resolve("release")));
      return found.find() ? Integer.parseInt(found.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
