package org.wavebridge.graphs.files;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file could not be used, in words: the messages of Java's file errors are only paths. */
public final class FileErrors {
  private FileErrors() {}

  /**
   * The reason for an error, to stand after the file's name: {@code permission denied}.
   *
   * @param error usually an {@link java.io.IOException}; of any other its own words
   */
  public static String reason(Throwable error) {
    if (error instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
      return reason(unchecked.getCause());
    }
    if (error instanceof FileSystemException failed) {
      return ofFileSystem(failed);
    }
    String message = error.getMessage();
    if (error instanceof FileNotFoundException && message != null) {
      // "PATH (Permission denied)"
      int open = message.lastIndexOf('(');
      return open < 0 || !message.endsWith(")")
          ? "no such file or folder"
          : inLine(message.substring(open + 1, message.length() - 1));
    }
    if (error instanceof EOFException) {
      return message == null ? "it ends too early" : inLine(message);
    }
    if (error instanceof CharacterCodingException) {
      return "it is not UTF-8 text";
    }
    return message == null || message.isBlank()
        ? "unexpected " + error.getClass().getSimpleName()
        : inLine(message);
  }

  private static String ofFileSystem(FileSystemException error) {
    if (error instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (error instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (error instanceof FileAlreadyExistsException) {
      return "something of that name is there already";
    }
    if (error instanceof DirectoryNotEmptyException) {
      return "the folder is not empty";
    }
    if (error instanceof NotDirectoryException) {
      return "it is not a folder";
    }
    if (error instanceof FileSystemLoopException) {
      return "its symbolic links go round in a circle";
    }
    if (error instanceof AtomicMoveNotSupportedException) {
      return "it lies on another file system";
    }
    String reason = error.getReason();
    return reason == null ? "the file system refused it" : inLine(reason);
  }

  /** Begins with a small letter, unless with an abbreviation; the system's reasons do not. */
  private static String inLine(String words) {
    boolean word =
        words.length() > 1
            && Character.isUpperCase(words.charAt(0))
            && Character.isLowerCase(words.charAt(1));
    return word ? Character.toLowerCase(words.charAt(0)) + words.substring(1) : words;
  }
}
