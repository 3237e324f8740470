package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;

/**
 * Layers over the next frames of N sequences, one after the other: x {@code [N, F, C]} and what the
 * layers keep of the frames before, past {@code [N, S]}, to y {@code [N, F, V X]}, V vectors of
 * each frame, and next_past {@code [N, S]}. One node in place of some for each layer, so that a
 * call for a single frame costs little more than its products.
 */
public final class ConvolveFrames {
  /** Input: the flat weights. */
  public static final String LAYERS = "layers";

  private static final String CHANNELS = "channels";
  private static final String KERNELS = "kernels";
  private static final String DILATIONS = "dilations";
  private static final String OUTPUTS = "outputs";
  private static final String RELUS_BEFORE = "relus_before";
  private static final String RELUS = "relus";
  private static final String SKIPS = "skips";
  private static final String SPLITS = "splits";

  /**
   * One layer.
   *
   * @param convolution its taps; one tap where frames have more than one vector
   * @param reluBefore whether negative inputs become zero
   * @param skip what is added to the outputs: 0 nothing, 1 the inputs, 2 those of the layer before
   * @param split vectors into which the outputs are cut
   */
  public record Layer(ContextLayer convolution, boolean reluBefore, int skip, int split) {
    /** A convolution and nothing else. */
    public static Layer of(ContextLayer convolution) {
      return new Layer(convolution, false, 0, 1);
    }

    /** Values that the layer keeps of the frames before. */
    public int past() {
      return convolution.reach() * convolution.inputs();
    }
  }

  private static final List<OperatorAttribute> ATTRIBUTES =
      List.of(
          OperatorAttribute.integer(CHANNELS, 1, BlockSparseGemm.MOST_INPUTS, "C"),
          OperatorAttribute.integers(
              KERNELS, 1, BlockSparseGemm.MOST_INPUTS, "of each layer: taps; 1 to 1,024 layers"),
          OperatorAttribute.integers(DILATIONS, 1, 1 << 20, "of each layer: dilation"),
          OperatorAttribute.integers(
              OUTPUTS, 1, BlockSparseGemm.MOST_INPUTS, "of each layer: outputs"),
          OperatorAttribute.integers(
              RELUS_BEFORE, 0, 1, "of each layer: 1 where negative inputs become 0"),
          OperatorAttribute.integers(
              RELUS, 0, 1, "of each layer: 1 where negative outputs become 0"),
          OperatorAttribute.integers(
              SKIPS,
              0,
              2,
              "of each layer, what is added to its outputs: 0 nothing, 1 its inputs, 2 those of the layer before"),
          OperatorAttribute.integers(
              SPLITS, 1, 64, "of each layer: vectors into which its outputs are cut"));

  private ConvolveFrames() {}

  /** The operator, with the body of some layers, whose values are not read. */
  public static CustomOperator in(List<Layer> layers) {
    return new CustomOperator(
        "ConvolveFrames",
        "The next frames x [N, F, C] of N sequences, and what the layers keep of those before, past [N, S], through convolutions over frames and layers of single"
            + " vectors, one after the other: y [N, F, V X], the V vectors of a frame one after the other, and next_past [N, S]. The past is that of layer after"
            + " layer, of each the frames that it reads again, the oldest first. layers [Z]: for each layer its weight, row by row, and its bias. The body is made"
            + " for these layers.",
        List.of(
            OperatorTensor.values("x", "[N, F, C]"),
            OperatorTensor.values("past", "[N, S]"),
            OperatorTensor.constant(LAYERS, "[Z]")),
        List.of(
            OperatorTensor.values("y", "[N, F, V X]"),
            OperatorTensor.values("next_past", "[N, S]")),
        ATTRIBUTES,
        (g, inputs) -> body(g, inputs, layers));
  }

  /** The attributes of a node of some layers. */
  public static Attribute[] attributes(List<Layer> layers) {
    return new Attribute[] {
      Attribute.of(CHANNELS, layers.get(0).convolution().inputs()),
      list(KERNELS, layers, layer -> layer.convolution().kernel()),
      list(DILATIONS, layers, layer -> layer.convolution().dilation()),
      list(OUTPUTS, layers, layer -> layer.convolution().outputs()),
      list(RELUS_BEFORE, layers, layer -> layer.reluBefore() ? 1 : 0),
      list(RELUS, layers, layer -> layer.convolution().relu() ? 1 : 0),
      list(SKIPS, layers, Layer::skip),
      list(SPLITS, layers, Layer::split)
    };
  }

  private static Attribute list(String name, List<Layer> layers, ToLongFunction<Layer> value) {
    return Attribute.of(name, layers.stream().mapToLong(value).toArray());
  }

  /**
   * The taps of a layer beside each other.
   *
   * @param x {@code [N, F + reach, inputs]}
   * @return {@code [N, F, kernel * inputs]}
   */
  public static Value taps(Nodes g, Value x, ContextLayer layer) {
    if (layer.kernel() == 1) {
      return x;
    }
    int reach = layer.reach();
    List<Value> taps = new ArrayList<>();
    for (int k = 0; k < layer.kernel(); k++) {
      int start = k * layer.dilation();
      taps.add(slice(g, x, 1, start, start == reach ? Long.MAX_VALUE : start - reach));
    }
    return concat(g, 2, taps.toArray(Value[]::new));
  }

  private static List<Value> body(Nodes g, Map<String, Value> inputs, List<Layer> layers) {
    Value x = Inputs.get(inputs, "x");
    Value flat = Inputs.get(inputs, LAYERS);
    Joined joined = new Joined(g, Inputs.get(inputs, "past"));
    Value before = x;
    Value made = x;
    long at = 0;
    long perFrame = 1;
    long size = 0;
    for (Layer layer : layers) {
      ContextLayer convolution = layer.convolution();
      long biasAt = at + (long) convolution.outputs() * convolution.weight().columns();
      Value weight = reshape(g, slice(g, flat, 0, at, biasAt), convolution.outputs(), -1);
      at = biasAt + convolution.outputs();
      Value bias = slice(g, flat, 0, biasAt, at);
      Value read = joined.taps(layer.reluBefore() ? unary(g, "Relu", made) : made, convolution);
      Value result = add(g, g.node("MatMul", List.of(read, transpose(g, weight, 1, 0))), bias);
      result = convolution.relu() ? unary(g, "Relu", result) : result;
      if (layer.skip() > 0) {
        result = add(g, layer.skip() == 1 ? made : before, result);
      }
      before = made;
      size = perFrame * convolution.outputs();
      perFrame *= layer.split();
      made =
          layer.split() == 1
              ? result
              : reshape(g, result, 0, -1, convolution.outputs() / layer.split());
    }
    return List.of(perFrame == 1 ? made : reshape(g, made, 0, -1, size), joined.next());
  }

  /** Joins taps, with the past of layer after layer. */
  private static final class Joined {
    private final Nodes g;
    private final Value past;
    private final List<Value> next = new ArrayList<>();
    private long at;

    Joined(Nodes g, Value past) {
      this.g = g;
      this.past = past;
    }

    Value taps(Value x, ContextLayer layer) {
      int reach = layer.reach();
      if (reach == 0) {
        return x;
      }
      long size = (long) reach * layer.inputs();
      Value kept = reshape(g, slice(g, past, 1, at, at + size), 0, reach, layer.inputs());
      at += size;
      Value all = concat(g, 1, kept, x);
      next.add(reshape(g, slice(g, all, 1, -reach, Long.MAX_VALUE), 0, size));
      return ConvolveFrames.taps(g, all, layer);
    }

    Value next() {
      return next.isEmpty() ? past : concat(g, 1, next.toArray(Value[]::new));
    }
  }
}
