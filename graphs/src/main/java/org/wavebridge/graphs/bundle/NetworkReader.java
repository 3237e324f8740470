package org.wavebridge.graphs.bundle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.model.ResidualGruNetwork;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.ParsedModel;
import org.wavebridge.graphs.op.DualSoftmaxGenerate;
import org.wavebridge.graphs.op.DualSoftmaxSubscaleGenerate;
import org.wavebridge.graphs.op.MultiBandGruGenerate;
import org.wavebridge.graphs.op.Profile;
import org.wavebridge.graphs.op.ResidualGruGenerate;
import org.wavebridge.graphs.op.ResidualGruSubscaleGenerate;
import org.wavebridge.graphs.op.SubscaleContext;
import org.wavebridge.graphs.op.SubscaleLoop;

/** Reads a step network from the weights of a graph's fused operator. */
final class NetworkReader {
  /** The values of all matrices with their zeros, which a graph takes when it is loaded. */
  private static final long MOST_VALUES = 1 << 27;

  private final ParsedModel graph;
  private final Profile profile;
  private final ParsedModel.Node node;
  private final Map<String, String> constants = new HashMap<>();
  private long dense;

  private NetworkReader(ParsedModel graph, Profile profile, CustomOperator operator) {
    this.graph = graph;
    this.profile = profile;
    this.node = graph.node(operator.name());
    List<String> names = operator.inputNames();
    if (node.inputs().size() != names.size()) {
      throw new GraphException(
          "node %s: expected %d inputs, found %d"
              .formatted(operator.name(), names.size(), node.inputs().size()));
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
    // The names of the inputs do not depend on the context network.
    Optional<Subscale> subscale =
        manifest
            .subscale()
            .map(p -> new Subscale(p.factor(), p.horizon(), p.chunk(), Optional.empty()));
    CustomOperator operator =
        switch (manifest.network().head()) {
          case DUAL_SOFTMAX ->
              subscale
                  .map(folding -> DualSoftmaxSubscaleGenerate.in(profile, folding))
                  .orElseGet(() -> DualSoftmaxGenerate.in(profile));
          case BAND_MIXTURES -> MultiBandGruGenerate.in(profile);
          case CATEGORICAL, MIXTURE_OF_LOGISTICS, GAUSSIAN ->
              subscale
                  .map(
                      folding ->
                          ResidualGruSubscaleGenerate.in(profile, new Head.Categorical(2), folding))
                  .orElseGet(() -> ResidualGruGenerate.in(profile, new Head.Categorical(2)));
        };
    return new NetworkReader(graph, profile, operator);
  }

  /**
   * The context network; empty where sub-tensors are independent.
   *
   * @param inputSize rows of the matrix that joins a context to the input of a step
   */
  Optional<ContextNetwork> context(SubscalePart part, int inputSize) {
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

  StepNetwork network(BundleManifest manifest) {
    return switch (manifest.network().head()) {
      case DUAL_SOFTMAX -> dualSoftmax(manifest.network().initialPrevious());
      case CATEGORICAL, MIXTURE_OF_LOGISTICS, GAUSSIAN -> residualGru(manifest);
      case BAND_MIXTURES -> multiBandGru(manifest);
    };
  }

  private DualSoftmaxNetwork dualSoftmax(List<Float> initial) {
    int hidden = floats("recurrent_bias").length / 3;
    float[] previous = new float[initial.size()];
    for (int i = 0; i < previous.length; i++) {
      previous[i] = initial.get(i);
    }
    Affine coarseHidden = affine("coarse_hidden", hidden / 2);
    Affine fineHidden = affine("fine_hidden", hidden / 2);
    return new DualSoftmaxNetwork(
        new Affine(
            matrix(
                "conditioning_weight",
                3 * hidden,
                node.integer(DualSoftmaxGenerate.CONDITIONING_SIZE)),
            floats("conditioning_bias")),
        WeightMatrix.dense("sample_weights", 3 * hidden, 3, floats("sample_weights")),
        affine("recurrent", hidden),
        coarseHidden,
        affine("coarse_output", coarseHidden.bias().length),
        fineHidden,
        affine("fine_output", fineHidden.bias().length),
        previous);
  }

  private ResidualGruNetwork residualGru(BundleManifest manifest) {
    long[] aux = node.integers(ResidualGruGenerate.AUX_SIZES);
    int hidden = floats("gru1_recurrent_bias").length / 3;
    AuxAffine fc1 = aux("fc1", "fc1_aux", "fc1_bias", hidden, aux[2]);
    AuxAffine fc2 = aux("fc2", "fc2_aux", "fc2_bias", fc1.bias().length, aux[3]);
    return new ResidualGruNetwork(
        floats("sample_weights"),
        aux(
            "mel_weight",
            "input_aux",
            "input_bias",
            node.integer(ResidualGruGenerate.MELS),
            aux[0]),
        new Affine(matrix("gru1_input", 3 * hidden, hidden), floats("gru1_bias")),
        affine("gru1_recurrent", hidden),
        aux("gru2_input", "gru2_aux", "gru2_bias", hidden, aux[1]),
        affine("gru2_recurrent", hidden),
        fc1,
        fc2,
        affine("output", fc2.bias().length),
        head(manifest));
  }

  private Head head(BundleManifest manifest) {
    boolean amplitudes = manifest.audio().encoding() == SampleEncoding.MU_LAW_AMPLITUDES;
    return switch (manifest.network().head()) {
      case GAUSSIAN -> new Head.Gaussian();
      case MIXTURE_OF_LOGISTICS ->
          new Head.MixtureOfLogistics(node.integer(ResidualGruGenerate.MIXTURES));
      default -> new Head.Categorical(manifest.network().outputs(), amplitudes);
    };
  }

  private MultiBandGruNetwork multiBandGru(BundleManifest manifest) {
    int hidden = floats("recurrent_bias").length / 3;
    BandSynthesis synthesis = manifest.bands().orElseThrow().synthesis();
    Affine projection = affine("projection", hidden);
    int vectors = manifest.conditioning().get(0).size() / (3 * hidden);
    return new MultiBandGruNetwork(
        vectors,
        WeightMatrix.dense(
            "sample_weights", 3 * hidden, synthesis.bands(), floats("sample_weights")),
        affine("recurrent", hidden),
        projection,
        affine("band_output", projection.bias().length),
        new Head.BandMixtures(
            synthesis.bands(),
            node.integer(ResidualGruGenerate.MIXTURES),
            node.real(MultiBandGruGenerate.LEVELS_PER_UNIT),
            node.real(MultiBandGruGenerate.UNIFORM_MARGIN)),
        synthesis);
  }

  /** A layer whose bias is named after its weight. */
  private Affine affine(String name, int columns) {
    float[] bias = floats(name + "_bias");
    return new Affine(matrix(name, bias.length, columns), bias);
  }

  private AuxAffine aux(String weight, String aux, String bias, int columns, long auxColumns) {
    float[] values = floats(bias);
    return new AuxAffine(
        matrix(weight, values.length, columns),
        matrix(aux, values.length, Math.toIntExact(auxColumns)),
        values);
  }

  private WeightMatrix matrix(String name, int rows, int columns) {
    dense += (long) rows * columns;
    if (columns < 0 || dense > MOST_VALUES) {
      throw new GraphException(
          "weight '%s': expected matrices of at most %,d values in all, found more"
              .formatted(name, MOST_VALUES));
    }
    int[] shape = graph.shape(constant(name + "_blocks"));
    BlockLayout layout =
        BlockLayout.of(shape, rows, columns, ints(name + "_columns"), ints(name + "_rows"));
    Optional<BlockShape> blocks = layout.sparse();
    if (!profile.quantises(name)) {
      float[] values = layout.dense(floats(name + "_blocks"));
      return new WeightMatrix(name, rows, columns, values, blocks);
    }
    byte[] whole = layout.dense(graph.int8(constant(name + "_blocks")));
    float[] scales = floats(name + "_scales");
    float[] values = new float[whole.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = whole[i] * scales[i / columns];
    }
    Int8Weights int8 = new Int8Weights(whole, scales, profile.boundedInput(name));
    return new WeightMatrix(name, rows, columns, values, blocks, Optional.of(int8));
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
