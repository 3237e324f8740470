package org.wavebridge.runtime.internal.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a place for libraries treats the files it finds there. */
final class LibraryPlaceTest {
  private static final byte[] CONTENTS = {1, 2, 3, 4, 5};

  @TempDir Path folder;

  private PackedFile packed;
  private Path parent;

  @BeforeEach
  void pack() throws IOException {
    Path file = Files.write(folder.resolve("libx.so"), CONTENTS);
    packed = PackedFile.at(file.toUri().toURL(), "libx.so");
    parent = folder.resolve("cache");
  }

  private Path unpacked() throws IOException {
    return LibraryPlace.kept(parent).unpack(List.of(packed)).get(0);
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void onlyThisUserHasWhatIsUnpacked() throws IOException {
    Path file = unpacked();
    assertArrayEquals(CONTENTS, Files.readAllBytes(file));
    for (Path each = file; !each.equals(folder.toRealPath()); each = each.getParent()) {
      assertEquals("rwx------", permissions(each), each.toString());
    }
  }

  @Test
  void aWholeFileIsUsedAsItIs() throws IOException {
    Path file = unpacked();
    FileTime before = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
    Files.setLastModifiedTime(file, before);
    assertEquals(file, unpacked());
    assertEquals(before.toMillis(), Files.getLastModifiedTime(file).toMillis());
  }

  @Test
  void anotherFileIsReplaced() throws IOException {
    Path file = unpacked();
    for (byte[] other : new byte[][] {{}, {1, 2, 3}, {1, 2, 3, 4, 6}, {1, 2, 3, 4, 5, 6}}) {
      Files.write(file, other);
      assertArrayEquals(CONTENTS, Files.readAllBytes(unpacked()));
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertEquals("rwx------", permissions(unpacked()));
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Path file = unpacked();
    Path elsewhere = Files.write(folder.resolve("elsewhere.so"), CONTENTS);
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwx------"));
    Files.delete(file);
    Files.createSymbolicLink(file, elsewhere);
    assertFalse(Files.isSymbolicLink(unpacked()));
    assertArrayEquals(CONTENTS, Files.readAllBytes(elsewhere));

    Path inside = file.getParent();
    Files.delete(file);
    Files.delete(inside);
    Files.createSymbolicLink(inside, Files.createDirectory(folder.resolve("trap")));
    assertThrows(IOException.class, this::unpacked);
  }

  @Test
  void aFolderThatOthersMayWriteToIsNotUsed() throws IOException {
    Path inside = unpacked().getParent();
    Files.setPosixFilePermissions(inside, PosixFilePermissions.fromString("rwxrwxrwx"));
    String message = assertThrows(IOException.class, this::unpacked).getMessage();
    assertTrue(message.contains("expected a folder of this user"), message);
    assertTrue(message.contains("found rwxrwxrwx"), message);
  }

  @Test
  void partsOfKilledProcessesGo() throws IOException {
    Path file = unpacked();
    Path old = Files.createFile(file.resolveSibling(".libx.so.1.part"));
    Path fresh = Files.createFile(file.resolveSibling(".libx.so.2.part"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    Files.delete(file);
    unpacked();
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(fresh));
  }

  @Test
  void foldersOfKilledProcessesGo() throws IOException, InterruptedException {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path left =
        Files.createDirectory(
            folder.resolve("wavebridge-native-%d-1".formatted(ended.pid())),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.write(left.resolve("libx.so"), CONTENTS);
    Path alive = LibraryPlace.temporary(folder).unpack(List.of(packed)).get(0);
    LibraryPlace.temporary(folder);
    assertFalse(Files.exists(left));
    assertArrayEquals(CONTENTS, Files.readAllBytes(alive));
    try (Stream<Path> folders = Files.list(folder)) {
      assertEquals(
          2, folders.filter(each -> each.toString().contains("wavebridge-native-")).count());
    }
  }
}
