package org.wavebridge.conformance.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.GraphOutline;

/** What a checkpoint or a bundle is, as one page: findings, maps of its matrices, its graphs. */
public final class InspectPage {
  /** More rows than these are folded away. */
  private static final int MANY = 24;

  /** A table with a row of more letters than these takes the width of the page. */
  private static final int NARROW = 40;

  private InspectPage() {}

  /**
   * A graph.
   *
   * @param name what it is called
   * @param open whether it is shown at once
   */
  public record Graph(String name, boolean open, GraphOutline outline) {}

  /**
   * The page.
   *
   * @param findings maps, lists of maps and texts, as {@code inspect} prints them
   */
  public static String of(
      String heading,
      String producer,
      Map<String, Object> findings,
      List<WeightMatrix> matrices,
      List<Graph> graphs) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("producer", producer);
    page.put("sections", sections(findings));
    // A matrix without columns stands for a part that the network does not have.
    List<WeightMatrix> seen = matrices.stream().filter(matrix -> matrix.columns() > 0).toList();
    page.put("hasmaps", !seen.isEmpty());
    page.put("maps", seen.stream().map(SparsityMap::figure).toList());
    page.put("hasgraphs", !graphs.isEmpty());
    page.put("graphs", graphs.stream().map(InspectPage::graph).toList());
    return Page.of("inspect", heading, page);
  }

  private static Map<String, Object> graph(Graph graph) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", graph.name());
    map.put("open", graph.open());
    map.put("nodes", graph.outline().nodes().size());
    map.put("drawing", GraphDrawing.of(graph.outline()).orElse(""));
    return map;
  }

  /** Plain values together at first, then a section for each map and table. */
  private static List<Map<String, Object>> sections(Map<String, Object> findings) {
    List<Map<String, Object>> sections = new ArrayList<>();
    Map<String, Object> plain = new LinkedHashMap<>();
    findings.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> map) {
            sections.add(section(name, map));
          } else if (isTable(value)) {
            sections.add(section(name, Map.of("", value)));
          } else {
            plain.put(name, value);
          }
        });
    sections.add(0, section("", plain));
    return sections;
  }

  private static boolean isTable(Object value) {
    return value instanceof List<?> list && list.stream().anyMatch(Map.class::isInstance);
  }

  private static Map<String, Object> section(String title, Map<?, ?> values) {
    List<Map<String, String>> rows = new ArrayList<>();
    List<Map<String, Object>> tables = new ArrayList<>();
    int longest = 0;
    int widest = 0;
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      String name = String.valueOf(entry.getKey());
      if (isTable(entry.getValue()) && entry.getValue() instanceof List<?> list) {
        tables.add(table(name, list));
        longest = Math.max(longest, list.size());
        widest = Math.max(widest, letters(list));
      } else {
        rows.add(Map.of("name", name, "value", String.valueOf(entry.getValue())));
      }
    }
    Map<String, Object> section = new LinkedHashMap<>();
    section.put("title", title);
    section.put("span", title.isEmpty() || widest > NARROW);
    section.put("long", longest > MANY);
    section.put("length", longest);
    section.put("facts", rows.isEmpty() ? List.of() : List.of(Map.of("rows", rows)));
    section.put("tables", tables);
    return section;
  }

  private static Map<String, Object> table(String caption, List<?> list) {
    List<String> columns = columns(list);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Object row : list) {
      if (row instanceof Map<?, ?> map) {
        List<String> cells =
            columns.stream()
                .map(column -> map.containsKey(column) ? String.valueOf(map.get(column)) : "")
                .toList();
        rows.add(Map.of("cells", cells));
      }
    }
    return Map.of("caption", caption, "columns", columns, "rows", rows);
  }

  private static int letters(List<?> list) {
    int most = 0;
    for (Object row : list) {
      if (row instanceof Map<?, ?> map) {
        int own = map.values().stream().mapToInt(value -> String.valueOf(value).length()).sum();
        most = Math.max(most, own);
      }
    }
    return most;
  }

  private static List<String> columns(List<?> list) {
    Set<String> columns = new LinkedHashSet<>();
    for (Object row : list) {
      if (row instanceof Map<?, ?> map) {
        map.keySet().forEach(key -> columns.add(String.valueOf(key)));
      }
    }
    return List.copyOf(columns);
  }
}
