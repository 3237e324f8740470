package org.wavebridge.conformance.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Colours for values from 0 to 1 that the eye takes for even steps: lightness L* of CIELAB (CIE 15)
 * rises evenly, while the hue turns from blue through green to yellow. The chroma is as much of a
 * smooth arc as the sRGB gamut (IEC 61966-2-1) holds.
 */
final class ColourMap {
  /** Colours of a picture. */
  static final int LEVELS = 256;

  private static final double DARKEST = 6;
  private static final double LIGHTEST = 96;
  private static final double FIRST_HUE = 295;
  private static final double LAST_HUE = 95;
  private static final double CHROMA = 62;
  private static final double PALE = 14;

  /** The white of D65, X and Z for Y = 1. */
  private static final double WHITE_X = 0.95047;

  private static final double WHITE_Z = 1.08883;
  private static final int STOPS = 16;
  private static final int[] COLOURS = colours();

  private ColourMap() {}

  /** The colour of a value, limited to 0 to 1, as 0xRRGGBB. */
  static int of(double value) {
    return COLOURS[level(value)];
  }

  /** The number of a value's colour; values that are no numbers count as 0. */
  static int level(double value) {
    return (int) Math.rint(Math.max(0, Math.min(1, value)) * (LEVELS - 1));
  }

  /** The colours as a gradient of CSS, from left to right. */
  static String gradient() {
    List<String> stops = new ArrayList<>();
    for (int i = 0; i <= STOPS; i++) {
      stops.add(String.format(Locale.ROOT, "#%06x", of((double) i / STOPS)));
    }
    return "linear-gradient(to right, " + String.join(", ", stops) + ")";
  }

  private static int[] colours() {
    int[] colours = new int[LEVELS];
    for (int i = 0; i < LEVELS; i++) {
      double value = (double) i / (LEVELS - 1);
      double lightness = DARKEST + (LIGHTEST - DARKEST) * value;
      double hue = Math.toRadians(FIRST_HUE + (LAST_HUE - FIRST_HUE) * value);
      double wanted = PALE + (CHROMA - PALE) * Math.sin(Math.PI * Math.min(1, 0.1 + 0.9 * value));
      colours[i] = packed(linear(lightness, hue, chroma(lightness, hue, wanted)));
    }
    return colours;
  }

  /** The chroma wanted, or as much of it as the gamut has. */
  private static double chroma(double lightness, double hue, double wanted) {
    double low = 0;
    double high = wanted;
    for (int i = 0; i < 30; i++) {
      double middle = i == 0 ? wanted : (low + high) / 2;
      if (fits(linear(lightness, hue, middle))) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static boolean fits(double[] linear) {
    for (double part : linear) {
      if (part < 0 || part > 1) {
        return false;
      }
    }
    return true;
  }

  /** Linear red, green and blue of a colour in CIELAB, by lightness, hue and chroma. */
  private static double[] linear(double lightness, double hue, double chroma) {
    double fy = (lightness + 16) / 116;
    double x = WHITE_X * inverse(fy + chroma * Math.cos(hue) / 500);
    double y = inverse(fy);
    double z = WHITE_Z * inverse(fy - chroma * Math.sin(hue) / 200);
    return new double[] {
      3.2406 * x - 1.5372 * y - 0.4986 * z,
      -0.9689 * x + 1.8758 * y + 0.0415 * z,
      0.0557 * x - 0.2040 * y + 1.0570 * z
    };
  }

  private static double inverse(double f) {
    double edge = 6.0 / 29;
    return f > edge ? f * f * f : 3 * edge * edge * (f - 4.0 / 29);
  }

  private static int packed(double[] linear) {
    int colour = 0;
    for (double part : linear) {
      double limited = Math.max(0, Math.min(1, part));
      double encoded =
          limited <= 0.0031308 ? 12.92 * limited : 1.055 * Math.pow(limited, 1 / 2.4) - 0.055;
      colour = colour << 8 | (int) Math.rint(255 * encoded);
    }
    return colour;
  }
}
