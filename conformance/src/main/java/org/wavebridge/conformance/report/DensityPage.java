package org.wavebridge.conformance.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a network loses and gains by density, as one page with its plot inside. */
public final class DensityPage {
  private DensityPage() {}

  /**
   * A network.
   *
   * @param density of its large matrices
   * @param layers their densities by layer, in words
   * @param bits per sample
   * @param samplesPerSecond of one run for all points
   * @param bytes of its bundle
   */
  public record Point(
      double density, String layers, double bits, double samplesPerSecond, long bytes) {}

  /**
   * The page.
   *
   * @param points the dense network first
   */
  public static String of(String title, String producer, List<Point> points) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("about", title);
    page.put("producer", producer);
    page.put("plot", Plot.density(points));
    Point dense = points.get(0);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Point point : points) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("density", format("%.2f", point.density()));
      row.put("layers", point.layers());
      row.put("bits", format("%.4f", point.bits()));
      row.put("lost", format("%+.4f", point.bits() - dense.bits()));
      row.put("speed", format("%.0f", point.samplesPerSecond()));
      row.put("gain", format("%.2f", point.samplesPerSecond() / dense.samplesPerSecond()));
      row.put("size", format("%d", point.bytes() / 1024));
      rows.add(row);
    }
    page.put("rows", rows);
    return Page.of("density", "Bits and speed by density", page);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
