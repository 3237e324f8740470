package org.wavebridge.exporter.family;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Which known name a name was probably meant to be. */
final class Spelling {
  private static final int SHORT = 7;

  private Spelling() {}

  /**
   * The known name nearest to one that is not known: the same but for case and separators, its
   * first words ({@code hop}, {@code hop_length}), or one slip away, two in a name longer than
   * seven characters.
   */
  static Optional<String> nearest(String name, Collection<String> known) {
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String candidate : known) {
      int slips = slips(name, candidate);
      int allowed = candidate.length() > SHORT ? 2 : 1;
      if (slips <= allowed && slips < least && candidate.length() > slips + 1) {
        least = slips;
        nearest = candidate;
      }
    }
    return Optional.ofNullable(nearest);
  }

  private static int slips(String name, String known) {
    if (plain(name).equals(plain(known)) || (name.length() > 2 && known.startsWith(name + "_"))) {
      return 0;
    }
    return distance(name.toLowerCase(Locale.ROOT), known);
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
  }

  /** Characters put in, left out, changed, or swapped with their neighbour (Damerau 1964). */
  private static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > 2) {
      return Integer.MAX_VALUE;
    }
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(cost[i - 1][j - 1] + change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
