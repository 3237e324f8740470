package org.wavebridge.graphs;

import java.util.Locale;

/**
 * Texts from files and from outside, as they may be shown: what a terminal or a log would take for
 * a command, or what turns the direction of a line, stands there as an escape.
 */
public final class PlainText {
  private PlainText() {}

  /** The text with every character that is not shown as itself as {@code \\u001b}, say. */
  public static String of(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point -> {
              if (point == '\t' || isShown(point)) {
                plain.appendCodePoint(point);
              } else {
                for (char unit : Character.toChars(point)) {
                  plain.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
              }
            });
    return plain.toString();
  }

  /** The same in one line: each break of lines, with the blanks around it, is a blank. */
  public static String line(String text) {
    return of(text.replaceAll("\\s*[\\r\\n]+\\s*", " "));
  }

  private static boolean isShown(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
