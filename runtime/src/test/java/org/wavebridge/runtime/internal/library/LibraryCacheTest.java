package org.wavebridge.runtime.internal.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wavebridge.graphs.BackendException;

/** Which place is taken, and what is said where none will do. */
final class LibraryCacheTest {
  private static final String HOME = System.getProperty("user.home");

  @TempDir Path folder;

  private PackedFile packed;
  private Path named;

  @BeforeEach
  void name() throws IOException {
    Path file = Files.writeString(folder.resolve("libnone.so"), "this is no library");
    packed = PackedFile.at(file.toUri().toURL(), "libnone.so");
    named = Files.createDirectory(folder.resolve("named"));
    System.setProperty(LibraryCache.FOLDER_PROPERTY, named.toString());
    System.setProperty("user.home", folder.toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty(LibraryCache.FOLDER_PROPERTY);
    System.setProperty("user.home", HOME);
  }

  @Test
  void theNamedFolderIsTheFirstPlace() {
    List<Path> files = LibraryCache.use(List.of(packed), loading -> {});
    assertTrue(files.get(0).startsWith(named), files.toString());
  }

  @Test
  void aPlaceThatCannotBeLoadedFromIsMetByTheNext() {
    List<Path> tried = new ArrayList<>();
    List<Path> files =
        LibraryCache.use(
            List.of(packed),
            unpacked -> {
              tried.add(unpacked.get(0));
              if (unpacked.get(0).startsWith(named)) {
                throw new UnsatisfiedLinkError("failed to map segment from shared object");
              }
            });
    assertEquals(2, tried.size());
    assertEquals(tried.get(1), files.get(0));
  }

  @Test
  void aNamedFolderThatIsAFileIsMetByTheNext() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    System.setProperty(LibraryCache.FOLDER_PROPERTY, file.toString());
    assertTrue(Files.exists(LibraryCache.use(List.of(packed), loading -> {}).get(0)));
  }

  @Test
  void whatIsNoLibraryAnywhereIsNamedWithThePlacesTried() {
    BackendException refused =
        assertThrows(
            BackendException.class,
            () -> LibraryCache.use(List.of(packed), files -> System.load(files.get(0).toString())));
    String message = refused.getMessage();
    assertTrue(message.startsWith("libnone.so cannot be loaded from " + named + " ("), message);
    assertTrue(message.contains("-Dwavebridge.native.dir or WAVEBRIDGE_NATIVE_DIR"), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void aLibraryThatIsInstalledIsUsedWhereItIs() throws IOException {
    Path installed = Files.copy(folder.resolve("libnone.so"), named.resolve("libnone.so"));
    assertEquals(List.of(installed.toRealPath()), LibraryCache.use(List.of(packed), loading -> {}));
    Files.writeString(installed, "this is no librarY");
    BackendException refused =
        assertThrows(
            BackendException.class, () -> LibraryCache.use(List.of(packed), loading -> {}));
    assertTrue(
        refused.getMessage().contains("expected the library of this build"), refused.getMessage());
  }

  @Test
  void nativeCodeThatCannotBeLoadedIsAnErrorInWords() {
    BackendException known = new BackendException("no library");
    for (LinkageError error :
        List.of(
            new UnsatisfiedLinkError("libx.so: failed to map segment"),
            new NoClassDefFoundError("libx.so: failed to map segment"),
            new ExceptionInInitializerError(
                new IllegalStateException(
                    "x", new IOException("libx.so: failed to map segment"))))) {
      Supplier<String> failing =
          () -> {
            throw error;
          };
      BackendException said =
          assertThrows(BackendException.class, () -> NativeCode.guarded("backend 'x'", failing));
      assertTrue(
          said.getMessage().startsWith("backend 'x': native code cannot be loaded: ")
              && said.getMessage().endsWith("libx.so: failed to map segment"),
          said.getMessage());
    }
    Supplier<String> failing =
        () -> {
          throw new ExceptionInInitializerError(known);
        };
    assertSame(known, assertThrows(BackendException.class, () -> NativeCode.guarded("x", failing)));
  }
}
