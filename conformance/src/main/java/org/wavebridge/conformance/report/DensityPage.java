package org.wavebridge.conformance.report;

import com.samskivert.mustache.Mustache;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a network loses and gains by density, as one page with its plot inside. */
public final class DensityPage {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 240;
  private static final int LEFT = 60;
  private static final int RIGHT = 12;
  private static final int BOTTOM = 28;
  private static final int TOP = 10;

  private DensityPage() {}

  /**
   * A network.
   *
   * @param density of its large matrices
   * @param bits per sample
   * @param samplesPerSecond of one run for all points
   * @param bytes of its bundle
   */
  public record Point(double density, double bits, double samplesPerSecond, long bytes) {}

  /**
   * The page.
   *
   * @param points the dense network first
   */
  public static String of(String title, String producer, List<Point> points) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("title", title);
    page.put("producer", producer);
    page.put("plot", plot(points));
    Point dense = points.get(0);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Point point : points) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("density", format("%.2f", point.density()));
      row.put("bits", format("%.4f", point.bits()));
      row.put("lost", format("%+.4f", point.bits() - dense.bits()));
      row.put("speed", format("%.0f", point.samplesPerSecond()));
      row.put("gain", format("%.2f", point.samplesPerSecond() / dense.samplesPerSecond()));
      row.put("size", format("%d", point.bytes() / 1024));
      rows.add(row);
    }
    page.put("rows", rows);
    return Mustache.compiler()
        .escapeHTML(true)
        .compile(HtmlReport.template("density.html.mustache"))
        .execute(page);
  }

  private static String plot(List<Point> points) {
    double low = points.stream().mapToDouble(Point::bits).min().orElse(0);
    double high = Math.max(low + 0.01, points.stream().mapToDouble(Point::bits).max().orElse(0));
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg class=\"plot\" role=\"img\" viewBox=\"0 0 %d %d\" aria-label=\"bits per sample by density\">"
            .formatted(WIDTH, HEIGHT));
    for (int i = 0; i <= 4; i++) {
      double bits = low + (high - low) * i / 4;
      double y = y(bits, low, high);
      svg.append(
          format(
              "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>",
              LEFT, y, WIDTH - RIGHT, y));
      svg.append(
          format(
              "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3f</text>", LEFT - 6, y + 4, bits));
    }
    List<String> line = new ArrayList<>();
    for (Point point : points) {
      double x = x(point.density());
      double y = y(point.bits(), low, high);
      line.add(format("%.1f,%.1f", x, y));
      svg.append(format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#1f5fa8\"/>", x, y));
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.2f</text>",
              x, HEIGHT - 10, point.density()));
    }
    return svg.append(
            format(
                "<polyline fill=\"none\" stroke=\"#1f5fa8\" points=\"%s\"/></svg>",
                String.join(" ", line)))
        .toString();
  }

  private static double x(double density) {
    return LEFT + (WIDTH - LEFT - RIGHT) * density;
  }

  private static double y(double bits, double low, double high) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (high - bits) / (high - low);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
