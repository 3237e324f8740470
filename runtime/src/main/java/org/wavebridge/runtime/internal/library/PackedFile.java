package org.wavebridge.runtime.internal.library;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A file of the class path that must lie in a folder before it can be used.
 *
 * @param name of the file
 * @param size in bytes
 * @param checksum CRC-32
 * @param address where it is read
 */
public record PackedFile(String name, long size, long checksum, URL address) {
  /** Up to this size a file is compared byte by byte, above it by its checksum: TensorRT's. */
  private static final long COMPARED = 100_000_000;

  private static final int CHUNK = 1 << 16;

  /**
   * Where a file of the class path is; not only in the jar of its owner, as native libraries have
   * jars of their own.
   *
   * @param owner a class whose loader knows the file's jar
   * @param resource path in the jar, without a slash in front
   * @return null if there is no such file
   */
  public static @Nullable URL find(Class<?> owner, String resource) {
    ClassLoader loader = owner.getClassLoader();
    return loader == null ? ClassLoader.getSystemResource(resource) : loader.getResource(resource);
  }

  /**
   * A file of the class path.
   *
   * @param owner a class whose loader knows the file's jar
   * @param resource path in the jar, without a slash in front
   * @return empty if there is no such file
   * @throws IOException if it cannot be read
   */
  public static Optional<PackedFile> of(Class<?> owner, String resource) throws IOException {
    URL address = find(owner, resource);
    return address == null
        ? Optional.empty()
        : Optional.of(at(address, resource.substring(resource.lastIndexOf('/') + 1)));
  }

  /** A file that is read at an address; a jar has its checksum in its list of contents. */
  static PackedFile at(URL address, String name) throws IOException {
    URLConnection connection = address.openConnection();
    if (connection instanceof JarURLConnection jar && jar.getJarEntry().getCrc() >= 0) {
      return new PackedFile(name, jar.getJarEntry().getSize(), jar.getJarEntry().getCrc(), address);
    }
    try (InputStream contents = connection.getInputStream()) {
      CRC32 checksum = new CRC32();
      long size = update(checksum, contents);
      return new PackedFile(name, size, checksum.getValue(), address);
    }
  }

  /** Name of a folder for files of this content. */
  String key() {
    return "%08x-%x".formatted(checksum, size);
  }

  InputStream open() throws IOException {
    return address.openStream();
  }

  /** Whether a file, not a link to one, has this content. */
  boolean isIn(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) != size) {
      return false;
    }
    try (InputStream found = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      if (size > COMPARED) {
        CRC32 sum = new CRC32();
        return update(sum, found) == size && sum.getValue() == checksum;
      }
      try (InputStream expected = new BufferedInputStream(open(), CHUNK)) {
        return same(expected, found);
      }
    }
  }

  private static long update(CRC32 checksum, InputStream contents) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long size = 0;
    for (int read = contents.read(chunk); read >= 0; read = contents.read(chunk)) {
      checksum.update(chunk, 0, read);
      size += read;
    }
    return size;
  }

  private static boolean same(InputStream expected, InputStream found) throws IOException {
    byte[] left = new byte[CHUNK];
    byte[] right = new byte[CHUNK];
    int length;
    do {
      length = expected.readNBytes(left, 0, CHUNK);
      if (found.readNBytes(right, 0, CHUNK) != length
          || !Arrays.equals(left, 0, length, right, 0, length)) {
        return false;
      }
    } while (length > 0);
    return true;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PackedFile file
        && name.equals(file.name)
        && address.toExternalForm().equals(file.address.toExternalForm());
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
