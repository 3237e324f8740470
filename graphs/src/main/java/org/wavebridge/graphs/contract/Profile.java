package org.wavebridge.graphs.contract;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The numeric profile of a fused operator: which of its weights are quantised, and how their layers
 * are computed (docs/numerics.md). The two of int8 share the names of the operators, whose nodes
 * say how many bits activations have.
 */
public enum Profile {
  /** Every weight f32. */
  F32("", null),
  /** The products on the sample path int8, with activations of 8 bits. */
  INT8("Int8", Activations.BITS_8),
  /** The same with activations of 12 bits. */
  INT8_12("Int8", Activations.BITS_12);

  private final String suffix;
  private final @Nullable Activations activations;

  Profile(String suffix, @Nullable Activations activations) {
    this.suffix = suffix;
    this.activations = activations;
  }

  /** The int8 profile with such activations. */
  public static Profile of(Activations activations) {
    return activations == Activations.BITS_8 ? INT8 : INT8_12;
  }

  /** The operator's name in this profile. */
  public String named(String operator) {
    return operator + suffix;
  }

  /** The inputs of quantised layers; empty where there are none. */
  public Optional<Activations> activations() {
    return Optional.ofNullable(activations);
  }

  /** Whether a layer's weight is quantised. */
  public boolean quantises(LayerRow layer) {
    return activations != null && layer.int8() != LayerRow.Int8.NOT;
  }
}
