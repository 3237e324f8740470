package org.wavebridge.runtime.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.files.FileErrors;

/**
 * NumPy's {@code .npz} format: a zip of {@code .npy} members, stored or deflated, found through the
 * zip's central directory. Members are read when asked for.
 */
public final class NpzFile implements AutoCloseable {
  private static final String SUFFIX = ".npy";

  private final String name;
  private final ZipFile zip;

  private NpzFile(String name, ZipFile zip) {
    this.name = name;
    this.zip = zip;
  }

  /**
   * Opens an archive.
   *
   * @throws InputException if there is no such file or it is not a zip
   */
  public static NpzFile open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InputException(file + ": expected NumPy arrays (.npz), found no such file");
    }
    try {
      return new NpzFile(file.toString(), new ZipFile(file.toFile()));
    } catch (IOException | RuntimeException e) {
      throw new InputException(file + ": expected NumPy arrays (.npz): " + FileErrors.reason(e), e);
    }
  }

  /**
   * Reads the array of an archive that holds just one.
   *
   * @throws InputException if there is no such file, it is not a zip, or holds none or several
   */
  public static NpyArray only(Path file) {
    try (NpzFile npz = open(file)) {
      Set<String> names = npz.names();
      if (names.size() != 1) {
        throw several(file.toString(), names);
      }
      return npz.read(names.iterator().next());
    }
  }

  /**
   * Reads the array of an archive that holds just one from a stream, which is left open.
   *
   * @param name for messages
   * @throws InputException if the stream fails, is no zip, or holds none or several
   */
  public static NpyArray only(InputStream in, String name) {
    ZipInputStream zip = new ZipInputStream(in);
    Set<String> names = new TreeSet<>();
    Optional<NpyArray> found = Optional.empty();
    try {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String member = entry.getName();
        if (member.endsWith(SUFFIX)) {
          names.add(member.substring(0, member.length() - SUFFIX.length()));
          found = Optional.of(NpyFile.read(name + ": " + member, zip));
        }
        if (names.size() > 1) {
          break;
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException(name + ": expected NumPy arrays (.npz), found: " + e, e);
    }
    if (names.size() != 1) {
      throw several(name, names);
    }
    return found.orElseThrow();
  }

  private static InputException several(String name, Set<String> names) {
    return new InputException(
        "%s: expected an archive (.npz) of one array, found %s"
            .formatted(name, names.isEmpty() ? "none" : names));
  }

  /** The names of the arrays, without {@code .npy}, in alphabetical order. */
  public Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
      String entry = e.nextElement().getName();
      if (entry.endsWith(SUFFIX)) {
        names.add(entry.substring(0, entry.length() - SUFFIX.length()));
      }
    }
    return names;
  }

  /**
   * Reads an array.
   *
   * @throws InputException if there is none of that name or it cannot be read
   */
  public NpyArray read(String array) {
    ZipEntry entry = zip.getEntry(array + SUFFIX);
    if (entry == null) {
      throw new InputException(
          "%s: expected an array '%s', found %s".formatted(name, array, names()));
    }
    String place = name + ": " + array;
    try (InputStream in = new BufferedInputStream(zip.getInputStream(entry))) {
      return NpyFile.read(place, in);
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new InputException(place + ": expected a readable member: " + FileErrors.reason(e), e);
    }
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw new InputException(name + ": cannot be closed: " + FileErrors.reason(e), e);
    }
  }
}
