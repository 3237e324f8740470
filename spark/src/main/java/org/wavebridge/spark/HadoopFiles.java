package org.wavebridge.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Files wherever Hadoop reaches them: a local or shared disk, HDFS, an object store. */
final class HadoopFiles {
  /** Where files are written before they appear; Hadoop's own word for it. */
  static final String UNFINISHED = "_temporary";

  private HadoopFiles() {}

  /** The file system of a path; the local one without its files of checksums. */
  static FileSystem of(Path path, Configuration hadoop) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  /** A path with the scheme and the place of its file system. */
  static Path qualified(String place, Configuration hadoop) throws IOException {
    Path path = new Path(place);
    return path.getFileSystem(hadoop).makeQualified(path);
  }

  /**
   * The files in a folder at any depth, by their paths in it; a file alone by its name. None where
   * there is neither.
   */
  static SortedMap<String, Path> within(Path folder, Configuration hadoop) throws IOException {
    SortedMap<String, Path> found = new TreeMap<>();
    FileSystem files = of(folder, hadoop);
    if (!files.exists(folder)) {
      return found;
    }
    String root = folder.toUri().getPath();
    RemoteIterator<LocatedFileStatus> all = files.listFiles(folder, true);
    while (all.hasNext()) {
      FileStatus file = all.next();
      String path = file.getPath().toUri().getPath();
      int start = path.equals(root) ? path.lastIndexOf('/') + 1 : folderLength(root);
      found.put(path.substring(start), file.getPath());
    }
    return found;
  }

  private static int folderLength(String root) {
    return root.endsWith("/") ? root.length() : root.length() + 1;
  }

  static String read(Path file, Configuration hadoop) throws IOException {
    try (var in = of(file, hadoop).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Writes a file in the place of one that may be there. */
  static void replace(Path target, byte[] bytes, Path unfinished, Configuration hadoop)
      throws IOException {
    of(target, hadoop).delete(target, false);
    write(target, bytes, unfinished, hadoop);
  }

  /**
   * Writes a file, which appears when it is complete. One that another task made meanwhile, of the
   * same bytes, may stay.
   *
   * @param unfinished a place of the same file system that nobody else writes to
   */
  static void write(Path target, byte[] bytes, Path unfinished, Configuration hadoop)
      throws IOException {
    FileSystem files = of(target, hadoop);
    try (OutputStream out = files.create(unfinished, true)) {
      out.write(bytes);
    }
    files.mkdirs(target.getParent());
    if (!files.rename(unfinished, target)) {
      files.delete(unfinished, false);
      if (!files.exists(target)) {
        throw new IOException(target + ": expected a writable place, could not move a file there");
      }
    }
  }
}
