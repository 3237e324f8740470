package org.wavebridge.spark;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A Spark as its distribution is laid out, of the jars of the tests' class path: {@code jars} with
 * all that Spark ships and none of ours, and {@code bin/spark-submit}.
 *
 * @param folder SPARK_HOME
 */
record SparkHome(Path folder) {
  private static final String JOB = "wavebridge.job";

  private static final Pattern NOT_SPARK =
      Pattern.compile(
          ".*/(org/wavebridge|com/microsoft/onnxruntime|org/bytedeco|org/tribuo|tools/jackson|info/picocli|org/junit|org/apiguardian|org/opentest4j|org/jspecify|target)/.*|.*(slf4j-simple|surefire|jackson-annotations|protobuf-java).*");

  /** Lays it out in the folder of the build. */
  static SparkHome layOut() throws IOException {
    assumeTrue(System.getProperty(JOB) != null, "the job's jar is there only from 'mvn verify' on");
    SparkHome home =
        new SparkHome(Files.createDirectories(Path.of("target", "spark-home").toAbsolutePath()));
    Path jars = Files.createDirectories(home.folder().resolve("jars"));
    List<Path> shipped = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":")) {
      if (entry.endsWith(".jar") && !NOT_SPARK.matcher(entry).matches()) {
        shipped.add(Path.of(entry));
      }
    }
    assertTrue(shipped.size() > 100, shipped.toString());
    try (Stream<Path> instead = Files.list(Path.of(System.getProperty("wavebridge.job.instead")))) {
      shipped.addAll(instead.toList());
    }
    for (Path jar : shipped) {
      Files.deleteIfExists(jars.resolve(jar.getFileName()));
      Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar.toAbsolutePath());
    }
    Path submit = Files.createDirectories(home.folder().resolve("bin")).resolve("spark-submit");
    Files.writeString(
        submit,
        "#!/bin/sh\nexec %s org.apache.spark.deploy.SparkSubmit \"$@\"\n"
            .formatted(String.join(" ", home.java())));
    Files.setPosixFilePermissions(submit, PosixFilePermissions.fromString("rwx------"));
    return home;
  }

  /** The job's jar, as the build made it. */
  static Path job() {
    return Path.of(System.getProperty(JOB));
  }

  private List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    command.addAll(List.of("-Xmx512m", "-cp", "'" + folder.resolve("jars") + "/*'"));
    return command;
  }

  /** Starts a program of Spark's or a line of a shell, with what it says in a file. */
  Process start(Path said, Path where, String line) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", line)
            .directory(where.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().put("SPARK_HOME", folder.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder
        .environment()
        .merge("PATH", folder.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
    return builder.start();
  }

  /** Starts one of Spark's daemons. */
  Process daemon(Path said, String program, Object... arguments) throws IOException {
    StringBuilder line = new StringBuilder("exec " + String.join(" ", java()) + " " + program);
    Stream.of(arguments).forEach(argument -> line.append(' ').append(argument));
    return start(said, folder, line.toString());
  }

  /** Runs a line of a shell to its end. */
  String run(Path where, int code, String line) throws IOException, InterruptedException {
    Path said = Files.createTempFile(folder, "said", ".txt");
    Process process = start(said, where, line);
    assertTrue(
        process.waitFor(15, TimeUnit.MINUTES),
        () -> "took more than a quarter of an hour: " + line);
    String text = Files.readString(said);
    assertTrue(process.exitValue() == code, () -> line + "\n" + text);
    return text;
  }
}
