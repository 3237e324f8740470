package org.wavebridge.graphs.bundle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.assemble.Networks;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.NetworkKind;
import org.wavebridge.graphs.network.StoredNetwork;
import org.wavebridge.graphs.onnx.Letters;
import org.wavebridge.graphs.onnx.ParsedModel;
import org.wavebridge.graphs.op.SequenceAttributes;
import org.wavebridge.graphs.op.SubscaleContext;
import org.wavebridge.graphs.op.SubscaleLoop;

/** Reads a step network from the weights of a graph's fused operator. */
final class NetworkReader implements StoredNetwork {
  /** The values of all matrices with their zeros, which a graph takes when it is loaded. */
  private static final long MOST_VALUES = 1 << 27;

  private final ParsedModel graph;
  private final Profile profile;
  private final NetworkKind<?> kind;
  private final BundleManifest manifest;
  private final ParsedModel.Node node;
  private final Map<String, String> constants = new HashMap<>();
  private long dense;

  private NetworkReader(
      ParsedModel graph, Profile profile, NetworkKind<?> kind, BundleManifest manifest) {
    this.graph = graph;
    this.profile = profile;
    this.kind = kind;
    this.manifest = manifest;
    String name =
        profile.named(
            kind.operator() + (manifest.subscale().isPresent() ? "SubscaleGenerate" : "Generate"));
    // The names of the inputs are those of every form of the operator.
    List<String> names =
        kind.operators(profile).stream()
            .filter(operator -> operator.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new GraphException("no operator " + name))
            .inputNames();
    this.node = graph.node(name);
    if (node.inputs().size() != names.size()) {
      throw new GraphException(
          "node %s: expected %d inputs, found %d"
              .formatted(name, names.size(), node.inputs().size()));
    }
    for (int i = 0; i < names.size(); i++) {
      constants.put(names.get(i), node.inputs().get(i));
    }
  }

  /**
   * A reader of a bundle's graph.
   *
   * @param graph {@code subscale_generate} in subscale generation, else {@code generate}
   */
  static NetworkReader of(ParsedModel graph, Profile profile, BundleManifest manifest) {
    return new NetworkReader(graph, profile, Networks.named(manifest.network().kind()), manifest);
  }

  /**
   * The context network; empty where sub-tensors are independent.
   *
   * @param inputSize rows of the matrix that joins a context to the input of a step
   */
  Optional<ContextNetwork> context(BundleManifest.SubscalePart part, int inputSize) {
    if (part.contextSize() == 0) {
      return Optional.empty();
    }
    long[] kernels = node.integers(SubscaleLoop.CONTEXT_KERNELS);
    long[] dilations = node.integers(SubscaleLoop.CONTEXT_DILATIONS);
    long[] outputs = node.integers(SubscaleLoop.CONTEXT_OUTPUTS);
    long[] relus = node.integers(SubscaleLoop.CONTEXT_RELUS);
    float[] flat = floats(SubscaleContext.LAYERS);
    List<ContextLayer> layers = new ArrayList<>();
    int columns = node.integer(SubscaleLoop.CONTEXT_CHANNELS);
    int at = 0;
    for (int i = 0; i < kernels.length; i++) {
      int rows = Math.toIntExact(outputs[i]);
      int kernel = Math.toIntExact(kernels[i]);
      int bias = at + rows * kernel * columns;
      WeightMatrix weight =
          WeightMatrix.dense(
              "context_layer" + i, rows, kernel * columns, Arrays.copyOfRange(flat, at, bias));
      at = bias + rows;
      layers.add(
          new ContextLayer(
              weight,
              Arrays.copyOfRange(flat, bias, at),
              kernel,
              Math.toIntExact(dilations[i]),
              relus[i] == 1));
      columns = rows;
    }
    return Optional.of(
        new ContextNetwork(
            part.ownPast(), layers, matrix("context_input", inputSize, part.contextSize())));
  }

  StepNetwork network() {
    return kind.read(this);
  }

  @Override
  public Layers layers(Layers sample, List<LayerRow> rows, Letters known) {
    for (LayerRow row : rows) {
      row.bias().ifPresent(bias -> known.learn(row.rows(), floats(bias).length));
    }
    for (LayerRow row : rows) {
      WeightMatrix weight = matrix(row, known);
      if (row.bias().isPresent()) {
        sample.add(row, new Affine(weight, floats(row.biasName())));
      } else {
        sample.add(row, weight);
      }
    }
    return sample;
  }

  @Override
  public float[] sample() {
    return floats(LayerRow.SAMPLE_WEIGHTS);
  }

  @Override
  public int integer(String attribute) {
    return node.integer(attribute);
  }

  @Override
  public long[] integers(String attribute) {
    return node.integers(attribute);
  }

  @Override
  public float real(String attribute) {
    return node.real(attribute);
  }

  @Override
  public float[] reals(String attribute) {
    return node.reals(attribute);
  }

  @Override
  public HeadKind head() {
    return manifest.network().head();
  }

  @Override
  public int outputs() {
    return manifest.network().outputs();
  }

  @Override
  public boolean amplitudes() {
    return manifest.audio().encoding() == SampleEncoding.MU_LAW_AMPLITUDES;
  }

  @Override
  public float[] initialPrevious() {
    List<Float> initial = manifest.network().initialPrevious();
    float[] previous = new float[initial.size()];
    for (int i = 0; i < previous.length; i++) {
      previous[i] = initial.get(i);
    }
    return previous;
  }

  @Override
  public int conditioningSize() {
    return manifest.conditioning().get(0).size();
  }

  @Override
  public BandSynthesis synthesis() {
    return manifest.bands().orElseThrow().synthesis();
  }

  private WeightMatrix matrix(LayerRow row, Letters known) {
    int rows = Math.toIntExact(known.value(row.rows()));
    int columns = Math.toIntExact(known.value(row.columns()));
    if (!profile.quantises(row)) {
      return matrix(row.name(), rows, columns);
    }
    BlockLayout layout = layout(row.name(), rows, columns);
    byte[] whole = layout.dense(graph.int8(constant(row.name() + "_blocks")));
    float[] scales = floats(row.name() + "_scales");
    float[] values = new float[whole.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = whole[i] * scales[i / columns];
    }
    Int8Weights int8 =
        new Int8Weights(whole, scales, row.int8() == LayerRow.Int8.BOUNDED, activations());
    return new WeightMatrix(row.name(), rows, columns, values, layout.sparse(), Optional.of(int8));
  }

  private Activations activations() {
    return Activations.of(
        node.has(SequenceAttributes.ACTIVATION_BITS)
            ? integer(SequenceAttributes.ACTIVATION_BITS)
            : Activations.BITS_8.bits());
  }

  /** A matrix in f32. */
  private WeightMatrix matrix(String name, int rows, int columns) {
    BlockLayout layout = layout(name, rows, columns);
    float[] values = layout.dense(floats(name + "_blocks"));
    return new WeightMatrix(name, rows, columns, values, layout.sparse());
  }

  private BlockLayout layout(String name, int rows, int columns) {
    dense += (long) rows * columns;
    if (columns < 0 || dense > MOST_VALUES) {
      throw new GraphException(
          "weight '%s': expected matrices of at most %,d values in all, found more"
              .formatted(name, MOST_VALUES));
    }
    int[] shape = graph.shape(constant(name + "_blocks"));
    return BlockLayout.of(shape, rows, columns, ints(name + "_columns"), ints(name + "_rows"));
  }

  private float[] floats(String input) {
    return graph.floats(constant(input));
  }

  private int[] ints(String input) {
    return graph.ints(constant(input));
  }

  private String constant(String input) {
    String name = constants.get(input);
    if (name == null) {
      throw new GraphException("the graph's operator has no input '" + input + "'");
    }
    return name;
  }
}
