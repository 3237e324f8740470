package org.wavebridge.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program of the tests in a process of its own: for its environment, or lest it crash this one.
 */
public record ChildJvm(int exitCode, String output) {
  /**
   * Runs {@code main} of a class to its end.
   *
   * @param environment variables beside those of this process
   * @return its exit code, and what it printed on either stream
   */
  public static ChildJvm run(Map<String, String> environment, Class<?> program, Object... arguments)
      throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return run(List.of(java.toString(), "-Xmx512m"), environment, program, arguments);
  }

  /**
   * Runs it with a Java and options given.
   *
   * @param java the beginning of the command, up to the class path
   */
  public static ChildJvm run(
      List<String> java, Map<String, String> environment, Class<?> program, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(java);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new ChildJvm(process.waitFor(), output);
  }
}
