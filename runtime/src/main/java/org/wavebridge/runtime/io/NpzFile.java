package org.wavebridge.runtime.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
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
