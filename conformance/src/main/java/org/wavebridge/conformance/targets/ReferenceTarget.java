package org.wavebridge.conformance.targets;

import java.util.LinkedHashMap;
import java.util.Map;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The Java reference as a target. It runs the model that a graph was made from, not the graph: its
 * place is to show that the suite agrees with itself, and to have bugs planted in it.
 */
public class ReferenceTarget implements ConformanceTarget {
  private final String name;
  private final Arithmetic arithmetic;

  /**
   * A mode of the reference.
   *
   * @param arithmetic of f32 graphs; int8 exists in the canonical arithmetic only
   */
  public ReferenceTarget(String name, Arithmetic arithmetic) {
    this.name = name;
    this.arithmetic = arithmetic;
  }

  /** The double-precision reference. */
  public static ReferenceTarget inDouble() {
    return new ReferenceTarget("reference", Arithmetic.DOUBLE);
  }

  /** The canonical reference, f32 and int8. */
  public static ReferenceTarget canonical() {
    return new ReferenceTarget("reference-f32", Arithmetic.CANONICAL_F32);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public NumericProfile profile(String precision) {
    if (precision.equals(BundleManifest.INT8)) {
      return NumericProfile.INT8;
    }
    return arithmetic == Arithmetic.CANONICAL_F32
        ? NumericProfile.F32_CANONICAL
        : NumericProfile.F32;
  }

  @Override
  public GraphSession open(TestGraph graph) {
    if (graph.precision().equals(BundleManifest.INT8) && arithmetic == Arithmetic.DOUBLE) {
      throw new DeclinedException("int8 is defined in the canonical arithmetic only");
    }
    if (graph.meaning() instanceof TestGraph.Product product) {
      return session((inputs, vectors) -> product(product.layer(), inputs));
    }
    TestGraph.VocoderPart part = (TestGraph.VocoderPart) graph.meaning();
    VocoderModel model = part.model();
    if (part.kind() == GraphKind.CONDITIONER || part.kind() == GraphKind.FEATURES) {
      return session(
          (inputs, vectors) -> ReferenceFeatures.run(part.kind(), model, arithmetic(), inputs));
    }
    if (part.kind() == GraphKind.SYNTHESIS) {
      throw new DeclinedException("the reference merges bands of whole utterances only");
    }
    if (model.subscale().isPresent()) {
      return session(
          (inputs, vectors) ->
              new ReferenceSubscale(
                      model, arithmetic(), () -> network(model.network()), inputs, vectors)
                  .run(part.kind()));
    }
    return session(
        (inputs, vectors) ->
            new ReferenceSequences(model, () -> network(model.network())).run(part.kind(), inputs));
  }

  /** The arithmetic of f32 graphs. */
  protected Arithmetic arithmetic() {
    return arithmetic;
  }

  /** The reference of a network, new for each run. */
  protected ReferenceNetwork network(StepNetwork network) {
    return ReferenceNetwork.of(network, arithmetic());
  }

  private Map<String, Tensor> product(Affine layer, Map<String, Tensor> inputs) {
    Tensor x = ReferenceSequences.input(inputs, "x");
    int columns = layer.weight().columns();
    int rows = (int) x.shape()[0];
    float[] y = new float[rows * layer.bias().length];
    for (int n = 0; n < rows; n++) {
      double[] row = new double[columns];
      for (int k = 0; k < columns; k++) {
        row[k] = x.values()[n * columns + k];
      }
      double[] made = arithmetic().affine(layer, row);
      for (int r = 0; r < made.length; r++) {
        y[n * made.length + r] = (float) made[r];
      }
    }
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    outputs.put("y", new Tensor(y, rows, layer.bias().length));
    return outputs;
  }

  /** How a session answers. */
  @FunctionalInterface
  protected interface Run {
    /** From inputs by name to outputs by name; as {@link GraphSession#run(Map, Map)}. */
    Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors);
  }

  /** A session that has nothing to close. */
  protected static GraphSession session(Run run) {
    return new GraphSession() {
      @Override
      public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
        return run.run(inputs, vectors);
      }

      @Override
      public void close() {}
    };
  }
}
