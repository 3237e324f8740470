package org.wavebridge.exporter.family;

import java.util.Set;
import org.wavebridge.graphs.model.Head;

/** The head of fatchord's network: {@code voc_mode} RAW, classes, or MOL, a mixture. */
final class FatchordHead {
  private static final String RAW = "RAW";
  private static final String MOL = "MOL";

  private FatchordHead() {}

  /**
   * The mode that a configuration gives must fit the outputs; without one, a power of two means
   * classes.
   */
  static Head read(TensorReader tensors, Settings settings, int outputs) {
    boolean power = Integer.bitCount(outputs) == 1 && outputs > 2;
    if (!settings.given("voc_mode")) {
      if (!power && outputs % 3 != 0) {
        throw tensors.refused(
            "fc3 has %d outputs: neither 2^bits classes (RAW) nor 3 per mixture component (MOL)%s"
                .formatted(outputs, Coqui.hint(outputs)));
      }
      settings.tensors("voc_mode", power ? RAW : MOL, outputs + " outputs of fc3");
    }
    String mode =
        settings.given("voc_mode")
            ? settings.choice("voc_mode", RAW, Set.of(RAW, MOL))
            : power ? RAW : MOL;
    if (mode.equals(MOL)) {
      if (outputs % 3 != 0) {
        throw tensors.refused(
            "setting 'voc_mode' is MOL, but fc3 has %d outputs, expected 3 per mixture component (30)"
                .formatted(outputs));
      }
      return new Head.MixtureOfLogistics(outputs / 3);
    }
    if (!power) {
      throw tensors.refused(
          "setting 'voc_mode' is RAW, but fc3 has %d outputs, expected 2^bits, 4 or more"
              .formatted(outputs));
    }
    settings.tensors("bits", Integer.numberOfTrailingZeros(outputs), outputs + " outputs of fc3");
    return new Head.Categorical(outputs);
  }
}
