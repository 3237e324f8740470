package org.wavebridge.graphs.build;

import java.util.List;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.QuadratureMirrorMerge;

/**
 * {@code synthesis}: the values {@code [N, T]} that a multi-band network emits, and a state {@code
 * [N, S]} that is zero at the start, to a waveform {@code [N, T]} and the next state, so that calls
 * chain. T is a multiple of the bands.
 */
final class SynthesisGraph {
  private SynthesisGraph() {}

  static OnnxModel build(BandSynthesis synthesis) {
    ModelBuilder g =
        new ModelBuilder(
            "synthesis",
            "Merges the samples of %d bands: values [N, T], those of a step next to each other, to a waveform [N, T], both in [-1, 1];"
                    .formatted(synthesis.bands())
                + " the state [N, %d] is zero at the start: feed next_state to the next call."
                    .formatted(synthesis.stateSize()));
    Dim size = Dim.of(synthesis.stateSize());
    Value values = g.input("values", Dim.N, Dim.T);
    Value state = g.input("state", Dim.N, size);
    if (!(synthesis instanceof QuadratureMirrorTree tree)) {
      throw new IllegalArgumentException("no synthesis graph for " + synthesis.getClass());
    }
    List<Value> made = tree(g, tree, values, state);
    g.output("waveform", made.get(0), Dim.N, Dim.T);
    g.output("next_state", made.get(1), Dim.N, size);
    return g.build();
  }

  private static List<Value> tree(
      ModelBuilder g, QuadratureMirrorTree tree, Value values, Value state) {
    int sections = tree.sections();
    return g.node(
        QuadratureMirrorMerge.of(tree),
        List.of(
            values,
            state,
            g.initializer("even", tree.even(), sections),
            g.initializer("odd", tree.odd(), sections)),
        Attribute.of(QuadratureMirrorMerge.LEVELS, tree.levels()));
  }
}
