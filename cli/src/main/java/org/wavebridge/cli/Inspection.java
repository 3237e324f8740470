package org.wavebridge.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.wavebridge.conformance.report.InspectPage;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * The findings of {@code inspect}, as one object that is printed as JSON or as indented lines.
 *
 * @param object maps, lists, texts, numbers and truth values
 * @param shortened keys of lists at the top of which people see the first few rows only
 * @param matrices whose weights a page shows
 * @param graphs that a page shows
 */
record Inspection(
    Map<String, Object> object,
    Set<String> shortened,
    List<WeightMatrix> matrices,
    List<InspectPage.Graph> graphs) {
  /** Columns of a narrow terminal; a table that is wider is turned on its side where that helps. */
  static final int WIDTH = 100;

  private static final int FEW = 3;

  /** An inspection without pictures that is shown whole. */
  Inspection(Map<String, Object> object) {
    this(object, Set.of(), List.of(), List.of());
  }

  /** The findings as a page with pictures. */
  String page(String heading) {
    Map<String, Object> texts = new LinkedHashMap<>();
    object.forEach((key, value) -> texts.put(key, texts(value)));
    return InspectPage.of(heading, Version.producer(), texts, matrices, graphs);
  }

  /** The same with texts in place of plain values. */
  private static Object texts(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> texts = new LinkedHashMap<>();
      map.forEach((key, item) -> texts.put(String.valueOf(key), texts(item)));
      return texts;
    }
    if (value instanceof List<?> list && list.stream().anyMatch(Map.class::isInstance)) {
      return list.stream().map(Inspection::texts).toList();
    }
    return text(value);
  }

  /** The object for people: a map of plain values on its own lines, a list of maps as a table. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    object.forEach(
        (key, value) -> {
          if (shortened.contains(key) && value instanceof List<?> list && list.size() > FEW) {
            add(lines, "", key, list.subList(0, FEW));
            lines.add("  and %d more, see --json".formatted(list.size() - FEW));
          } else {
            add(lines, "", key, value);
          }
        });
    return lines;
  }

  private static void add(List<String> lines, String indent, String key, Object value) {
    if (value instanceof Map<?, ?> map) {
      lines.add(indent + key + ":");
      map.forEach((inner, item) -> add(lines, indent + "  ", String.valueOf(inner), item));
    } else if (value instanceof List<?> list && list.stream().anyMatch(Map.class::isInstance)) {
      lines.add(indent + key + ":");
      narrow(list).forEach(row -> lines.add(indent + "  " + row));
    } else {
      lines.add("%s%-18s %s".formatted(indent, key, text(value)));
    }
  }

  /** The table with a line for each row, or with a line for each column where that is narrower. */
  private static List<String> narrow(List<?> list) {
    List<Map<?, ?>> rows = new ArrayList<>();
    list.forEach(row -> rows.add((Map<?, ?>) row));
    List<String> upright = table(rows);
    if (width(upright) + 2 <= WIDTH) {
      return upright;
    }
    List<String> turned = turned(rows);
    return width(turned) < width(upright) ? turned : upright;
  }

  private static int width(List<String> lines) {
    return lines.stream().mapToInt(String::length).max().orElse(0);
  }

  private static List<String> turned(List<Map<?, ?>> rows) {
    Set<String> keys = new LinkedHashSet<>();
    rows.forEach(row -> row.keySet().forEach(key -> keys.add(String.valueOf(key))));
    int first = keys.stream().mapToInt(String::length).max().orElse(0);
    int[] widths = new int[rows.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = rows.get(i).values().stream().mapToInt(v -> text(v).length()).max().orElse(0);
    }
    List<String> lines = new ArrayList<>();
    for (String key : keys) {
      StringBuilder line = new StringBuilder(pad(key, first));
      for (int i = 0; i < widths.length; i++) {
        Map<?, ?> row = rows.get(i);
        line.append(pad(row.containsKey(key) ? text(row.get(key)) : "", widths[i]));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private static List<String> table(List<Map<?, ?>> rows) {
    Map<String, Integer> widths = new LinkedHashMap<>();
    for (Map<?, ?> row : rows) {
      row.forEach(
          (key, value) ->
              widths.merge(
                  String.valueOf(key),
                  Math.max(String.valueOf(key).length(), text(value).length()),
                  Math::max));
    }
    List<String> lines = new ArrayList<>();
    StringBuilder head = new StringBuilder();
    widths.forEach((key, width) -> head.append(pad(key, width)));
    lines.add(head.toString().stripTrailing());
    for (Map<?, ?> row : rows) {
      StringBuilder line = new StringBuilder();
      widths.forEach(
          (key, width) -> line.append(pad(row.containsKey(key) ? text(row.get(key)) : "", width)));
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length() + 2);
  }

  private static String text(Object value) {
    if (value instanceof Double number) {
      String fixed = String.format(Locale.ROOT, "%.4f", number);
      return Double.parseDouble(fixed) == number
          ? fixed.replaceAll("\\.?0+$", "")
          : number.toString();
    }
    return String.valueOf(value);
  }
}
