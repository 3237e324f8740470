package org.wavebridge.conformance.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Curves over steps as one SVG line plot: errors on a logarithmic axis, an exact zero on its lowest
 * line. Long curves are drawn by the largest value of each of a few hundred pieces.
 */
final class Plot {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 190;
  private static final int LEFT = 52;
  private static final int BOTTOM = 24;
  private static final int TOP = 8;
  private static final int PIECES = 400;
  private static final double LOWEST = -12;
  private static final String[] COLOURS = {"#1f5fa8", "#c2571a"};

  private Plot() {}

  /**
   * One curve.
   *
   * @param label for the legend
   * @param values errors by step
   */
  record Curve(String label, double[] values) {}

  static String of(String title, List<Curve> curves) {
    int steps = curves.stream().mapToInt(curve -> curve.values().length).max().orElse(0);
    double highest =
        curves.stream()
            .flatMapToDouble(curve -> Arrays.stream(curve.values()))
            .filter(value -> value > 0 && Double.isFinite(value))
            .map(Math::log10)
            .max()
            .orElse(LOWEST + 2);
    double top = Math.max(LOWEST + 2, Math.ceil(highest));
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg class=\"plot\" role=\"img\" viewBox=\"0 0 %d %d\" aria-label=\"%s\">"
            .formatted(WIDTH, HEIGHT, escaped(title)));
    for (double exponent = LOWEST; exponent <= top; exponent += 2) {
      double y = y(exponent, top);
      svg.append(line(LEFT, y, WIDTH, y, "grid"));
      String label = exponent == LOWEST ? "0" : "1e" + (int) exponent;
      svg.append(text(LEFT - 6, y + 4, "end", label));
    }
    svg.append(text(LEFT, HEIGHT - 6, "start", "0"));
    svg.append(text(WIDTH, HEIGHT - 6, "end", steps + " steps"));
    for (int i = 0; i < curves.size(); i++) {
      String colour = COLOURS[i % COLOURS.length];
      svg.append(polyline(curves.get(i).values(), steps, top, colour));
      svg.append(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"%s\">%s</text>"
              .formatted(
                  LEFT + (WIDTH - LEFT) * (i + 1) / (curves.size() + 1),
                  HEIGHT - 6,
                  colour,
                  escaped(curves.get(i).label())));
    }
    return svg.append("</svg>").toString();
  }

  private static String polyline(double[] values, int steps, double top, String colour) {
    List<String> points = new ArrayList<>();
    int pieces = Math.min(PIECES, values.length);
    for (int piece = 0; piece < pieces; piece++) {
      int from = (int) ((long) piece * values.length / pieces);
      int to = (int) ((long) (piece + 1) * values.length / pieces);
      double largest = 0;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, Double.isNaN(values[i]) ? Double.MAX_VALUE : values[i]);
      }
      double exponent = Math.max(LOWEST, Math.min(top, Math.log10(largest)));
      double x = LEFT + (WIDTH - LEFT) * (from + 0.5) / Math.max(1, steps);
      points.add(String.format(Locale.ROOT, "%.1f,%.1f", x, y(exponent, top)));
    }
    return "<polyline fill=\"none\" stroke=\"%s\" points=\"%s\"/>"
        .formatted(colour, String.join(" ", points));
  }

  private static double y(double exponent, double top) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (top - exponent) / (top - LOWEST);
  }

  private static String line(double x1, double y1, double x2, double y2, String style) {
    return String.format(
        Locale.ROOT,
        "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
        style,
        x1,
        y1,
        x2,
        y2);
  }

  private static String text(double x, double y, String anchor, String content) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x,
        y,
        anchor,
        escaped(content));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
