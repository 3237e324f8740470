package org.wavebridge.graphs.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * A function for each kind of step network, for code that treats each in its own way outside of the
 * network's package.
 *
 * @param <R> result of the functions
 */
public final class NetworkTable<R> {
  private final Map<Class<?>, Function<StepNetwork, R>> functions = new LinkedHashMap<>();

  /** Adds the function of a kind. */
  public <N extends StepNetwork> NetworkTable<R> with(Class<N> kind, Function<N, R> function) {
    functions.put(kind, network -> function.apply(kind.cast(network)));
    return this;
  }

  /**
   * The result for a network.
   *
   * @throws IllegalArgumentException if the table has no function for its kind
   */
  public R of(StepNetwork network) {
    Function<StepNetwork, R> function = functions.get(network.getClass());
    if (function == null) {
      throw new IllegalArgumentException(
          "network %s: expected one of %s"
              .formatted(
                  network.getClass().getSimpleName(),
                  functions.keySet().stream().map(Class::getSimpleName).toList()));
    }
    return function.apply(network);
  }
}
