package org.wavebridge.serving;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Scripts for Node with packages of npm; tests without them are skipped and say so. */
public final class Npm {
  private Npm() {}

  /**
   * Runs a script after its packages have been installed in a folder.
   *
   * @param owner the class that the script lies beside
   * @return what it printed
   */
  public static String run(
      Class<?> owner, Path folder, List<String> packages, String script, String... arguments)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    assumeTrue(
        program("npm").isPresent() && program("node").isPresent(),
        "no Node on this machine: " + script + " was not run");
    Files.writeString(folder.resolve("package.json"), "{\"private\":true,\"type\":\"module\"}");
    List<String> install =
        new ArrayList<>(List.of("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"));
    install.addAll(packages);
    assumeTrue(
        wait(folder, install, "npm.log") == 0,
        "npm cannot install " + packages + ": " + script + " was not run");
    try (InputStream in = owner.getResourceAsStream(script)) {
      Files.copy(in, folder.resolve(script));
    }
    List<String> line = new ArrayList<>(List.of("node", script));
    line.addAll(List.of(arguments));
    int code = wait(folder, line, "out.txt");
    String out = Files.readString(folder.resolve("out.txt"));
    assertTrue(code == 0, out);
    return out;
  }

  private static int wait(Path folder, List<String> line, String out)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(out).toFile())
            .start();
    try {
      return process.waitFor(180, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } finally {
      process.destroyForcibly();
    }
  }

  /** A program in PATH. */
  public static Optional<Path> program(String name) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(place -> Path.of(place, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
