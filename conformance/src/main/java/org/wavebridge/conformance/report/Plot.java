package org.wavebridge.conformance.report;

import java.util.Arrays;
import java.util.List;

/**
 * The plots of the pages. Long curves are drawn by what is largest in each of a few hundred pieces.
 */
final class Plot {
  private static final int PIECES = 400;
  private static final int LOWEST = -12;

  private Plot() {}

  /**
   * One curve.
   *
   * @param label for the legend
   * @param values errors by step
   */
  record Curve(String label, double[] values) {}

  /** Errors over steps on a logarithmic axis, an exact zero on its lowest line. */
  static String errors(String title, List<Curve> curves) {
    int steps = curves.stream().mapToInt(curve -> curve.values().length).max().orElse(0);
    double highest =
        curves.stream()
            .flatMapToDouble(curve -> Arrays.stream(curve.values()))
            .filter(value -> value > 0 && Double.isFinite(value))
            .map(Math::log10)
            .max()
            .orElse(LOWEST + 2);
    int top = Math.max(LOWEST + 2, 2 * (int) Math.ceil(highest / 2));
    Axis errors = Axis.errors(LOWEST, top);
    Chart chart = new Chart(title, Axis.straight("steps", 0, steps), errors).grid();
    for (int i = 0; i < curves.size(); i++) {
      String style = style(i);
      double[] values = curves.get(i).values();
      double[] largest = largest(values);
      for (int piece = 0; piece < largest.length; piece++) {
        double error = Double.isNaN(largest[piece]) ? Double.MAX_VALUE : largest[piece];
        largest[piece] = Math.max(LOWEST, Math.min(top, Math.log10(error)));
      }
      chart.line(style, middles(values.length, largest.length), largest);
      chart.named(style, curves.get(i).label());
    }
    return chart.html();
  }

  /** Bits per sample by the density of the large matrices, a dot a network. */
  static String density(List<DensityPage.Point> points) {
    double[] densities = points.stream().mapToDouble(DensityPage.Point::density).toArray();
    double[] bits = points.stream().mapToDouble(DensityPage.Point::bits).toArray();
    double low = Arrays.stream(bits).min().orElse(0);
    double high = Math.max(low + 0.01, Arrays.stream(bits).max().orElse(0));
    double margin = (high - low) / 20;
    Axis density = Axis.straight("", 0, 1);
    return new Chart(
            "bits per sample by density", density, Axis.straight("", low - margin, high + margin))
        .grid()
        .line(style(0), densities, bits)
        .dots(style(0), densities, bits)
        .html();
  }

  /**
   * Milliseconds that each frame of a chunk took, and what real time allows.
   *
   * @param seconds of audio that were made at the end of each chunk
   * @param milliseconds a frame of each chunk took, on average
   * @param realTime milliseconds of sound in a frame
   */
  static String timing(double[] seconds, double[] milliseconds, double realTime) {
    double[] largest = largest(milliseconds);
    double end = seconds.length == 0 ? 1 : seconds[seconds.length - 1];
    double[] xs = new double[2 * largest.length];
    double[] ys = new double[2 * largest.length];
    for (int piece = 0; piece < largest.length; piece++) {
      int from = first(piece, largest.length, seconds.length);
      int to = first(piece + 1, largest.length, seconds.length);
      xs[2 * piece] = from == 0 ? 0 : seconds[from - 1];
      xs[2 * piece + 1] = seconds[to - 1];
      ys[2 * piece] = largest[piece];
      ys[2 * piece + 1] = largest[piece];
    }
    double top = 1.1 * Math.max(realTime, Arrays.stream(largest).max().orElse(0));
    return new Chart(
            "milliseconds a frame took, by the audio made before",
            Axis.straight("s", 0, end),
            Axis.straight("ms", 0, top))
        .grid()
        .line(style(0), xs, ys)
        .named(style(0), "milliseconds per frame of each chunk")
        .limit("limit", realTime, "what real time allows")
        .html();
  }

  /** The smallest and largest sample of each of many pieces, over the time of a picture. */
  static String waveform(float[] samples, int sampleRate, Axis time) {
    int pieces = Math.min(3 * PIECES, samples.length);
    double[] xs = new double[pieces];
    double[] lows = new double[pieces];
    double[] highs = new double[pieces];
    for (int piece = 0; piece < pieces; piece++) {
      int from = first(piece, pieces, samples.length);
      int to = first(piece + 1, pieces, samples.length);
      lows[piece] = samples[from];
      highs[piece] = samples[from];
      for (int i = from; i < to; i++) {
        lows[piece] = Math.min(lows[piece], samples[i]);
        highs[piece] = Math.max(highs[piece], samples[i]);
      }
      xs[piece] = (from + to) / 2.0 / sampleRate;
    }
    return new Chart("waveform", time, Axis.straight("", -1, 1))
        .grid()
        .area("wave", xs, lows, highs)
        .html();
  }

  private static String style(int curve) {
    return "curve" + (1 + curve % 2);
  }

  /** The largest value of each piece; one that is no number is larger than all. */
  private static double[] largest(double[] values) {
    double[] largest = new double[Math.min(PIECES, values.length)];
    for (int piece = 0; piece < largest.length; piece++) {
      int from = first(piece, largest.length, values.length);
      for (int i = from; i < first(piece + 1, largest.length, values.length); i++) {
        largest[piece] = Math.max(largest[piece], values[i]);
      }
    }
    return largest;
  }

  private static double[] middles(int values, int pieces) {
    double[] middles = new double[pieces];
    for (int piece = 0; piece < pieces; piece++) {
      middles[piece] = first(piece, pieces, values) + 0.5;
    }
    return middles;
  }

  private static int first(int piece, int pieces, int values) {
    return (int) ((long) piece * values / pieces);
  }
}
