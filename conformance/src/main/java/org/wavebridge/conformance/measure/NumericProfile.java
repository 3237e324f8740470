package org.wavebridge.conformance.measure;

/** A target's promise about its numbers; {@link Tolerances} says what follows from it. */
public enum NumericProfile {
  /** f32, sums in any order, any faithful sigmoid, tanh and exp. */
  F32("f32", false),
  /** The canonical f32 profile of {@code docs/numerics.md}, bit for bit. */
  F32_CANONICAL("f32-canonical", true),
  /** The int8 profile of {@code docs/numerics.md}, bit for bit. */
  INT8("int8", true),
  /** int8 products as in {@code docs/numerics.md}, between a target's own sigmoid and tanh. */
  INT8_OWN_GATES("int8-own-gates", false),
  /** Products and activations in binary16. */
  F16("f16", false);

  private final String label;
  private final boolean exact;

  NumericProfile(String label, boolean exact) {
    this.label = label;
    this.exact = exact;
  }

  /** The name in reports and options. */
  public String label() {
    return label;
  }

  /** Whether results are the canonical reference's bits. */
  public boolean exact() {
    return exact;
  }

  /** Whether the networks' products are int8. */
  public boolean int8() {
    return this == INT8 || this == INT8_OWN_GATES;
  }
}
