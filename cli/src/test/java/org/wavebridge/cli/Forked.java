package org.wavebridge.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The command in a process of its own with a home and a temporary folder of its own.
 *
 * @param home holds the cache
 * @param temporary the JVM's temporary folder
 */
record Forked(Path home, Path temporary) {
  /** A machine on which nothing has run. */
  static Forked fresh(Path folder) throws IOException {
    return new Forked(
        Files.createDirectories(folder.resolve("home")),
        Files.createDirectories(folder.resolve("tmp")));
  }

  static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /**
   * Starts the command.
   *
   * @param said a file for what it prints
   * @param before a program that runs it, with its arguments
   * @param options of Java
   */
  Process start(Path said, List<String> before, List<String> options, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(java().toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
    command.add("-Duser.home=" + home);
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(options);
    if (!options.contains("-cp")) {
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    }
    command.add(Main.class.getName());
    Stream.of(arguments).map(String::valueOf).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HOME", home.toString());
    builder.environment().put("TMPDIR", temporary.toString());
    builder.environment().keySet().removeAll(List.of("XDG_CACHE_HOME", "WAVEBRIDGE_NATIVE_DIR"));
    return builder.redirectOutput(said.toFile()).start();
  }

  /** Runs the command to its end. */
  Ran run(List<String> before, List<String> options, Object... arguments)
      throws IOException, InterruptedException {
    Path said = Files.createTempFile(home.getParent(), "said", ".txt");
    int code = start(said, before, options, arguments).waitFor();
    return new Ran(code, "", Files.readString(said, StandardCharsets.UTF_8));
  }

  /**
   * Words before a command so that it alone sees a file system of its own in a folder; without
   * leave to make one the test is skipped.
   *
   * @param options of the file system, such as {@code noexec}
   */
  static List<String> onTmpfs(String options, Path place) throws IOException, InterruptedException {
    String mount = "mount -t tmpfs -o %s none %s".formatted(options, place);
    Process trial =
        new ProcessBuilder("sh", "-c", "unshare -m " + mount).redirectErrorStream(true).start();
    String refused = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(trial.waitFor() == 0, "needs root and mount namespaces: " + refused);
    return List.of("unshare", "-m", "sh", "-c", mount + " && exec \"$@\"", "sh");
  }

  /** Sizes of all files in a folder, 0 for folders, by name from there. */
  static Map<String, Long> contents(Path folder) throws IOException {
    Map<String, Long> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(each -> !each.equals(folder)).toList()) {
        File inside = file.toFile();
        contents.put(
            folder.relativize(file).toString(), inside.isDirectory() ? 0 : inside.length());
      }
    }
    return contents;
  }
}
