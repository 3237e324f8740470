package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import java.util.Objects;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.CosineModulatedBank;
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
            "Merges the samples of %d bands: values [N, T], those of a step next to each other, to a waveform [N, T], %s;"
                    .formatted(synthesis.bands(), bounds(synthesis))
                + " the state [N, %d] is zero at the start: feed next_state to the next call."
                    .formatted(synthesis.stateSize()));
    Dim size = Dim.of(synthesis.stateSize());
    Value values = g.input("values", Dim.N, Dim.T);
    Value state = g.input("state", Dim.N, size);
    List<Value> made = merged(g, synthesis, values, state);
    g.output("waveform", made.get(0), Dim.N, Dim.T);
    g.output("next_state", made.get(1), Dim.N, size);
    return g.build();
  }

  private static String bounds(BandSynthesis synthesis) {
    return synthesis.cut() == 0
        ? "both in [-1, 1]"
        : "the values in [-1, 1]; the first %d samples of an utterance come before it: cut them, and give as many zeros after its last values"
            .formatted(synthesis.cut());
  }

  /** Values {@code [N, T]} and a state {@code [N, S]} to a waveform and the next state. */
  static List<Value> merged(ModelBuilder g, BandSynthesis synthesis, Value values, Value state) {
    return synthesis instanceof QuadratureMirrorTree tree
        ? tree(g, tree, values, state)
        : bank(g, (CosineModulatedBank) synthesis, values, state);
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

  /**
   * The filters in polyphase form, term by term: the order of the sum is fixed, so pieces of a
   * stream give the bits of the whole.
   */
  private static List<Value> bank(
      ModelBuilder g, CosineModulatedBank bank, Value values, Value state) {
    int bands = bank.bands();
    int history = bank.steps() - 1;
    Value joined = concat(g, 1, state, values);
    Value all = reshape(g, joined, 0, -1, bands);
    Value sum = null;
    for (int age = 0; age <= history; age++) {
      Value steps = slice(g, all, 1, history - age, age == 0 ? Long.MAX_VALUE : -age);
      List<Value> samples = split(g, steps, 2, bands);
      for (int band = 0; band < bands; band++) {
        String name = "filter_%d_%d".formatted(age, band);
        Value taps = g.initializer(name, bank.phases(band, age), bands);
        Value term = mul(g, samples.get(band), taps);
        sum = sum == null ? term : add(g, sum, term);
      }
    }
    Value made = Objects.requireNonNull(sum);
    Value waveform = reshape(g, bank.limited() ? clip(g, made, -1, 1) : made, 0, -1);
    return List.of(waveform, slice(g, joined, 1, (long) -bank.stateSize(), Long.MAX_VALUE));
  }
}
