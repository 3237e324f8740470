package org.wavebridge.conformance.targets;

import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.Backends;
import org.wavebridge.runtime.spi.Backend;
import org.wavebridge.runtime.spi.GraphSession;

/** A backend of the runtime. */
public final class BackendTarget implements ConformanceTarget {
  /** The backend whose operators promise the canonical profiles. */
  private static final String CANONICAL = "cpu";

  private final Backend backend;

  /**
   * A backend by name.
   *
   * @param threads threads a graph may use
   * @throws org.wavebridge.graphs.BackendException if it is not available on this machine
   */
  public BackendTarget(String name, int threads) {
    this.backend = Backends.create(name, threads);
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public NumericProfile profile(String precision) {
    boolean int8 = precision.equals(BundleManifest.INT8);
    if (backend.name().equals(CANONICAL)) {
      return int8 ? NumericProfile.INT8 : NumericProfile.F32_CANONICAL;
    }
    return int8 ? NumericProfile.INT8_OWN_GATES : NumericProfile.F32;
  }

  @Override
  public GraphSession open(TestGraph graph) {
    return backend.open(graph.onnx(), graph.label());
  }
}
