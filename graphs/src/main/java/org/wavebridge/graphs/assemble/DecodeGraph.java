package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.add;
import static org.wavebridge.graphs.onnx.StandardOps.cast;
import static org.wavebridge.graphs.onnx.StandardOps.clip;
import static org.wavebridge.graphs.onnx.StandardOps.constant;
import static org.wavebridge.graphs.onnx.StandardOps.div;
import static org.wavebridge.graphs.onnx.StandardOps.longs;
import static org.wavebridge.graphs.onnx.StandardOps.mul;
import static org.wavebridge.graphs.onnx.StandardOps.range;
import static org.wavebridge.graphs.onnx.StandardOps.size;
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

  private DecodeGraph(ModelBuilder g, VocoderModel model, Carry carry) {
    this.g = g;
    this.model = model;
    this.carry = carry;
  }

  static OnnxModel build(VocoderModel model) {
    ModelBuilder g = builder();
    Value audio = g.input("audio", Dim.N, Dim.T);
    Carry carry = Carry.on(g);
    outputs(g, model, audio, carry);
    carry.advance(size(g, audio, 1));
    return g.build();
  }

  /** Why no such graph decodes a model; empty where one does. */
  static Optional<String> refusal(VocoderModel model) {
    int cut = model.network().bandSynthesis().map(BandSynthesis::cut).orElse(0);
    if (cut > 0) {
      return Optional.of(
          "a graph that decodes: expected bands that make as many samples as they have, found a filter bank whose first %d samples are cut; merge them outside"
              .formatted(cut));
    }
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
    List<Value> made = SynthesisGraph.merged(g, synthesis.get(), expanded, state);
    carry.give("bands", made.get(1), size);
    return amplitudes(made.get(0), "no_levels", new float[0], "last", emphasis);
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
    Value count = size(g, waveform, 1);
    Value samples = carry.whole() ? count : g.input("samples", ElementType.INT64, Dim.N, Dim.of(1));
    Value fade = g.node("Min", List.of(samples, longs(g, longest)));
    Value index = add(g, carry.sample(), range(g, squeeze(g, count, 0)));
    Value place = sub(g, index, sub(g, samples, fade));
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
