package org.wavebridge.graphs.contract;

/**
 * The numeric profile of a fused operator: which of its weights are quantised, and how their layers
 * are computed (docs/numerics.md).
 */
public enum Profile {
  /** Every weight f32. */
  F32(""),
  /** The products on the sample path int8. */
  INT8("Int8");

  private final String suffix;

  Profile(String suffix) {
    this.suffix = suffix;
  }

  /** The operator's name in this profile. */
  public String named(String operator) {
    return operator + suffix;
  }

  /** Whether a layer's weight is quantised. */
  public boolean quantises(LayerRow layer) {
    return this == INT8 && layer.int8() != LayerRow.Int8.NOT;
  }
}
