package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.List;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.CanonicalTanh;
import org.wavebridge.graphs.op.LinearPrediction;
import org.wavebridge.graphs.op.ReflectionPrediction;

/**
 * The layers of LPCNet's conditioner. Its conditioning is late by the frames that it looks ahead,
 * so what belongs to a frame alone is delayed by as many.
 */
public final class LpcNetLayers {
  /** Constant: the embedding of the pitch, {@code [256, size]}. */
  public static final String EMBEDDING = "pitch_embedding";

  /** Constant: the smallest and the largest row of the embedding. */
  public static final String PITCH_RANGE = "pitch_range";

  /** Constant: how a gain becomes a sharpening; only where there is one. */
  public static final String GAIN = "gain";

  private static final float PITCH_SCALE = 50;
  private static final float PITCH_SHIFT = 2.002f;

  /** The gain from which a distribution is sharpened, and how fast. */
  private static final float[] GAIN_RANGE = {1f / 3, 1.5f};

  private final ModelBuilder g;
  private final FrameLayers layers;
  private final Past past;
  private final LpcNetConditioner conditioner;

  LpcNetLayers(ModelBuilder g, Value rows, Past past, LpcNetConditioner conditioner) {
    this.g = g;
    this.layers = new FrameLayers(g, rows);
    this.past = past;
    this.conditioner = conditioner;
  }

  /** Values that {@link #of} keeps of earlier frames. */
  static int stateSize(LpcNetConditioner conditioner) {
    int delayed =
        (conditioner.cepstral().isPresent() ? LpcNetNetwork.ORDER : 0)
            + (conditioner.sharpened() ? 1 : 0);
    return 1
        + conditioner.first().reach() * conditioner.first().inputs()
        + conditioner.second().reach() * conditioner.second().inputs()
        + delayed * conditioner.lookAhead();
  }

  /** Frames {@code [N, F, M]} to conditioning {@code [N, F, 3H + 3M + 17]}. */
  Value of(Value frames) {
    Value used = slice(g, frames, 2, 0, conditioner.features());
    Value embedded =
        gather(g, initializer(EMBEDDING, conditioner), squeeze(g, pitch(frames), 2), 0);
    Value ones = ones(frames);
    Value first = convolved(concat(g, 2, used, embedded), conditioner.first());
    Value begun = slice(g, past.join(ones, "begun", new float[1][1]), 1, 0, -1);
    Value second =
        convolved(mul(g, layers.frames(first, conditioner.size()), begun), conditioner.second());
    Value condition = dense(dense(second, conditioner.third()), conditioner.fourth());
    Value gates =
        layers.frames(
            layers.product(condition, single(conditioner.gates())),
            conditioner.gates().weight().rows());
    return concat(g, 2, gates, coefficients(frames, condition), sharpening(frames, ones));
  }

  /** tanh of a convolution, {@code [N F, size]}; before the first frame there are zeros. */
  private Value convolved(Value x, ContextLayer layer) {
    float[][] before = new float[layer.reach()][layer.inputs()];
    return tanh(layers.convolve(past.join(x, layer.weight().name(), before), layer));
  }

  private Value dense(Value x, Affine layer) {
    return tanh(layers.product(x, single(layer)));
  }

  private Value tanh(Value x) {
    return g.node(CanonicalTanh.OPERATOR, List.of(x)).get(0);
  }

  private Value initializer(String name, LpcNetConditioner of) {
    return g.initializer(
        name, of.embedding().values(), of.embedding().rows(), of.embedding().columns());
  }

  /** The row of the embedding of each frame, int64 {@code [N, F, 1]}. */
  private Value pitch(Value frames) {
    int at = conditioner.pitchFeature();
    Value shifted = add(g, slice(g, frames, 2, at, at + 1), constant(g, PITCH_SHIFT));
    Value scaled = mul(g, shifted, constant(g, PITCH_SCALE));
    Value range =
        g.initializer(
            PITCH_RANGE,
            new float[] {conditioner.lowestPitch(), LpcNetConditioner.HIGHEST_PITCH},
            2);
    Value lowest = slice(g, range, 0, 0, 1);
    Value highest = slice(g, range, 0, 1, 2);
    Value limited =
        g.node("Min", List.of(g.node("Max", List.of(unary(g, "Floor", scaled), lowest)), highest));
    return cast(g, limited, ElementType.INT64);
  }

  /** A one for each frame, {@code [N, F, 1]}. */
  private Value ones(Value frames) {
    Value shape = concat(g, 0, size(g, frames, 0), size(g, frames, 1), longs(g, 1));
    return g.node("Expand", List.of(constant(g, 1), shape));
  }

  private Value coefficients(Value frames, Value condition) {
    return conditioner
        .cepstral()
        .map(cepstral -> delayed(ofCepstrum(frames, cepstral), "coefficients", LpcNetNetwork.ORDER))
        .orElseGet(() -> ofReflections(condition));
  }

  private Value ofCepstrum(Value frames, LpcNetConditioner.Cepstral cepstral) {
    int bands = cepstral.logEnergies().weight().columns();
    Value cepstrum = reshape(g, slice(g, frames, 2, 0, bands), -1, bands);
    Value logEnergies = layers.product(cepstrum, single(cepstral.logEnergies()));
    Value matrix =
        g.initializer(
            LinearPrediction.AUTOCORRELATION,
            cepstral.autocorrelation().values(),
            cepstral.autocorrelation().rows(),
            cepstral.autocorrelation().columns());
    Value made =
        g.node(
                LinearPrediction.OPERATOR,
                List.of(logEnergies, matrix),
                Attribute.of(LinearPrediction.NOISE_FLOOR, cepstral.noiseFloor()),
                Attribute.of(LinearPrediction.GAMMA, conditioner.gamma()))
            .get(0);
    return layers.frames(made, LpcNetNetwork.ORDER);
  }

  private Value ofReflections(Value condition) {
    Value made =
        g.node(
                ReflectionPrediction.OPERATOR,
                List.of(slice(g, condition, 1, 0, LpcNetNetwork.ORDER)),
                Attribute.of(LinearPrediction.GAMMA, conditioner.gamma()))
            .get(0);
    return layers.frames(made, LpcNetNetwork.ORDER);
  }

  private Value sharpening(Value frames, Value ones) {
    if (!conditioner.sharpened()) {
      return ones;
    }
    int at = conditioner.gainFeature();
    Value range = g.initializer(GAIN, GAIN_RANGE, 2);
    Value shifted = sub(g, slice(g, frames, 2, at, at + 1), slice(g, range, 0, 0, 1));
    Value scaled = mul(g, shifted, slice(g, range, 0, 1, 2));
    return delayed(add(g, ones, unary(g, "Relu", scaled)), "sharpening", 1);
  }

  /** What belongs to a frame, when the conditioning of that frame is there. */
  private Value delayed(Value x, String name, int size) {
    int frames = conditioner.lookAhead();
    return frames == 0 ? x : slice(g, past.join(x, name, new float[frames][size]), 1, 0, -frames);
  }

  private static ContextLayer single(Affine layer) {
    return new ContextLayer(layer.weight(), layer.bias(), 1, 1, false);
  }
}
