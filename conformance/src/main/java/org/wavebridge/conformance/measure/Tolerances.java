package org.wavebridge.conformance.measure;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Every tolerance of this project, by profile, with its reason. {@code docs/conformance.md} shows
 * this table.
 */
public final class Tolerances {
  /** Largest value that passes, and why. */
  private record Bound(double value, String reason) {}

  private static final Map<Quantity, Map<NumericProfile, Bound>> TABLE =
      new EnumMap<>(Quantity.class);

  private static final NumericProfile[] ALL = NumericProfile.values();
  private static final NumericProfile[] FLOATS = {NumericProfile.F32, NumericProfile.F32_CANONICAL};
  private static final NumericProfile[] EXACT = {NumericProfile.F32_CANONICAL, NumericProfile.INT8};

  static {
    put(Quantity.OTHER_BITS, 0, "the profile fixes every operation, so there is one result", EXACT);
    put(
        Quantity.FEATURES,
        2e-3,
        "f32 Fourier transform; after the logarithm a quiet bin magnifies its relative error",
        ALL);
    put(
        Quantity.CONDITIONING,
        1e-4,
        "convolutions of up to a thousand f32 terms, one after the other; int8 leaves them in f32",
        NumericProfile.F32,
        NumericProfile.F32_CANONICAL,
        NumericProfile.INT8,
        NumericProfile.INT8_OWN_GATES);
    put(
        Quantity.CONDITIONING,
        2e-2,
        "the same with a unit roundoff of 2^-11 instead of 2^-24, terms partly cancelling",
        NumericProfile.F16);
    put(
        Quantity.PRODUCT,
        1,
        "gamma(K + 1) (sum of abs(w x) + abs(b)), gamma(n) = n u / (1 - n u), u = 2^-24: holds for any order of additions",
        FLOATS);
    put(Quantity.PRODUCT, 1, "the same bound with u = 2^-11", NumericProfile.F16);
    put(
        Quantity.LOGITS,
        5e-3,
        "a few hundred f32 terms a layer give 1e-5; for a few steps a state may be near a fork, where the network itself magnifies them a hundredfold",
        FLOATS);
    put(Quantity.LOGITS, 0, "int8 is compared with the canonical reference", NumericProfile.INT8);
    put(
        Quantity.LOGITS,
        2,
        "a gate's last place may tip an activation over a rounding edge, a whole step of 1/127, and the state remembers it for a while; or twice what int8 itself changes against f32, if that is more",
        NumericProfile.INT8_OWN_GATES);
    put(
        Quantity.TYPICAL_LOGITS,
        5e-5,
        "the same without the forks: the state forgets, so errors do not add up over steps",
        FLOATS);
    put(
        Quantity.TYPICAL_LOGITS,
        0,
        "int8 is compared with the canonical reference",
        NumericProfile.INT8);
    put(Quantity.TYPICAL_LOGITS, 0.05, "u = 2^-11 instead of 2^-24", NumericProfile.F16);
    put(
        Quantity.TYPICAL_LOGITS,
        0.1,
        "most steps have no fresh tipped activation behind them; or twice what int8 itself changes",
        NumericProfile.INT8_OWN_GATES);
    put(
        Quantity.LOGITS,
        1,
        "u = 2^-11 instead of 2^-24, on logits that stay below about 30",
        NumericProfile.F16);
    put(
        Quantity.STATE,
        1e-3,
        "gates of slope at most 1 on sums as for logits, near a fork as there",
        FLOATS);
    put(Quantity.STATE, 0, "int8 is compared with the canonical reference", NumericProfile.INT8);
    put(Quantity.STATE, 0.25, "tipped activations, as for logits", NumericProfile.INT8_OWN_GATES);
    put(Quantity.STATE, 1e-2, "u = 2^-11 instead of 2^-24", NumericProfile.F16);
    put(
        Quantity.GROWTH,
        8,
        "errors of a stable network keep their size; a drift would grow with the number of steps",
        NumericProfile.F32,
        NumericProfile.F32_CANONICAL,
        NumericProfile.F16);
    put(
        Quantity.UNEXPLAINED_DRAWS,
        0,
        "another class is right only where the uniform is nearer to the edge of the class than the measured error of the logits can move it",
        ALL);
    put(
        Quantity.BITS,
        1e-3,
        "at most twice the mean error of the logits, and those have both signs",
        FLOATS);
    put(
        Quantity.BITS,
        1e-6,
        "the same logits; only the sum of logarithms differs",
        NumericProfile.INT8);
    put(
        Quantity.BITS,
        0.05,
        "tipped activations; or twice what int8 itself costs",
        NumericProfile.INT8_OWN_GATES);
    put(Quantity.BITS, 0.02, "as for logits", NumericProfile.F16);
    put(
        Quantity.SPECTRUM,
        1,
        "after the first other draw two runs are two recordings of one voice: of a thousand frames, their mean spectra lie within 0.2 dB",
        ALL);
    put(Quantity.FIT, 5, "one fair set of draws in three million is further off", ALL);
  }

  private Tolerances() {}

  /**
   * The largest value that passes.
   *
   * @throws IllegalArgumentException if the profile has no such tolerance
   */
  public static double of(Quantity quantity, NumericProfile profile) {
    Map<NumericProfile, Bound> row = TABLE.get(quantity);
    Bound bound = row == null ? null : row.get(profile);
    if (bound == null) {
      throw new IllegalArgumentException(
          "no tolerance for %s in profile %s".formatted(quantity.label(), profile.label()));
    }
    return bound.value();
  }

  /** The table in Markdown: quantity, profiles that share a bound, bound, reason. */
  public static List<String> markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("| quantity | profile | at most | because |");
    lines.add("|---|---|---|---|");
    TABLE.forEach(
        (quantity, row) ->
            row.values().stream()
                .distinct()
                .forEach(
                    bound -> {
                      List<String> profiles =
                          row.entrySet().stream()
                              .filter(entry -> entry.getValue().equals(bound))
                              .map(entry -> entry.getKey().label())
                              .toList();
                      lines.add(
                          "| %s | %s | %s | %s |"
                              .formatted(
                                  quantity.label(),
                                  profiles.size() == ALL.length
                                      ? "all"
                                      : String.join(", ", profiles),
                                  number(bound.value()),
                                  bound.reason()));
                    }));
    return lines;
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static void put(
      Quantity quantity, double value, String reason, NumericProfile... profiles) {
    Map<NumericProfile, Bound> row =
        TABLE.computeIfAbsent(quantity, key -> new EnumMap<>(NumericProfile.class));
    for (NumericProfile profile : profiles) {
      row.put(profile, new Bound(value, reason));
    }
  }
}
