package org.wavebridge.conformance.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.wavebridge.graphs.PlainText;

/**
 * A plot as HTML. Marks and names are text of the page, at the page's size; what is drawn stretches
 * between them, so that a plot is as wide as its place.
 */
final class Chart {
  /** Units of the drawing in each direction, whatever its shape on the page. */
  private static final int SIZE = 1000;

  private final String label;
  private final Axis x;
  private final Axis y;
  private final StringBuilder drawn = new StringBuilder();
  private final List<String> names = new ArrayList<>();

  /**
   * An empty plot.
   *
   * @param label what it shows, for those who cannot see it
   */
  Chart(String label, Axis x, Axis y) {
    this.label = label;
    this.x = x;
    this.y = y;
  }

  /** Lines across at the marks of the upright axis. */
  Chart grid() {
    for (Axis.Mark mark : y.marks()) {
      across("grid", 1 - mark.place());
    }
    return this;
  }

  /** A line across at a value, with a name in the legend. */
  Chart limit(String style, double value, String name) {
    across(style, 1 - y.place(value));
    return named(style, name);
  }

  private void across(String style, double place) {
    drawn.append(format("<path class=\"%s\" d=\"M0 %.1fH%d\"/>", style, SIZE * place, SIZE));
  }

  /** A line through points. */
  Chart line(String style, double[] xs, double[] ys) {
    if (xs.length > 0) {
      drawn.append(format("<path class=\"%s\" d=\"M%s\"/>", style, points(xs, ys)));
    }
    return this;
  }

  /** A dot at each point. */
  Chart dots(String style, double[] xs, double[] ys) {
    for (int i = 0; i < xs.length; i++) {
      // Nothing stretches but lengths: a line of no length with round ends stays round.
      drawn.append(format("<path class=\"dot %s\" d=\"M%sh0\"/>", style, point(xs[i], ys[i])));
    }
    return this;
  }

  /** The area between two lines. */
  Chart area(String style, double[] xs, double[] lows, double[] highs) {
    StringBuilder back = new StringBuilder();
    for (int i = xs.length - 1; i >= 0; i--) {
      back.append(' ').append(point(xs[i], lows[i]));
    }
    drawn.append(format("<path class=\"%s\" d=\"M%s%sz\"/>", style, points(xs, highs), back));
    return this;
  }

  /** A picture as high as the plot, from one value to another. */
  Chart picture(HeatMap map, double from, double to) {
    double left = SIZE * x.place(from);
    drawn.append(
        format(
            "<image x=\"%.2f\" y=\"0\" width=\"%.2f\" height=\"%d\" preserveAspectRatio=\"none\" href=\"%s\"/>",
            left, SIZE * x.place(to) - left, SIZE, map.address()));
    return this;
  }

  /** A name in the legend. */
  Chart named(String style, String name) {
    names.add("<li class=\"%s\">%s</li>".formatted(style, escaped(name)));
    return this;
  }

  /** The plot. */
  String html() {
    String legend =
        names.isEmpty() ? "" : "<ul class=\"names\">" + String.join("", names) + "</ul>";
    return """
        <div class="chart" role="img" aria-label="%s"><div class="y">%s</div>\
        <svg viewBox="0 0 %d %d" preserveAspectRatio="none" aria-hidden="true">%s</svg>\
        <div class="x">%s</div></div>%s"""
        .formatted(escaped(label), marks(y, "bottom"), SIZE, SIZE, drawn, marks(x, "left"), legend);
  }

  /** The marks of an axis, the last with its unit. */
  private static String marks(Axis axis, String side) {
    StringBuilder marks = new StringBuilder();
    for (int i = 0; i < axis.marks().size(); i++) {
      Axis.Mark mark = axis.marks().get(i);
      String unit = i + 1 == axis.marks().size() && !axis.unit().isEmpty() ? " " + axis.unit() : "";
      marks.append(
          format(
              "<span style=\"%s:%.2f%%\">%s</span>",
              side, 100 * mark.place(), escaped(mark.label() + unit)));
    }
    return marks.toString();
  }

  private String points(double[] xs, double[] ys) {
    List<String> points = new ArrayList<>();
    for (int i = 0; i < xs.length; i++) {
      points.add(point(xs[i], ys[i]));
    }
    return String.join(" ", points);
  }

  private String point(double atX, double atY) {
    return format("%.1f %.1f", SIZE * x.place(atX), SIZE * (1 - y.place(atY)));
  }

  /** Text for a page, in one line; what is not shown as itself is an escape. */
  static String escaped(String text) {
    return PlainText.line(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
