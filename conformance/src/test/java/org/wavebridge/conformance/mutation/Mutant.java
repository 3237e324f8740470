package org.wavebridge.conformance.mutation;

import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.conformance.targets.ReferenceTarget;
import org.wavebridge.conformance.targets.TestGraph;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.GruCell;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The reference with one bug. A bug sits in the arithmetic, in the recurrent unit, in the weights
 * as read, in the network around them, or in the session that calls it.
 */
final class Mutant extends ReferenceTarget {
  private final String bug;
  private final boolean exact;
  private Arithmetic wrongArithmetic;
  private Optional<GraphKind> only = Optional.empty();
  private GruCell cell = GruCell.STANDARD;
  private UnaryOperator<StepNetwork> weights = network -> network;
  private UnaryOperator<VocoderModel> model = whole -> whole;
  private UnaryOperator<ReferenceNetwork> network = right -> right;
  private SessionBug session = (kind, inputs, run) -> run.apply(inputs);

  /** A bug in how a graph is called. */
  interface SessionBug {
    /**
     * Runs a graph wrongly.
     *
     * @param run the right way
     */
    Map<String, Tensor> run(
        GraphKind kind, Map<String, Tensor> inputs, UnaryOperator<Map<String, Tensor>> run);
  }

  private Mutant(String bug, Arithmetic arithmetic) {
    super("mutant", arithmetic);
    this.bug = bug;
    this.exact = arithmetic == Arithmetic.CANONICAL_F32;
    this.wrongArithmetic = arithmetic;
  }

  /** A bug that f32 tolerances must show: the double-precision reference has it. */
  static Mutant of(String bug) {
    return new Mutant(bug, Arithmetic.DOUBLE);
  }

  /** A bug that only the exact profiles can show: the canonical reference has it. */
  static Mutant ofCanonical(String bug) {
    return new Mutant(bug, Arithmetic.CANONICAL_F32);
  }

  Mutant arithmetic(UnaryOperator<Arithmetic> change) {
    wrongArithmetic = change.apply(wrongArithmetic);
    return this;
  }

  /** The bug of the arithmetic is in one graph only. */
  Mutant only(GraphKind kind) {
    only = Optional.of(kind);
    return this;
  }

  Mutant cell(GruCell wrong) {
    cell = wrong;
    return this;
  }

  Mutant weights(UnaryOperator<StepNetwork> change) {
    weights = change;
    return this;
  }

  Mutant model(UnaryOperator<VocoderModel> change) {
    model = change;
    return this;
  }

  Mutant network(UnaryOperator<ReferenceNetwork> change) {
    network = change;
    return this;
  }

  Mutant session(SessionBug change) {
    session = change;
    return this;
  }

  String bug() {
    return bug;
  }

  @Override
  public NumericProfile profile(String precision) {
    boolean int8 = precision.equals(BundleManifest.INT8);
    if (exact) {
      return int8 ? NumericProfile.INT8 : NumericProfile.F32_CANONICAL;
    }
    return NumericProfile.F32;
  }

  @Override
  protected Arithmetic arithmetic() {
    return wrongArithmetic;
  }

  @Override
  protected ReferenceNetwork network(StepNetwork right) {
    return network.apply(ReferenceNetwork.of(weights.apply(right), wrongArithmetic, cell));
  }

  @Override
  public GraphSession open(TestGraph graph) {
    if (!(graph.meaning() instanceof TestGraph.VocoderPart part)) {
      return only.isPresent() ? ReferenceTarget.canonical().open(graph) : super.open(graph);
    }
    if (only.isPresent() && part.kind() != only.get()) {
      return new ReferenceTarget(name(), Arithmetic.CANONICAL_F32).open(graph);
    }
    TestGraph wrong =
        new TestGraph(
            graph.label(),
            graph.onnx(),
            graph.precision(),
            new TestGraph.VocoderPart(part.kind(), model.apply(part.model())));
    GraphSession right = super.open(wrong);
    return session(
        (inputs, vectors) -> session.run(part.kind(), inputs, given -> right.run(given, vectors)));
  }
}
