package org.wavebridge.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A server that is a process of its own, so that what it takes of the machine can be told from what
 * its clients take. Its heap has one size and is resident from the beginning: what its memory grows
 * by is beside it.
 */
final class ServerProcess implements AutoCloseable {
  private static final String HEAP = "192m";
  private static final long KIB = 1024;

  /** What the launcher says to the C library's allocator. */
  private static final Map<String, String> ALLOCATOR =
      Map.of("MALLOC_ARENA_MAX", "2", "MALLOC_TRIM_THRESHOLD_", "262144");

  private final Process process;
  private final int port;

  private ServerProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one with the class path of this process.
   *
   * @param folder for its calibration, and for what it prints
   */
  static ServerProcess start(Path bundle, Path folder) throws Exception {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Path said = folder.resolve("server.txt");
    Path port = folder.resolve("port.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseG1GC",
                "-Xms" + HEAP,
                "-Xmx" + HEAP,
                "-XX:+AlwaysPreTouch",
                "-cp",
                path,
                ServerProcess.class.getName(),
                bundle.toString(),
                folder.toString(),
                port.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().putAll(ALLOCATOR);
    Process process = builder.start();
    for (int tries = 0; tries < 1200 && process.isAlive(); tries++) {
      if (Files.exists(port)) {
        return new ServerProcess(process, Integer.parseInt(Files.readString(port)));
      }
      Thread.sleep(100);
    }
    process.destroyForcibly();
    throw new AssertionError("the server does not start: " + Files.readString(said));
  }

  /** Serves a bundle until it is told to end: the bundle, a folder, and the file for the port. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[1]);
    try (VocoderServer server =
        VocoderServer.start(List.of(Path.of(args[0])), TestServer.options(folder))) {
      Path port = Files.writeString(folder.resolve("port"), String.valueOf(server.port()));
      Files.move(port, Path.of(args[2]));
      Thread.currentThread().join();
    }
  }

  int port() {
    return port;
  }

  /** Has it collect what is garbage. */
  void collect() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    new ProcessBuilder(jcmd.toString(), String.valueOf(process.pid()), "GC.run")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Bytes of its memory that are in use, all of its heap among them. */
  long resident() throws IOException {
    return KIB * status("VmRSS:");
  }

  long threads() throws IOException {
    return status("Threads:");
  }

  /** Files, sockets and all else that it has open. */
  long open() throws IOException {
    try (Stream<Path> files = Files.list(proc("fd"))) {
      return files.count();
    }
  }

  private Path proc(String name) {
    return Path.of("/proc", String.valueOf(process.pid()), name);
  }

  private long status(String name) throws IOException {
    Optional<String> found =
        Files.readAllLines(proc("status")).stream()
            .filter(line -> line.startsWith(name))
            .findFirst();
    return Long.parseLong(found.orElseThrow().replaceAll("\\D", ""));
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
