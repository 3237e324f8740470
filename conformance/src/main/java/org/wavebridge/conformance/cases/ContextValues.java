package org.wavebridge.conformance.cases;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.wavebridge.conformance.measure.Bits;
import org.wavebridge.conformance.measure.ErrorCurve;
import org.wavebridge.conformance.measure.Quantity;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.CausalReference;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The samples that rows can see to contexts, for two rows. Catches a wrong dilation, taps in
 * another order, an activation left out and, where a target promises the canonical bits, additions
 * in another order.
 */
final class ContextValues implements ConformanceCase {
  private static final int ROWS = 2;

  @Override
  public String name() {
    return "context/values";
  }

  @Override
  public String catches() {
    return "a wrong dilation, taps in another order, an activation left out, additions in another order";
  }

  @Override
  public SampleOrder sampleOrder() {
    return SampleOrder.SUBSCALE;
  }

  @Override
  public boolean appliesTo(Subject subject, String precision) {
    return precision.equals(BundleManifest.F32)
        && subject.model(precision).subscale().flatMap(Subscale::context).isPresent();
  }

  @Override
  public void run(Trial trial) {
    ContextNetwork network = trial.model().subscale().flatMap(Subscale::context).orElseThrow();
    int positions = trial.size(5, 50);
    int times = positions + network.reach();
    int channels = network.factor();
    float[] samples = new float[ROWS * times * channels];
    new Uniforms(17).fill(samples, 0, 0, 0, ROWS * times, channels);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = 2 * samples[i] - 1;
    }
    Tensor found =
        trial
            .graph(GraphKind.CONTEXT)
            .run(Map.of("channels", new Tensor(samples, ROWS, times, channels)))
            .get("context");
    if (found == null || found.values().length != ROWS * positions * network.size()) {
      throw new GraphException(
          "output 'context': expected [%d, %d, %d]".formatted(ROWS, positions, network.size()));
    }
    if (trial.profile().exact()) {
      double[] exact = expected(network, samples, Arithmetic.CANONICAL_F32);
      float[] bits = new float[exact.length];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = (float) exact[i];
      }
      trial.check("context", Quantity.OTHER_BITS, Bits.other(bits, found.values()));
    }
    ErrorCurve errors = new ErrorCurve(1);
    errors.add(0, expected(network, samples, Arithmetic.DOUBLE), found.values(), 0);
    trial.check("context", Quantity.CONDITIONING, errors.worstRelative(), "relative error");
  }

  /** The contexts of all rows, one after the other. */
  private static double[] expected(ContextNetwork network, float[] samples, Arithmetic of) {
    int channels = network.factor();
    int times = samples.length / channels / ROWS;
    return IntStream.range(0, ROWS)
        .mapToObj(
            row -> {
              double[][] x = new double[times][channels];
              for (int i = 0; i < times * channels; i++) {
                x[i / channels][i % channels] = samples[row * times * channels + i];
              }
              return CausalReference.withoutPadding(network.layers(), x, of);
            })
        .flatMap(Arrays::stream)
        .flatMapToDouble(Arrays::stream)
        .toArray();
  }
}
