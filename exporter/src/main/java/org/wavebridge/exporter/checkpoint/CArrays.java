package org.wavebridge.exporter.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.graphs.files.FileErrors;

/**
 * C source with the weights of an LPCNet as static arrays of numbers, each a tensor of one axis. Of
 * an array that is there twice, the one of floats counts. What the header beside it defines is in
 * the metadata under {@code defines}.
 */
final class CArrays {
  private static final Pattern ARRAY =
      Pattern.compile(
          "static\\s+(?:const\\s+)?(\\w+(?:\\s+\\w+)?)\\s+(\\w+)\\s*\\[\\s*(\\d+)\\s*\\]\\s*=\\s*\\{");
  private static final Pattern DEFINE =
      Pattern.compile("^[ \\t]*#define[ \\t]+(\\w+)[ \\t]*([^\\n\\r/]*)", Pattern.MULTILINE);
  private static final int HEAD = 1 << 16;

  private final Path file;
  private final String text;
  private final FlatArrays arrays;
  private final Spending spending;

  private CArrays(Path file, String text, Spending spending) {
    this.file = file;
    this.text = text;
    this.spending = spending;
    this.arrays = new FlatArrays(file, spending);
  }

  static boolean matches(byte[] bytes) {
    String head = new String(bytes, 0, Math.min(HEAD, bytes.length), StandardCharsets.ISO_8859_1);
    return head.indexOf(0) < 0 && ARRAY.matcher(head).find();
  }

  static Checkpoint read(Path file, byte[] bytes, Spending spending) {
    spending.store(bytes.length, "its text");
    CArrays source = new CArrays(file, new String(bytes, StandardCharsets.ISO_8859_1), spending);
    source.read();
    return source.arrays.checkpoint(
        "C source of weights", Sha256.of(bytes), Map.of("defines", defines(file)));
  }

  private void read() {
    Matcher matcher = ARRAY.matcher(text);
    for (int at = 0; matcher.find(at); ) {
      String name = matcher.group(2);
      int end = text.indexOf('}', matcher.end());
      if (end < 0) {
        throw new CheckpointException(
            "%s: array '%s': expected %s numbers and a closing brace, found the end of the file; the file is cut off, copy it again"
                .formatted(file, name, matcher.group(3)));
      }
      boolean floats = matcher.group(1).equals("float");
      if (floats || !arrays.has(name)) {
        add(name, floats, matcher.group(3), matcher.end(), end);
      }
      at = end;
    }
  }

  private void add(String name, boolean floats, String declared, int from, int to) {
    List<String> numbers = new ArrayList<>();
    for (int at = from; at < to; ) {
      int comma = text.indexOf(',', at);
      int end = comma < 0 || comma > to ? to : comma;
      String number = text.substring(at, end).strip();
      if (!number.isEmpty()) {
        numbers.add(number);
      }
      at = end + 1;
    }
    if (!declared.equals(Integer.toString(numbers.size()))) {
      throw new CheckpointException(
          "%s: array '%s': expected the %s numbers that it declares, found %d; is the file complete?"
              .formatted(file, name, declared, numbers.size()));
    }
    spending.store((long) Float.BYTES * numbers.size(), name);
    ByteBuffer values =
        ByteBuffer.allocate(Float.BYTES * numbers.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (String number : numbers) {
      try {
        if (floats) {
          values.putFloat(Float.parseFloat(number));
        } else {
          values.putInt(Integer.parseInt(number));
        }
      } catch (NumberFormatException e) {
        throw new CheckpointException(
            "%s: array '%s': expected numbers, found '%s'"
                .formatted(file, name, StateDict.shortened(number)),
            e);
      }
    }
    arrays.put(name, floats ? ElementType.F32 : ElementType.I32, values.flip());
  }

  /** What the header of the same name defines; nothing where there is none. */
  private static Map<String, Object> defines(Path file) {
    String name = String.valueOf(file.getFileName());
    Path header = file.resolveSibling(name.replaceFirst("\\.c$", "") + ".h");
    Map<String, Object> defines = new LinkedHashMap<>();
    if (!Files.isRegularFile(header)) {
      return defines;
    }
    try {
      String text = Files.readString(header, StandardCharsets.ISO_8859_1);
      Matcher matcher = DEFINE.matcher(text.replaceAll("(?s)/\\*.*?\\*/", ""));
      while (matcher.find()) {
        defines.put(matcher.group(1), matcher.group(2).strip());
      }
      return defines;
    } catch (IOException e) {
      throw new CheckpointException(header + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }
}
