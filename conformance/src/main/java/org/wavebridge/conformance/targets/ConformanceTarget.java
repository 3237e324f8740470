package org.wavebridge.conformance.targets;

import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.runtime.spi.GraphSession;

/**
 * Something under test that runs graphs: a backend of this project, the reference itself, or
 * another program. A network's step, score and generate, its conditioner, and models of a single
 * operator are all opened in the same way; uniforms, state and given samples are inputs.
 */
public interface ConformanceTarget extends AutoCloseable {
  /** The name in reports. */
  String name();

  /**
   * The profile that the target promises for graphs of a precision; this decides the tolerances.
   *
   * @param precision {@code f32} or {@code int8}
   */
  NumericProfile profile(String precision);

  /**
   * Prepares a graph.
   *
   * @throws DeclinedException if the target does not run such graphs by design
   * @throws RuntimeException if it fails; this fails the case that needs the graph
   */
  GraphSession open(TestGraph graph);

  @Override
  default void close() {}
}
