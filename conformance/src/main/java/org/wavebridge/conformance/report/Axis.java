package org.wavebridge.conformance.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wavebridge.graphs.assemble.MelFilters;
import org.wavebridge.graphs.model.MelScale;

/**
 * One direction of a plot: which values it shows, and the marks along it.
 *
 * @param unit of the values, in words
 * @param from the value at its beginning
 * @param to the value at its end
 * @param mel the warping of a frequency axis; empty for a straight one
 * @param marks what is written along it
 */
record Axis(String unit, double from, double to, Optional<MelScale> mel, List<Mark> marks) {
  private static final int MOST_MARKS = 6;

  /** Hz that a warped axis marks, as far as they lie on it. */
  private static final List<Integer> FREQUENCIES = List.of(250, 500, 1000, 2000, 4000, 8000, 16000);

  /**
   * A mark.
   *
   * @param place from 0, the beginning, to 1
   */
  record Mark(double place, String label) {}

  /** A straight axis with round marks. */
  static Axis straight(String unit, double from, double to) {
    double end = to > from ? to : from + 1;
    double step = step((end - from) / MOST_MARKS);
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    List<Mark> marks = new ArrayList<>();
    for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= end + 1e-9 * step; i++) {
      String label = String.format(Locale.ROOT, "%." + decimals + "f", i * step);
      marks.add(new Mark((i * step - from) / (end - from), label));
    }
    return new Axis(unit, from, end, Optional.empty(), marks);
  }

  /** Frequencies in kHz on a mel scale, from and to given in Hz. */
  static Axis mel(double from, double to, MelScale scale) {
    Axis bare = new Axis("kHz", from, to, Optional.of(scale), List.of());
    List<Mark> marks =
        FREQUENCIES.stream()
            .filter(hertz -> hertz >= from && hertz <= to)
            .map(hertz -> new Mark(bare.place(hertz), kilohertz(hertz)))
            .toList();
    return new Axis("kHz", from, to, Optional.of(scale), marks);
  }

  /** Frequencies in kHz, evenly spaced, to the highest in Hz. */
  static Axis linear(double highest) {
    Axis kilohertz = straight("kHz", 0, highest / 1000);
    return new Axis("kHz", 0, highest, Optional.empty(), kilohertz.marks());
  }

  /** Powers of ten of errors; the lowest line stands for an exact zero. */
  static Axis errors(int lowest, int highest) {
    List<Mark> marks = new ArrayList<>();
    for (int exponent = lowest; exponent <= highest; exponent += 2) {
      String label = exponent == lowest ? "0" : "1e" + exponent;
      marks.add(new Mark((double) (exponent - lowest) / (highest - lowest), label));
    }
    return new Axis("", lowest, highest, Optional.empty(), marks);
  }

  private static String kilohertz(int hertz) {
    return hertz % 1000 == 0 ? Integer.toString(hertz / 1000) : Double.toString(hertz / 1e3);
  }

  /** The next of 1, 2, 5, 10, ... above. */
  private static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (int digit : new int[] {1, 2, 5}) {
      if (digit * power >= least * (1 - 1e-9)) {
        return digit * power;
      }
    }
    return 10 * power;
  }

  /** Where a value is, from 0 to 1 for those that the axis shows. */
  double place(double value) {
    return mel.map(
            scale ->
                (MelFilters.toMel(scale, value) - MelFilters.toMel(scale, from))
                    / (MelFilters.toMel(scale, to) - MelFilters.toMel(scale, from)))
        .orElse((value - from) / (to - from));
  }

  /** The value at a place. */
  double value(double place) {
    return mel.map(
            scale -> {
              double low = MelFilters.toMel(scale, from);
              double high = MelFilters.toMel(scale, to);
              return MelFilters.toHertz(scale, low + (high - low) * place);
            })
        .orElse(from + (to - from) * place);
  }
}
