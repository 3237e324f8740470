package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.add;
import static org.wavebridge.graphs.onnx.StandardOps.cast;
import static org.wavebridge.graphs.onnx.StandardOps.clip;
import static org.wavebridge.graphs.onnx.StandardOps.concat;
import static org.wavebridge.graphs.onnx.StandardOps.constant;
import static org.wavebridge.graphs.onnx.StandardOps.div;
import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.mul;
import static org.wavebridge.graphs.onnx.StandardOps.range;
import static org.wavebridge.graphs.onnx.StandardOps.size;
import static org.wavebridge.graphs.onnx.StandardOps.slice;
import static org.wavebridge.graphs.onnx.StandardOps.squeeze;
import static org.wavebridge.graphs.onnx.StandardOps.sub;
import static org.wavebridge.graphs.onnx.StandardOps.unary;

import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.MuLaw;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OnnxModel;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.DecodeValues;

/**
 * {@code decode}: what a network emits, audio {@code [N, T]}, to amplitudes {@code waveform [N, T]}
 * and 16-bit samples {@code pcm [N, T]}. Bands are merged, levels expanded, pre-emphasis taken
 * back, and the end faded, as far as the model says so.
 */
final class DecodeGraph {
  private static final float FULL_SCALE = 32768;

  private final ModelBuilder g;
  private final VocoderModel model;
  private final Carry carry;

  /** Samples that merging comes late and are cut: the first that calls give which follow others. */
  private final int late;

  /** Of calls that follow each other: the samples of the utterance, int64 {@code [N, 1]}. */
  private Optional<Value> samples = Optional.empty();

  private DecodeGraph(ModelBuilder g, VocoderModel model, Carry carry) {
    this.g = g;
    this.model = model;
    this.carry = carry;
    this.late = late(model);
  }

  /** Samples by which calls that follow each other are late. */
  static int late(VocoderModel model) {
    return model.network().bandSynthesis().map(BandSynthesis::cut).orElse(0);
  }

  /** Whether calls that follow each other take the samples of the utterance. */
  static boolean takesSamples(VocoderModel model) {
    return late(model) > 0 || model.utterance().fade(model.audio(), model.features().hop()) > 0;
  }

  static OnnxModel build(VocoderModel model) {
    ModelBuilder g = builder(model);
    following(g, model);
    return g.build();
  }

  /** Makes a graph for calls that follow each other; what they hand on. */
  static Carry following(ModelBuilder g, VocoderModel model) {
    Value audio = g.input("audio", Dim.N, Dim.T);
    Carry carry = Carry.on(g);
    outputs(g, model, audio, carry);
    carry.advance(size(g, audio, 1));
    return carry;
  }

  /** Why no such graph decodes a model; empty where one does. */
  static Optional<String> refusal(VocoderModel model) {
    boolean fades = model.utterance().fade(model.audio(), model.features().hop()) > 0;
    return fades && model.utterance().fadesEmphasised()
        ? Optional.of(
            "a graph that decodes: expected a fade after de-emphasis, found one before it; decode the values outside")
        : Optional.empty();
  }

  /** A graph that decodes. */
  static ModelBuilder builder() {
    return new ModelBuilder(
        "decode",
        "The values that a network emits, audio [N, T], as amplitudes, waveform [N, T], and as 16-bit samples, pcm [N, T]. Feed each next_ output to the input of that"
            + " name in the next call; all are zero at the start. Where the end of an utterance fades, sample [N, 1] is the index of the first value given, and samples [N, 1] how many the utterance has, 0 while that is not known.");
  }

  /** A graph for calls that follow each other. */
  static ModelBuilder builder(VocoderModel model) {
    int late = late(model);
    return late == 0
        ? builder()
        : new ModelBuilder(
            "decode",
            "The values that a network emits, audio [N, T], as amplitudes, waveform [N, T], and as 16-bit samples, pcm [N, T], %d samples late: drop so many at the start, and give so many values more at the end. Values from index samples [N, 1] on are silence, where that is not 0."
                    .formatted(late)
                + " Feed each next_ output to the input of that name in the next call; all are zero at the start. sample [N, 1] is the index of the first value given.");
  }

  /** Makes the amplitudes and samples of a network's values {@code [N, T]} outputs. */
  static void outputs(ModelBuilder g, VocoderModel model, Value audio, Carry carry) {
    DecodeGraph decode = new DecodeGraph(g, model, carry);
    Value waveform = decode.faded(decode.decoded(audio));
    g.output("waveform", waveform, Dim.N, Dim.T);
    Value levels = unary(g, "Round", mul(g, waveform, constant(g, FULL_SCALE)));
    Value limited = clip(g, levels, -FULL_SCALE, FULL_SCALE - 1);
    g.output("pcm", cast(g, limited, ElementType.INT16), ElementType.INT16, Dim.N, Dim.T);
  }

  /** Amplitudes, which of several bands are expanded before they are merged. */
  private Value decoded(Value audio) {
    float[] table = table(model.audio());
    float emphasis = model.audio().deEmphasis();
    Optional<BandSynthesis> synthesis = model.network().bandSynthesis();
    if (synthesis.isEmpty()) {
      return amplitudes(audio, "levels", table, "last", emphasis);
    }
    int size = synthesis.get().stateSize();
    Value state = carry.take("bands", new float[size]);
    Value expanded = amplitudes(audio, "levels", table, "none", 0);
    List<Value> made = SynthesisGraph.merged(g, synthesis.get(), silenced(expanded), state);
    carry.give("bands", made.get(1), size);
    return amplitudes(sounding(made.get(0)), "no_levels", new float[0], "last", emphasis);
  }

  /** The amplitudes of bands with silence after the utterance, which brings what merging owes. */
  private Value silenced(Value amplitudes) {
    if (late == 0) {
      return amplitudes;
    }
    Value silence = constant(g, 0);
    if (carry.whole()) {
      Value shape = concat(g, 0, size(g, amplitudes, 0), longs(g, owed()));
      return concat(g, 1, amplitudes, g.node("Expand", List.of(silence, shape)));
    }
    Value known = g.node("Greater", List.of(samples(), longs(g, 0)));
    Value beyond = g.node("GreaterOrEqual", List.of(indices(amplitudes), samples()));
    return g.node("Where", List.of(and(known, beyond), silence, amplitudes));
  }

  /**
   * What is merged without the samples before the utterance: cut, or where calls follow, silent.
   */
  private Value sounding(Value merged) {
    if (late == 0) {
      return merged;
    }
    if (carry.whole()) {
      long beyond = owed() - late;
      return slice(g, merged, 1, late, beyond == 0 ? Long.MAX_VALUE : -beyond);
    }
    Value before = g.node("Less", List.of(indices(merged), longs(g, late)));
    return g.node("Where", List.of(before, constant(g, 0), merged));
  }

  /** Values of silence, in whole steps, after which nothing is owed. */
  private long owed() {
    int bands = model.network().bandSynthesis().map(BandSynthesis::bands).orElse(1);
    return (long) (late + bands - 1) / bands * bands;
  }

  /** The indices of some values in their utterance, int64 {@code [N, T]}. */
  private Value indices(Value values) {
    return add(g, carry.sample(), range(g, squeeze(g, size(g, values, 1), 0)));
  }

  private Value samples() {
    if (samples.isEmpty()) {
      samples = Optional.of(g.input("samples", ElementType.INT64, Dim.N, Dim.of(1)));
    }
    return samples.get();
  }

  /**
   * Values to amplitudes.
   *
   * @param levels name of the table of {@link #table}
   * @param last name of what de-emphasis hands on
   * @param emphasis to take back; 0 for none
   */
  private Value amplitudes(
      Value values, String levels, float[] table, String last, float emphasis) {
    boolean emphasised = emphasis != 0;
    if (table.length == 0 && !emphasised) {
      return values;
    }
    boolean truncated =
        table.length > 0 && model.audio().encoding() == SampleEncoding.MU_LAW_TRUNCATED;
    DecodeValues.Form form = new DecodeValues.Form(table.length > 0, truncated, emphasised);
    Carry from = emphasised ? carry : Carry.nothing(g, size(g, values, 0));
    List<Value> made =
        g.node(
            DecodeValues.of(form),
            List.of(
                values,
                from.take(last, new float[DecodeValues.PARTS]),
                g.initializer(
                    levels, table, table.length / DecodeValues.PARTS, DecodeValues.PARTS)),
            Attribute.of(DecodeValues.TRUNCATED, truncated ? 1 : 0),
            Attribute.of(DecodeValues.DE_EMPHASIS, emphasis));
    if (emphasised) {
      carry.give(last, made.get(1), DecodeValues.PARTS);
    }
    return made.get(0);
  }

  /** The amplitude of each level in parts; none where a value is its amplitude. */
  private float[] table(AudioFormat audio) {
    double mu = Math.scalb(1.0, audio.bits()) - 1;
    return switch (audio.encoding()) {
      case LINEAR, MU_LAW_AMPLITUDES, CONTINUOUS -> new float[0];
      case MU_LAW -> {
        int classes = classes();
        yield table(classes, k -> MuLaw.expand(2 * k / (classes - 1f) - 1, mu));
      }
      case MU_LAW_CENTRED -> table(classes(), k -> MuLaw.expand(k * 2 / (mu + 1) - 1, mu));
      case MU_LAW_TRUNCATED -> table((int) mu + 1, k -> MuLaw.expand(2 * k / mu - 1, mu));
    };
  }

  private static float[] table(int levels, IntToDoubleFunction amplitude) {
    float[] table = new float[levels * DecodeValues.PARTS];
    for (int k = 0; k < levels; k++) {
      float[] parts = DecodeValues.parts(amplitude.applyAsDouble(k));
      System.arraycopy(parts, 0, table, k * parts.length, parts.length);
    }
    return table;
  }

  /** The classes that are all values of the network. */
  private int classes() {
    if (model.network().headKind() != HeadKind.CATEGORICAL) {
      throw new GraphException(
          "a graph that decodes mu-law: expected a network of classes, found %s; decode its values outside"
              .formatted(model.network().headKind()));
    }
    return model.network().outputs();
  }

  /** The last samples of an utterance times factors that fall from 1 to 0. */
  private Value faded(Value waveform) {
    long longest = model.utterance().fade(model.audio(), model.features().hop());
    if (longest == 0) {
      return waveform;
    }
    Value samples = carry.whole() ? size(g, waveform, 1) : samples();
    Value fade = g.node("Min", List.of(samples, longs(g, longest)));
    Value index = indices(waveform);
    Value heard = carry.whole() || late == 0 ? index : sub(g, index, longs(g, late));
    Value place = sub(g, heard, sub(g, samples, fade));
    Value one = cast(g, constant(g, 1), ElementType.DOUBLE);
    Value last = sub(g, cast(g, fade, ElementType.DOUBLE), one);
    Value factor = sub(g, one, div(g, cast(g, place, ElementType.DOUBLE), last));
    Value quieter = mul(g, cast(g, waveform, ElementType.DOUBLE), factor);
    Value inside =
        and(
            g.node("GreaterOrEqual", List.of(place, longs(g, 1))),
            g.node("Less", List.of(place, fade)));
    Value fades =
        model.utterance().fadesShort()
            ? inside
            : and(inside, g.node("Greater", List.of(samples, longs(g, longest))));
    return g.node("Where", List.of(fades, cast(g, quieter, ElementType.FLOAT), waveform));
  }

  private Value and(Value a, Value b) {
    return g.node("And", List.of(a, b));
  }
}
