package org.wavebridge.conformance.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wavebridge.graphs.onnx.GraphOutline;

/** A graph as SVG: operators and ports as boxes, tensors as lines with their shapes. */
final class GraphDrawing {
  /** Operators of the largest graph that can be read as a picture. */
  private static final int MOST_NODES = 200;

  private static final double LETTER = 6.7;
  private static final double SMALL_LETTER = 6.1;
  private static final int LINE_HEIGHT = 14;
  private static final int PADDING = 8;
  private static final int BETWEEN = 42;
  private static final int MARGIN = 12;
  private static final int MOST_WEIGHTS = 4;

  private final GraphOutline graph;
  private final GraphLayout layout = new GraphLayout();
  private final Map<GraphLayout.Item, Box> boxes = new LinkedHashMap<>();
  private final Map<String, GraphLayout.Item> makers = new HashMap<>();

  /**
   * What is written in a box.
   *
   * @param style class of the page's style
   * @param type first line
   * @param weights further lines, small
   * @param outputs tensors that leave it
   * @param hint shown beside the pointer, escaped
   */
  private record Box(
      String style, String type, List<String> weights, List<String> outputs, String hint) {
    int height() {
      return LINE_HEIGHT * (1 + weights.size()) + PADDING;
    }
  }

  private GraphDrawing(GraphOutline graph) {
    this.graph = graph;
  }

  /** The drawing; empty of a graph of too many operators. */
  static Optional<String> of(GraphOutline graph) {
    return graph.nodes().size() > MOST_NODES
        ? Optional.empty()
        : Optional.of(new GraphDrawing(graph).svg());
  }

  private String svg() {
    Map<GraphLayout.Item, List<GraphLayout.Item>> lines = new LinkedHashMap<>();
    for (String input : graph.inputs()) {
      add(new Box("port", input, List.of(), List.of(input), "input"));
    }
    for (GraphOutline.Node node : graph.nodes()) {
      if (!namesAnOutput(node)) {
        join(node.inputs(), add(box(node)), lines);
      }
    }
    for (String output : graph.outputs()) {
      List<String> from =
          graph.nodes().stream()
              .filter(node -> namesAnOutput(node) && node.outputs().contains(output))
              .findFirst()
              .map(GraphOutline.Node::inputs)
              .orElse(List.of(output));
      join(from, add(new Box("port", output, List.of(), List.of(), "output")), lines);
    }
    return draw(layout.place(lines));
  }

  /** Whether a node only gives a tensor the name of an output, which its own box says. */
  private boolean namesAnOutput(GraphOutline.Node node) {
    return node.type().equals("Identity") && graph.outputs().containsAll(node.outputs());
  }

  private Box box(GraphOutline.Node node) {
    List<String> weights =
        node.inputs().stream()
            .filter(this::isWeight)
            .map(name -> name.replaceFirst(".*/", "") + " " + shape(name))
            .toList();
    if (weights.size() > MOST_WEIGHTS) {
      List<String> first = new ArrayList<>(weights.subList(0, MOST_WEIGHTS - 1));
      first.add("and %d more".formatted(weights.size() - first.size()));
      weights = first;
    }
    String attributes =
        node.attributes().entrySet().stream()
            .map(entry -> "\n" + Chart.escaped(entry.getKey() + " = " + entry.getValue()))
            .collect(Collectors.joining());
    String hint = Chart.escaped(node.name()) + attributes;
    return new Box(
        node.custom() ? "custom" : "standard", node.type(), weights, node.outputs(), hint);
  }

  /** Whether a tensor is a constant, but not a size, an axis or a single number. */
  private boolean isWeight(String tensor) {
    GraphOutline.Tensor found = graph.tensors().get(tensor);
    return found != null
        && found.constant()
        && !found.type().equals("int64")
        && !found.shape().equals("scalar");
  }

  /** A shape of which something is known. */
  private String shape(String tensor) {
    GraphOutline.Tensor found = graph.tensors().get(tensor);
    return found == null || found.shape().matches("[? x]*") ? "" : found.shape();
  }

  /** The shapes of what leaves a box; of several alike one, with their number. */
  private String shapes(Box box) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String output : box.outputs()) {
      if (!shape(output).isEmpty()) {
        counts.merge(shape(output), 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .map(
            each -> each.getValue() == 1 ? each.getKey() : each.getValue() + " of " + each.getKey())
        .collect(Collectors.joining(", "));
  }

  private GraphLayout.Item add(Box box) {
    double words = LETTER * box.type().length();
    for (String weight : box.weights()) {
      words = Math.max(words, SMALL_LETTER * weight.length());
    }
    // Shapes stand on the right of the line that leaves the middle.
    double shapes = 2 * SMALL_LETTER * shapes(box).length();
    GraphLayout.Item item = layout.box(Math.max(words + 2 * PADDING, shapes));
    boxes.put(item, box);
    box.outputs().forEach(output -> makers.put(output, item));
    return item;
  }

  private void join(
      List<String> inputs,
      GraphLayout.Item target,
      Map<GraphLayout.Item, List<GraphLayout.Item>> lines) {
    for (String input : inputs) {
      GraphLayout.Item maker = makers.get(input);
      if (maker != null) {
        lines.computeIfAbsent(maker, made -> new ArrayList<>()).add(target);
      }
    }
  }

  private String draw(Map<GraphLayout.Item, Map<GraphLayout.Item, List<GraphLayout.Item>>> ways) {
    double[] tops = new double[layout.layers().size() + 1];
    double[] heights = new double[layout.layers().size()];
    tops[0] = MARGIN;
    for (int i = 0; i < heights.length; i++) {
      for (GraphLayout.Item item : layout.layers().get(i)) {
        Box box = boxes.get(item);
        heights[i] = Math.max(heights[i], box == null ? 0 : box.height());
      }
      tops[i + 1] = tops[i] + heights[i] + BETWEEN;
    }
    StringBuilder svg = new StringBuilder();
    double width = layout.width() + 2 * MARGIN;
    double height = tops[heights.length] - BETWEEN + MARGIN + LINE_HEIGHT;
    svg.append(
        format(
            "<svg width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">",
            width, height, width, height, Chart.escaped("graph " + graph.name())));
    ways.forEach(
        (source, targets) -> targets.forEach((target, way) -> svg.append(line(way, tops))));
    boxes.forEach((item, box) -> svg.append(box(item, box, tops[item.layer()])));
    return svg.append("</svg>").toString();
  }

  /** Curves between the layers, straight lines past the boxes of one, and a head at the end. */
  private String line(List<GraphLayout.Item> way, double[] tops) {
    GraphLayout.Item first = way.get(0);
    Box start = boxes.get(first);
    double x = first.centre() + MARGIN;
    double y = tops[first.layer()] + (start == null ? 0 : start.height());
    StringBuilder path = new StringBuilder(format("M%.1f %.1f", x, y));
    for (int i = 1; i < way.size(); i++) {
      GraphLayout.Item next = way.get(i);
      double toX = entry(way.get(i - 1), next);
      double toY = tops[next.layer()];
      double curve = Math.min(toY - y, BETWEEN) * 0.6;
      path.append(
          format("C%.1f %.1f %.1f %.1f %.1f %.1f", x, y + curve, toX, toY - curve, toX, toY));
      x = toX;
      y = toY;
      if (next.line()) {
        y = tops[next.layer() + 1] - BETWEEN;
        path.append(format("V%.1f", y));
      }
    }
    return "<path class=\"edge\" d=\"%s\"/>".formatted(path.append(format("m-3 -5l3 5l3 -5")));
  }

  /** Where a line enters a box: lines from the left enter on the left. */
  private static double entry(GraphLayout.Item from, GraphLayout.Item box) {
    List<GraphLayout.Item> all =
        box.above().stream().sorted(Comparator.comparingDouble(GraphLayout.Item::centre)).toList();
    double part = (all.indexOf(from) + 1.0) / (all.size() + 1) - 0.5;
    return MARGIN + box.centre() + part * box.width();
  }

  private String box(GraphLayout.Item item, Box box, double top) {
    double centre = item.centre() + MARGIN;
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<g class=\"%s\"><title>%s</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"%d\"/>",
            box.style(),
            box.hint(),
            centre - item.width() / 2,
            top,
            item.width(),
            box.height(),
            box.style().equals("port") ? box.height() / 2 : 4));
    svg.append(text("type", "middle", centre, top + LINE_HEIGHT + 2, box.type()));
    for (int i = 0; i < box.weights().size(); i++) {
      double y = top + LINE_HEIGHT * (i + 2) + 1;
      svg.append(text("weight", "middle", centre, y, box.weights().get(i)));
    }
    svg.append(
        text("shape", "start", centre + 4, top + box.height() + LINE_HEIGHT - 2, shapes(box)));
    return svg.append("</g>").toString();
  }

  private static String text(String style, String anchor, double x, double y, String words) {
    return words.isEmpty()
        ? ""
        : format(
            "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>",
            style, anchor, x, y, Chart.escaped(words));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
