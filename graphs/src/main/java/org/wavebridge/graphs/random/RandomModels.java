package org.wavebridge.graphs.random;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.BidirectionalGru;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.CepstralBands;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.embeddinggru.EmbeddingGruNetwork;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.network.residualgru.SubBandGruNetwork;

/**
 * Models with random weights of any size, for benchmarks and conformance cases: noise comes out,
 * but every gate is alive. The same seed gives the same model.
 */
public final class RandomModels {
  private final RandomGenerator random;

  private RandomModels(long seed) {
    random = RandomGeneratorFactory.of("Xoroshiro128PlusPlus").create(seed);
  }

  /**
   * A dual-softmax vocoder.
   *
   * @param hidden H, even
   * @param mels features, and also the conditioning size
   * @param hop samples per frame
   * @param density share of blocks of the recurrent matrix that are kept
   * @param block block shape of the recurrent matrix; the rest is dense
   */
  public static VocoderModel dualSoftmax(
      long seed, int hidden, int mels, int hop, double density, BlockShape block) {
    return new RandomModels(seed).dual(24000, hidden, mels, hop, density, 1, block);
  }

  /**
   * A dual-softmax vocoder whose heads are sparse too.
   *
   * @param sampleRate in Hz; the hop is an eightieth of a second
   * @param hidden H, even
   * @param density share of blocks of the recurrent matrix that are kept
   * @param headDensity share of blocks of the four head matrices that are kept
   * @param block block shape of the sparse matrices; its height must divide their rows
   */
  public static VocoderModel dualSoftmax(
      long seed, int sampleRate, int hidden, double density, double headDensity, BlockShape block) {
    return new RandomModels(seed)
        .dual(sampleRate, hidden, 80, sampleRate / 80, density, headDensity, block);
  }

  /**
   * A residual GRU vocoder.
   *
   * @param hidden R
   * @param mels features
   * @param factors of the upsampling stages; their product is the hop
   * @param head any but that of several bands
   */
  public static VocoderModel residualGru(
      long seed, int hidden, int mels, List<Integer> factors, Head head) {
    return residualGru(seed, hidden, new ConditionerShape(mels, mels, 1, factors, 2), head);
  }

  /** A residual GRU vocoder with a conditioner of any size. */
  public static VocoderModel residualGru(
      long seed, int hidden, ConditionerShape conditioner, Head head) {
    return residualGru(seed, hidden, conditioner, head, 1, new BlockShape(1, 1));
  }

  /**
   * A residual GRU vocoder whose layers of every step are sparse, but for the mels.
   *
   * @param density share of blocks that are kept
   * @param block their shape; its height must divide R and the outputs
   */
  public static VocoderModel residualGru(
      long seed,
      int hidden,
      ConditionerShape conditioner,
      Head head,
      double density,
      BlockShape block) {
    return new RandomModels(seed).residual(hidden, conditioner, head, 1, density, block);
  }

  /**
   * A residual GRU vocoder of several bands.
   *
   * @param conditioner its factors make the steps of a frame
   * @param synthesis what merges the bands
   * @param density share of blocks that are kept of the layers of every step, but for the mels
   * @param block their shape; its height must divide R and the outputs of all bands
   */
  public static VocoderModel subBand(
      long seed,
      int hidden,
      ConditionerShape conditioner,
      Head head,
      BandSynthesis synthesis,
      double density,
      BlockShape block) {
    RandomModels random = new RandomModels(seed);
    int bands = synthesis.bands();
    VocoderModel one = random.residual(hidden, conditioner, head, bands, density, block);
    int steps = ((UpsampledMels) one.conditioner()).hop();
    SubBandGruNetwork network =
        new SubBandGruNetwork(
            steps,
            random.matrix("sample_weights", hidden, bands, 1),
            (ResidualGruNetwork) one.network(),
            synthesis);
    return new VocoderModel(
        one.family(),
        one.audio(),
        new FeatureFormat(one.features().mels(), steps * bands, Optional.empty()),
        one.conditioner(),
        network,
        Optional.empty());
  }

  /**
   * The size of a conditioner with two branches.
   *
   * @param mels features
   * @param channels of the aux branch; each of its four parts has a quarter of them
   * @param blocks residual blocks
   * @param factors of the upsampling stages; their product is the hop
   * @param pad frames at each end
   */
  public record ConditionerShape(
      int mels, int channels, int blocks, List<Integer> factors, int pad) {
    /** Copies the list. */
    public ConditionerShape {
      factors = List.copyOf(factors);
    }
  }

  /**
   * A multi-band vocoder: bands of 4 kHz together, causal convolutions of a quarter of the GRU's
   * size, two columns a frame.
   *
   * @param hidden H, a multiple of 8
   * @param mels features
   * @param synthesis what merges the bands
   * @param steps that a column holds for
   * @param mixtures components of a band
   * @param density share of blocks that are kept of the matrices in front of and inside the GRU
   * @param block their shape; its height must divide a quarter of H
   */
  public static VocoderModel multiBand(
      long seed,
      int hidden,
      int mels,
      BandSynthesis synthesis,
      int steps,
      int mixtures,
      double density,
      BlockShape block) {
    return new RandomModels(seed).multi(hidden, mels, synthesis, steps, mixtures, density, block);
  }

  /**
   * A vocoder with a GRU over embedded classes, conditioned by two layers of GRUs in both
   * directions, each of half the size.
   *
   * @param hidden H, even
   * @param mels features
   * @param hop samples per frame
   * @param classes C, a power of two
   */
  public static VocoderModel embeddingGru(
      long seed, int hidden, int mels, int hop, int classes, double density, BlockShape block) {
    return new RandomModels(seed).embedding(hidden, mels, hop, classes, density, block);
  }

  /** A tree of filters that part the spectrum, for 2^levels bands. */
  public static QuadratureMirrorTree tree(int levels) {
    return new QuadratureMirrorTree(
        levels, new float[] {0.098f, 0.564f, 0.874f}, new float[] {0.326f, 0.749f, 0.961f});
  }

  /**
   * The size of a context layer.
   *
   * @param width channels out
   * @param kernel taps
   * @param dilation time steps from one tap to the next
   * @param relu whether negative outputs become zero
   */
  public record ContextShape(int width, int kernel, int dilation, boolean relu) {}

  /**
   * A vocoder with subscale generation and a random context network.
   *
   * @param model any vocoder; everything else stays as it is
   * @param factor sub-tensors B, which the context network also counts as its channels
   * @param horizon future positions F
   * @param chunk positions whose contexts are computed at once
   * @param ownPast whether the context carries the sub-tensor's own past
   * @param layers at least one; the last gives the context
   */
  public static VocoderModel subscale(
      long seed,
      VocoderModel model,
      int factor,
      int horizon,
      int chunk,
      boolean ownPast,
      List<ContextShape> layers) {
    ContextNetwork context =
        new RandomModels(seed).context(model.network().inputSize(), factor, ownPast, layers);
    return model.with(new Subscale(factor, horizon, chunk, Optional.of(context)));
  }

  /**
   * An LPCNet of 20 features, of which it looks ahead two frames.
   *
   * @param hidden H, a multiple of the height of a block
   * @param second M
   * @param size values of a frame's condition, 16 or more
   * @param density share of blocks of the first recurrent matrix that are kept
   * @param block their shape
   * @param draw how an excitation is drawn
   * @param reflections whether the condition gives reflection coefficients, instead of the cepstrum
   */
  public static VocoderModel lpcNet(
      long seed,
      int hidden,
      int second,
      int size,
      double density,
      BlockShape block,
      ExcitationDraw draw,
      boolean reflections) {
    return new RandomModels(seed).lpc(hidden, second, size, density, block, draw, reflections);
  }

  private VocoderModel lpc(
      int hidden,
      int second,
      int size,
      double density,
      BlockShape block,
      ExcitationDraw draw,
      boolean reflections) {
    int classes = LpcNetNetwork.CLASSES;
    int features = 20;
    int embedded = 8;
    LpcNetNetwork network =
        new LpcNetNetwork(
            WeightMatrix.dense(
                "sample_weights", 3 * hidden, 3 * classes, uniform(9 * hidden * classes, 1)),
            uniform(3 * hidden, 0.5),
            sparse("recurrent", 3 * hidden, hidden, 0.9, density, block),
            matrix("second_input", 3 * second, hidden, 1),
            affine("second_recurrent", 3 * second, second, 0.9),
            affine("dual_dense", 2 * classes, second, 1),
            uniform(2 * classes, 2),
            draw);
    LpcNetConditioner conditioner =
        new LpcNetConditioner(
            features,
            33,
            WeightMatrix.dense(
                "pitch_embedding", classes, embedded, uniform(classes * embedded, 1)),
            convolved("first", size, features + embedded),
            convolved("second", size, size),
            affine("third", size, size, 1),
            affine("fourth", size, size, 1),
            affine("gates", 3 * hidden + 3 * second, size, 1),
            reflections ? Optional.empty() : Optional.of(CepstralBands.prediction(true)),
            0.9f,
            draw == ExcitationDraw.SOFTMAX,
            2);
    return new VocoderModel(
        "random",
        new AudioFormat(16000, 16, SampleEncoding.CONTINUOUS, 0.85f, 0),
        new FeatureFormat(features, 160, Optional.empty()),
        conditioner,
        network,
        Optional.empty(),
        Utterance.PLAIN.withFrames(0, 2));
  }

  private ContextLayer convolved(String name, int outputs, int inputs) {
    return new ContextLayer(
        matrix(name, outputs, 3 * inputs, 1), uniform(outputs, 0.3), 3, 1, false);
  }

  /**
   * A residual GRU vocoder with a speaker embedding.
   *
   * @param model one without; everything else stays as it is
   * @param size of the embedding
   */
  public static VocoderModel speaking(long seed, VocoderModel model, int size) {
    ResidualGruNetwork network = (ResidualGruNetwork) model.network();
    WeightMatrix columns = new RandomModels(seed).matrix("input_aux", network.hidden(), size, 1.4);
    UpsampledMels conditioner = (UpsampledMels) model.conditioner();
    return model.with(conditioner.withSpeaker(size)).with(network.speaking(columns));
  }

  private ContextNetwork context(
      int inputSize, int factor, boolean ownPast, List<ContextShape> shapes) {
    List<ContextLayer> layers = new ArrayList<>();
    int inputs = factor;
    for (ContextShape shape : shapes) {
      WeightMatrix weight =
          matrix("context_layer" + layers.size(), shape.width(), shape.kernel() * inputs, 1.4);
      float[] bias = uniform(shape.width(), 0.3);
      layers.add(new ContextLayer(weight, bias, shape.kernel(), shape.dilation(), shape.relu()));
      inputs = shape.width();
    }
    return new ContextNetwork(ownPast, layers, matrix("context_input", inputSize, inputs, 1));
  }

  private VocoderModel dual(
      int sampleRate,
      int hidden,
      int mels,
      int hop,
      double density,
      double headDensity,
      BlockShape block) {
    int half = hidden / 2;
    float[] sample = uniform(9 * hidden, 1);
    for (int gate = 0; gate < 3; gate++) {
      for (int row = 0; row < half; row++) {
        sample[(gate * hidden + row) * 3 + 2] = 0;
      }
    }
    WeightMatrix recurrent = matrix("recurrent", 3 * hidden, hidden, 0.9, density, block);
    DualSoftmaxNetwork network =
        new DualSoftmaxNetwork(
            affine("conditioning_weight", 3 * hidden, mels, 1),
            WeightMatrix.dense("sample_weights", 3 * hidden, 3, sample),
            new Affine(recurrent, uniform(3 * hidden, 0.3)),
            sparse("coarse_hidden", half, half, 2, headDensity, block),
            sparse("coarse_output", DualSoftmaxNetwork.CLASSES, half, 4, headDensity, block),
            sparse("fine_hidden", half, half, 2, headDensity, block),
            sparse("fine_output", DualSoftmaxNetwork.CLASSES, half, 4, headDensity, block),
            new float[] {128 / 127.5f - 1, -1});
    return new VocoderModel(
        "random",
        new AudioFormat(sampleRate, 16, SampleEncoding.LINEAR, 0, 0),
        new FeatureFormat(mels, hop, Optional.empty()),
        new FrameConvolutions(0, 1, List.of(convolution("conv1", mels, mels, 3))),
        network,
        Optional.empty());
  }

  private VocoderModel multi(
      int hidden,
      int mels,
      BandSynthesis synthesis,
      int steps,
      int mixtures,
      double density,
      BlockShape block) {
    int size = hidden / 4;
    int bands = synthesis.bands();
    Head.BandMixtures head = new Head.BandMixtures(bands, mixtures, 256, 1e-5f);
    MultiBandGruNetwork network =
        new MultiBandGruNetwork(
            2,
            matrix("sample_weights", 3 * hidden, bands, 0.5),
            sparse("recurrent", 3 * hidden, hidden, 0.9, density, block),
            sparse("projection", hidden / 2, hidden, 2, density, block),
            affine("band_output", bands * head.outputs(), hidden / 2, 1),
            head,
            synthesis);
    CausalConvolutions conditioner =
        new CausalConvolutions(
            0.5f,
            new ContextLayer(matrix("input", size, 3 * mels, 1), uniform(size, 0.3), 3, 1, false),
            List.of(
                new ContextLayer(
                    matrix("residual0", size, 2 * size, 0.5, density, block),
                    uniform(size, 0.3),
                    2,
                    1,
                    false),
                new ContextLayer(
                    matrix("residual1", size, 2 * size, 0.5), uniform(size, 0.3), 2, 2, false)),
            List.of(sparse("doubling0", 2 * size, size, 1, density, block)),
            List.of(
                affine("output0", hidden, size, 1),
                sparse("output1", 3 * hidden, hidden, 1, density, block)));
    return new VocoderModel(
        "random",
        new AudioFormat(4000 * bands, 16, SampleEncoding.LINEAR, 0, 0),
        new FeatureFormat(mels, 2 * steps * bands, Optional.empty()),
        conditioner,
        network,
        Optional.empty(),
        Utterance.WHOLE);
  }

  private VocoderModel embedding(
      int hidden, int mels, int hop, int classes, double density, BlockShape block) {
    int units = hidden / 2;
    BidirectionalGru conditioner =
        new BidirectionalGru(hop, List.of(both("gru0", units, mels), both("gru1", units, hidden)));
    EmbeddingGruNetwork network =
        new EmbeddingGruNetwork(
            WeightMatrix.dense(
                "sample_weights", classes, 3 * hidden, uniform(classes * 3 * hidden, 1)),
            affine("conditioning_weight", 3 * hidden, hidden, 1),
            sparse("recurrent", 3 * hidden, hidden, 0.9, density, block),
            affine("hidden", hidden, hidden, 2),
            affine("output", classes, hidden, 2));
    return new VocoderModel(
        "random",
        new AudioFormat(
            80 * hop, Integer.numberOfTrailingZeros(classes), SampleEncoding.MU_LAW_CENTRED, 0, 0),
        new FeatureFormat(mels, hop, Optional.empty()),
        conditioner,
        network,
        Optional.empty(),
        Utterance.WHOLE);
  }

  private BidirectionalGru.Layer both(String name, int units, int inputs) {
    return new BidirectionalGru.Layer(
        unit(name + "_forward", units, inputs), unit(name + "_backward", units, inputs));
  }

  private BidirectionalGru.Unit unit(String name, int units, int inputs) {
    return new BidirectionalGru.Unit(
        affine(name + "_input", 3 * units, inputs, 1),
        affine(name + "_recurrent", 3 * units, units, 1));
  }

  private VocoderModel residual(
      int hidden, ConditionerShape shape, Head head, int bands, double density, BlockShape block) {
    int mels = shape.mels();
    int channels = shape.channels();
    int aux = Math.max(1, channels / 4);
    List<UpsampledMels.Stage> stages = new ArrayList<>();
    for (int factor : shape.factors()) {
      float[] kernel = new float[2 * factor + 1];
      Arrays.fill(kernel, 1f / kernel.length);
      stages.add(new UpsampledMels.Stage(factor, kernel));
    }
    Convolution input = convolution("aux_input", channels, mels, 2 * shape.pad() + 1);
    List<AuxBranch.ResidualBlock> blocks = new ArrayList<>();
    for (int i = 0; i < shape.blocks(); i++) {
      blocks.add(
          new AuxBranch.ResidualBlock(
              convolution("aux_block" + i + "_first", channels, channels, 1),
              convolution("aux_block" + i + "_second", channels, channels, 1)));
    }
    UpsampledMels conditioner =
        new UpsampledMels(
            shape.pad(), stages, input, blocks, convolution("aux_output", 4 * aux, channels, 1));
    boolean continuous = head.categorical().isEmpty();
    Affine output =
        sparse("output", bands * head.outputs(), hidden, continuous ? 0.3 : 2, density, block);
    ResidualGruNetwork network =
        new ResidualGruNetwork(
            uniform(hidden, 1),
            aux("mel_weight", "input_aux", hidden, mels, aux, 1, block),
            sparse("gru1_input", 3 * hidden, hidden, 1, density, block),
            sparse("gru1_recurrent", 3 * hidden, hidden, 1, density, block),
            aux("gru2_input", "gru2_aux", 3 * hidden, hidden, aux, density, block),
            sparse("second_gru", 3 * hidden, hidden, 1, density, block),
            aux("fc1", "fc1_aux", hidden, hidden, aux, density, block),
            aux("fc2", "fc2_aux", hidden, hidden, aux, density, block),
            continuous ? quiet(output, head.outputs()) : output,
            head);
    int bits = continuous ? 16 : 31 - Integer.numberOfLeadingZeros(head.outputs());
    return new VocoderModel(
        "random",
        new AudioFormat(22050, bits, encoding(head), 0, 0),
        new FeatureFormat(mels, conditioner.hop(), Optional.empty()),
        conditioner,
        network,
        Optional.empty());
  }

  private static SampleEncoding encoding(Head head) {
    return head.categorical()
        .map(
            classes ->
                classes.amplitudes() ? SampleEncoding.MU_LAW_AMPLITUDES : SampleEncoding.MU_LAW)
        .orElse(SampleEncoding.CONTINUOUS);
  }

  /** Narrow components, so that samples are not clamped to the ends of the range. */
  private static Affine quiet(Affine output, int each) {
    float[] bias = output.bias().clone();
    for (int end = each; end <= bias.length; end += each) {
      Arrays.fill(bias, end - (each + 2) / 3, end, -4);
    }
    return new Affine(output.weight(), bias);
  }

  private AuxAffine aux(
      String weight,
      String auxName,
      int rows,
      int columns,
      int aux,
      double density,
      BlockShape block) {
    return new AuxAffine(
        matrix(weight, rows, columns, 1, density, block),
        matrix(auxName, rows, aux, 1),
        uniform(rows, 0.3));
  }

  private Affine affine(String name, int rows, int columns, double gain) {
    return new Affine(matrix(name, rows, columns, gain), uniform(rows, 0.3));
  }

  private WeightMatrix matrix(String name, int rows, int columns, double gain) {
    return WeightMatrix.dense(
        name, rows, columns, uniform(rows * columns, 1.7 * gain / Math.sqrt(columns)));
  }

  private Affine sparse(
      String name, int rows, int columns, double gain, double density, BlockShape block) {
    return new Affine(matrix(name, rows, columns, gain, density, block), uniform(rows, 0.3));
  }

  /** A matrix with some blocks of zeros; dense at a density of one. */
  private WeightMatrix matrix(
      String name, int rows, int columns, double gain, double density, BlockShape block) {
    if (density >= 1) {
      return matrix(name, rows, columns, gain);
    }
    float[] values =
        uniform(rows * columns, 1.7 * gain / Math.sqrt(Math.max(1, density * columns)));
    for (int row = 0; row < rows; row += block.height()) {
      for (int column = 0; column < columns; column += block.width()) {
        if (random.nextDouble() >= density) {
          clear(values, row, column, columns, block);
        }
      }
    }
    return new WeightMatrix(name, rows, columns, values, Optional.of(block));
  }

  private static void clear(float[] values, int row, int column, int columns, BlockShape block) {
    for (int i = 0; i < block.height(); i++) {
      for (int j = column; j < Math.min(columns, column + block.width()); j++) {
        values[(row + i) * columns + j] = 0;
      }
    }
  }

  private Convolution convolution(String name, int outputs, int inputs, int width) {
    return new Convolution(
        name,
        outputs,
        inputs,
        width,
        uniform(outputs * inputs * width, 1.7 / Math.sqrt(inputs * width)),
        uniform(outputs, 0.3));
  }

  private float[] uniform(int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * scale);
    }
    return values;
  }
}
