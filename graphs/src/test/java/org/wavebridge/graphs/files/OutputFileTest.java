package org.wavebridge.graphs.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.InputException;

/** A file that is there is replaced whole or not at all, and no other. */
final class OutputFileTest {
  @TempDir Path folder;

  @Test
  void linksStayAndWhatTheyPointToIsReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Path far = Files.createDirectory(folder.resolve("far"));
    Path link = Files.createSymbolicLink(far.resolve("link"), Path.of("..", "file"));
    Path second = Files.createSymbolicLink(folder.resolve("second"), link);
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("far", "new"));
    write(second, "new");
    write(dangling, "first");
    assertEquals("new", Files.readString(file));
    assertEquals("first", Files.readString(far.resolve("new")));
    assertTrue(Stream.of(link, second, dangling).allMatch(Files::isSymbolicLink));
    Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    refused(folder.resolve("a"), "expected a writable file: its symbolic links go round");
    assertEquals(List.of("a", "b", "dangling", "far", "file", "second"), names());
  }

  @Test
  void permissionsOfAReplacedFileStay() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "no permissions");
    Path file = Files.writeString(folder.resolve("file"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    write(file, "new");
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void foldersAndMissingFoldersAreRefused() throws IOException {
    refused(folder, "expected a file to write, found a folder");
    refused(folder.resolve("no/file"), "expected an existing folder to write to, found none");
    refused(Files.writeString(folder.resolve("file"), "x").resolve("below"), "expected");
    assertEquals(List.of("file"), names());
  }

  @Test
  void aDeviceIsWrittenThrough() throws IOException {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.isWritable(device), "no /dev/null");
    write(device, "gone");
    assertFalse(Files.isRegularFile(device, LinkOption.NOFOLLOW_LINKS));
    Path link = Files.createSymbolicLink(folder.resolve("link"), device);
    write(link, "gone");
    assertFalse(Files.isRegularFile(device, LinkOption.NOFOLLOW_LINKS));
    if (Files.exists(Path.of("/dev/full"))) {
      refused(Path.of("/dev/full"), "expected a writable file: no space left on device");
    }
  }

  @Test
  void aPipeIsWrittenThrough() throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeTrue(
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no FIFO here");
    CompletableFuture<String> read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.readString(pipe);
              } catch (IOException e) {
                return e.toString();
              }
            });
    write(pipe, "through");
    assertEquals("through", read.get());
    assertFalse(Files.isRegularFile(pipe));
    assertEquals(List.of("pipe"), names());
  }

  /** Standard output goes on where it is, as a shell's would, also where it is a file. */
  @Test
  void standardOutputGoesOnWhereItIs() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd/1")), "no names for descriptors");
    for (String name : List.of("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")) {
      Path file = Files.writeString(folder.resolve("out"), "before ");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Writer.class.getName(),
                  name)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(file.toFile()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertEquals(0, process.waitFor());
      assertEquals("before contents after", Files.readString(file), name);
      assertEquals(List.of("out"), names());
    }
  }

  /** Writes to the file that it is given, then to its standard output. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      write(Path.of(arguments[0]), "contents");
      System.out.print(" after");
      System.out.flush();
    }
  }

  @Test
  void aDescriptorOfAFileIsAddedTo() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd/1")), "no names for descriptors");
    Path file = Files.writeString(folder.resolve("out"), "before ");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "\"$0\" -cp \"$1\" \"$2\" /dev/fd/7 7>>\"$3\"",
                java,
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                file.toString())
            .start();
    assertEquals(0, process.waitFor());
    assertEquals("before contents", Files.readString(file));
  }

  @Test
  void anInputIsNeverAnOutput() throws IOException {
    Path input = Files.writeString(folder.resolve("input"), "x");
    Path link = Files.createSymbolicLink(folder.resolve("link"), input);
    Path hard = Files.createLink(folder.resolve("hard"), input);
    Path round = folder.resolve("../" + folder.getFileName() + "/input");
    for (Path output : List.of(input, link, hard, round)) {
      InputException refused =
          assertThrows(
              InputException.class, () -> OutputFile.requireNotInput(output, List.of(input)));
      assertEquals(
          output
              + ": is the input "
              + input
              + ", which would be lost; choose another place to write to",
          refused.getMessage());
    }
    Path bundle = Files.createDirectory(folder.resolve("voice"));
    OutputFile.requireNotInput(bundle.resolve("new.wav"), List.of(bundle));
    Files.writeString(bundle.resolve("bundle.json"), "{}");
    for (String name : List.of("new.wav", "bundle.json")) {
      assertThrows(
          InputException.class,
          () -> OutputFile.requireNotInput(bundle.resolve(name), List.of(bundle)));
    }
    OutputFile.requireNotInput(folder.resolve("other"), List.of(input, bundle, folder));
    Path terminal = Path.of("/dev/null");
    OutputFile.requireNotInput(terminal, List.of(terminal));
  }

  @Test
  void whatKilledRunsLeftIsCleared() throws IOException {
    Path killed = Files.createDirectory(folder.resolve(".a.wav.partial-" + UUID.randomUUID()));
    Files.writeString(killed.resolve(".lock"), "");
    Files.writeString(killed.resolve("contents"), "half");
    Files.createDirectory(folder.resolve(".a.wav.partial-" + UUID.randomUUID()));
    Path old = Files.createDirectory(folder.resolve(".a.wav.partial-" + UUID.randomUUID()));
    Files.writeString(old.resolve("bundle.json"), "{}");
    Files.writeString(folder.resolve(".a.wav.123456.part"), "half");
    Path photos = Files.createDirectory(folder.resolve(".a.wav.partial-" + UUID.randomUUID()));
    Files.writeString(photos.resolve("photo.jpg"), "x");
    Files.writeString(folder.resolve(".a.wav.partial-mine"), "x");
    Files.writeString(folder.resolve(".b.wav.123456.part"), "x");
    try (Unfinished live = Unfinished.beside(folder.resolve("a.wav"))) {
      write(folder.resolve("a.wav"), "x");
      assertTrue(Files.exists(live.folder()));
    }
    assertEquals(
        Stream.of(
                ".a.wav.partial-mine",
                photos.getFileName().toString(),
                ".b.wav.123456.part",
                "a.wav")
            .sorted()
            .toList(),
        names());
  }

  /** Those of another process that runs are kept, and cleared when it has been killed. */
  @Test
  void whatAnotherProcessHoldsIsKept() throws Exception {
    Path target = folder.resolve("a.wav");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                target.toString())
            .start();
    try (var out = process.inputReader(StandardCharsets.UTF_8)) {
      Path held = Path.of(String.valueOf(out.readLine()));
      write(target, "x");
      assertTrue(Files.exists(held));
      process.destroyForcibly().waitFor();
      assertTrue(Files.exists(held));
      write(target, "y");
      assertFalse(Files.exists(held));
      assertEquals(List.of("a.wav"), names());
    } finally {
      process.destroyForcibly();
    }
  }

  /** Begins to write and does not end. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      try (Unfinished unfinished = Unfinished.beside(Path.of(arguments[0]))) {
        System.out.println(unfinished.folder());
        Thread.sleep(600_000);
      }
    }
  }

  @Test
  void reasonsAreWords() {
    assertEquals("no such file or folder", FileErrors.reason(new NoSuchFileException("/a")));
    assertEquals(
        "no space left on device",
        FileErrors.reason(new FileSystemException("/a", null, "No space left on device")));
    assertEquals(
        "permission denied",
        FileErrors.reason(new java.io.FileNotFoundException("/a (Permission denied)")));
    assertEquals("I/O went wrong", FileErrors.reason(new IOException("I/O went wrong")));
    assertEquals("unexpected IOException", FileErrors.reason(new IOException()));
  }

  private static void refused(Path target, String message) {
    InputException refused = assertThrows(InputException.class, () -> write(target, "x"));
    assertTrue(
        String.valueOf(refused.getMessage()).startsWith(target + ": " + message),
        refused.getMessage());
  }

  private static void write(Path target, String contents) {
    OutputFile.write(target, out -> out.write(contents.getBytes(StandardCharsets.UTF_8)));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
