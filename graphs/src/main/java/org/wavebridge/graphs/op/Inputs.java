package org.wavebridge.graphs.op;

import java.util.Map;

/** Access to an operator's inputs by name. */
public final class Inputs {
  private Inputs() {}

  public static <V> V get(Map<String, V> inputs, String name) {
    V value = inputs.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no input '" + name + "'");
    }
    return value;
  }
}
