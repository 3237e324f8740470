package org.wavebridge.graphs.machine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Another processor, emulated for one program.
 *
 * @param name for messages
 * @param prefix the emulator with its options
 * @param java the Java that it runs
 */
public record EmulatedMachine(String name, List<String> prefix, Path java) {
  /**
   * 64-bit Arm. The folder of {@code .ci/arm64-system} is that of the environment variable {@code
   * WAVEBRIDGE_ARM64_SYSTEM} or {@code ~/.cache/wavebridge/arm64-system}; a test that lacks it is
   * skipped.
   */
  public static EmulatedMachine arm64() {
    String set = System.getenv("WAVEBRIDGE_ARM64_SYSTEM");
    Path system =
        set == null
            ? Path.of(System.getProperty("user.home"), ".cache", "wavebridge", "arm64-system")
            : Path.of(set);
    Path java = system.resolve("usr/lib/jvm/java-17-openjdk-arm64/bin/java");
    assumeTrue(
        Files.isExecutable(java), "no Java for 64-bit Arm at " + java + "; see .ci/arm64-system");
    assumeTrue(
        EmulatedMachine.class.getResource("/native/linux-aarch64/libwavebridge_ops.so") != null,
        "the library was not built for 64-bit Arm");
    List<String> emulator = List.of("qemu-aarch64", "-cpu", "cortex-a72", "-L", system.toString());
    return new EmulatedMachine("64-bit Arm", emulated(emulator), java);
  }

  /** x86-64 of a processor model that the emulator knows. */
  public static EmulatedMachine x86(String model) {
    return new EmulatedMachine(
        model,
        emulated(List.of("qemu-x86_64", "-cpu", model)),
        Path.of(System.getProperty("java.home"), "bin", "java"));
  }

  private static List<String> emulated(List<String> emulator) {
    String path = System.getenv().getOrDefault("PATH", "");
    boolean found =
        List.of(path.split(":")).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, emulator.get(0))));
    assumeTrue(found, "no " + emulator.get(0) + "; install qemu-user");
    return emulator;
  }

  /** The beginning of a command that runs a Java program there, which starts fast. */
  public List<String> command() {
    List<String> command = new ArrayList<>(prefix);
    command.add(java.toString());
    command.addAll(
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xmx512m"));
    return command;
  }
}
