package org.wavebridge.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * This machine and process as the operating system describes them, for the record of a benchmark.
 */
final class Machine {
  private Machine() {}

  /** Processor model and count of processors. */
  static String description() {
    String model =
        lines("/proc/cpuinfo").stream()
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.replaceFirst(".*:\\s*", ""))
            .orElse(System.getProperty("os.arch"));
    return model + ", " + Runtime.getRuntime().availableProcessors() + " processors";
  }

  /** Resident memory of this process; 0 where it is not known. */
  static long residentMebibytes() {
    return lines("/proc/self/status").stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .findFirst()
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .orElse(0L);
  }

  /** Processor time of this thread in nanoseconds; 0 where it is not known. */
  static long threadNanoseconds() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : 0;
  }

  /**
   * The message for memory that ran out.
   *
   * @param kind the JVM's word for which memory
   */
  static String outOfMemory(String kind) {
    if (kind.contains("native thread")) {
      return "out of memory: %s; allow this user more threads (ulimit -u) or use fewer (--threads)"
          .formatted(kind);
    }
    long mebibytes = Math.max(1, Runtime.getRuntime().maxMemory() >> 20);
    return "out of memory: %s; Java may use %d MiB here; allow it more with JDK_JAVA_OPTIONS=-Xmx%dm, or give smaller files"
        .formatted(kind, mebibytes, 2 * mebibytes);
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException e) {
      return List.of();
    }
  }
}
