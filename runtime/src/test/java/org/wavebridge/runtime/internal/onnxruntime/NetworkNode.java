package org.wavebridge.runtime.internal.onnxruntime;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.embeddinggru.EmbeddingGruNetwork;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ConditionerShape;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.runtime.spi.Tensor;

/**
 * A random network with random inputs of some rows: as a one-node model, and what the reference
 * makes of them in canonical arithmetic.
 */
abstract class NetworkNode {
  static final int SAMPLES_PER_FRAME = 4;
  static final float TEMPERATURE = 0.9f;
  private static final BlockShape BLOCK = new BlockShape(4, 4);

  private final String operator;
  private final VocoderModel model;
  private final Profile profile;
  private final int rows;
  private final int samples;
  private final int frames;
  private final int perFrame;
  private final int perSample;
  private final float[] ofFrames;
  private final float[] ofSamples;
  private final float[] uniforms;
  private final float[] audio;
  private final float[] previous;
  private final float[] state;

  /**
   * Inputs of a network.
   *
   * @param model whose network it is
   * @param perFrame values of the conditioning, or of its aux part, in a frame
   * @param perSample mels of a sample, or 0
   */
  private NetworkNode(
      String operator,
      VocoderModel model,
      long seed,
      Profile profile,
      int rows,
      int samples,
      int perFrame,
      int perSample) {
    RandomNumbers random = new RandomNumbers(seed);
    this.operator = operator;
    this.model =
        model.with(
            model
                .network()
                .with(model.network().layers().map((row, matrix) -> stored(row, matrix, profile))));
    this.profile = profile;
    this.rows = rows;
    this.samples = samples;
    this.perFrame = perFrame;
    this.perSample = perSample;
    frames = (samples + SAMPLES_PER_FRAME - 1) / SAMPLES_PER_FRAME;
    ofFrames = random.numbers(rows * frames * perFrame, 1);
    ofSamples = random.numbers(rows * samples * perSample, 1);
    StepNetwork network = model.network();
    uniforms = random.uniforms(rows * samples * network.draws());
    audio = random.samples(rows * samples);
    previous = random.numbers(rows * network.initialPrevious().length, 1);
    state = random.numbers(rows * network.stateSize(), 1);
  }

  /** Every weight in blocks, which may stick out, and those of the sample path in int8 if so. */
  private static WeightMatrix stored(LayerRow layer, WeightMatrix matrix, Profile profile) {
    int height = matrix.rows() % BLOCK.height() == 0 ? BLOCK.height() : matrix.rows();
    WeightMatrix blocks =
        matrix.in(new BlockShape(height, Math.max(1, Math.min(BLOCK.width(), matrix.columns()))));
    if (!profile.quantises(layer)) {
      return blocks;
    }
    RandomNumbers random = new RandomNumbers(matrix.name().hashCode());
    byte[] values = random.int8(matrix.values().length);
    float[] scales = random.numbers(matrix.rows(), 1);
    float[] products = new float[values.length];
    for (int i = 0; i < products.length; i++) {
      int row = i / matrix.columns();
      if (i % matrix.columns() == 0) {
        scales[row] = (1.5f + scales[row]) / (127 * (float) Math.sqrt(matrix.columns()));
      }
      products[i] = values[i] * scales[row];
    }
    return new WeightMatrix(
        matrix.name(),
        matrix.rows(),
        matrix.columns(),
        products,
        blocks.blocks(),
        Optional.of(
            new Int8Weights(
                values,
                scales,
                layer.int8() == LayerRow.Int8.BOUNDED,
                profile.activations().orElseThrow())));
  }

  final VocoderModel model() {
    return model;
  }

  final StepNetwork network() {
    return model.network();
  }

  final int samples() {
    return samples;
  }

  final float[] previous() {
    return previous;
  }

  final float[] state() {
    return state;
  }

  /** A model of one of the network's operators, without inputs. */
  final OneNodeModel node(String kind, String output) {
    OneNodeModel node =
        new OneNodeModel(profile.named(operator + kind), output, "next_previous", "next_state")
            .attribute("samples_per_frame", SAMPLES_PER_FRAME);
    return profile == Profile.INT8_12 ? node.attribute("activation_bits", 12) : node;
  }

  /**
   * Adds the conditioning.
   *
   * @param batch the rows, or nothing where the operator takes one utterance
   */
  final OneNodeModel conditioning(OneNodeModel node, long... batch) {
    if (perSample == 0) {
      return node.input("conditioning", ofFrames, shape(batch, frames, perFrame));
    }
    return node.input("mels", ofSamples, shape(batch, samples, perSample))
        .input("aux", ofFrames, shape(batch, frames, perFrame));
  }

  /** Adds the uniforms; see {@link #conditioning(OneNodeModel, long...)}. */
  final OneNodeModel uniforms(OneNodeModel node, long... batch) {
    return node.input("uniforms", uniforms, shape(batch, samples, network().draws()));
  }

  private static long[] shape(long[] batch, long... rest) {
    return LongStream.concat(Arrays.stream(batch), Arrays.stream(rest)).toArray();
  }

  /** Adds the network's attributes. */
  abstract void attributes(OneNodeModel node, boolean score);

  /** Adds the network's weights, in the order of {@code docs/operators.md}. */
  abstract void constants(OneNodeModel node);

  /** Generates, or scores the given samples. */
  final OneNodeModel node(boolean score) {
    OneNodeModel node = node(score ? "Score" : "Generate", score ? "logits" : "audio");
    attributes(node, score);
    conditioning(node, rows);
    if (score) {
      node.input("audio_in", audio, rows, samples);
    } else {
      uniforms(node, rows);
    }
    node.input("previous", previous, rows, network().initialPrevious().length);
    node.input("state", state, rows, network().stateSize());
    if (!score) {
      node.input("temperature", Tensor.repeated(TEMPERATURE, rows).values(), rows);
    }
    constants(node);
    return node;
  }

  /** The outputs of the model: audio or logits, next previous values, next state. */
  final List<float[]> expected(boolean score) {
    ReferenceNetwork reference = ReferenceNetwork.of(network(), Arithmetic.CANONICAL_F32);
    RowValues outputs = new RowValues();
    RowValues lastPrevious = new RowValues();
    RowValues lastState = new RowValues();
    for (int row = 0; row < rows; row++) {
      Conditioning conditioning = conditioning(row);
      ReferenceState now =
          ReferenceState.of(RowValues.of(previous, row, rows), RowValues.of(state, row, rows));
      for (int t = 0; t < samples; t++) {
        if (score) {
          outputs.add(reference.score(now, conditioning, t, audio[row * samples + t]));
        } else {
          double[] drawn = drawn(row * samples + t);
          outputs.add(reference.draw(now, conditioning, t, drawn, TEMPERATURE).audio());
        }
      }
      lastPrevious.add(now.previous());
      lastState.add(now.hidden());
    }
    return List.of(outputs.floats(), lastPrevious.floats(), lastState.floats());
  }

  /** The uniforms of a sample, counted over all rows. */
  final double[] drawn(int sample) {
    int draws = network().draws();
    return RowValues.doubles(Arrays.copyOfRange(uniforms, sample * draws, (sample + 1) * draws));
  }

  /** The conditioning of a row as the reference takes it. */
  final Conditioning conditioning(int row) {
    return new Conditioning(
        SAMPLES_PER_FRAME,
        RowValues.table(RowValues.of(ofFrames, row, rows), frames, perFrame),
        RowValues.table(
            RowValues.of(ofSamples, row, rows), perSample == 0 ? 0 : samples, perSample));
  }

  /** A dual-softmax network: H 12, E 5, D 6. */
  static final class Dual extends NetworkNode {
    static final int HIDDEN = 12;

    Dual(long seed, int rows, int samples) {
      this(seed, rows, samples, Profile.F32);
    }

    Dual(long seed, int rows, int samples, Profile profile) {
      super("DualSoftmax", random(seed), seed, profile, rows, samples, 5, 0);
    }

    private static VocoderModel random(long seed) {
      return RandomModels.dualSoftmax(seed, HIDDEN, 5, SAMPLES_PER_FRAME, 1, BLOCK);
    }

    @Override
    void attributes(OneNodeModel node, boolean score) {
      node.attribute("conditioning_size", 5);
    }

    @Override
    void constants(OneNodeModel node) {
      DualSoftmaxNetwork network = (DualSoftmaxNetwork) network();
      node.floats("sample_weights", network.sample().values(), 3 * HIDDEN, 3)
          .layer("conditioning", network.conditioning())
          .layer("recurrent", network.recurrent())
          .layer("coarse_hidden", network.coarseHidden())
          .layer("coarse_output", network.coarseOutput())
          .layer("fine_hidden", network.fineHidden())
          .layer("fine_output", network.fineOutput());
    }
  }

  /** A residual GRU network: R 10, M 6, aux 3 + 0 + 2 + 1. */
  static final class Residual extends NetworkNode {
    private static final int HIDDEN = 10;
    private static final int MELS = 6;
    private static final Map<String, Integer> AUX =
        Map.of("input_aux", 3, "gru2_aux", 0, "fc1_aux", 2, "fc2_aux", 1);
    private final int mixtures;

    Residual(long seed, int rows, int samples, int mixtures) {
      this(seed, rows, samples, mixtures, Profile.F32);
    }

    Residual(long seed, int rows, int samples, int mixtures, Profile profile) {
      super("ResidualGru", random(seed, mixtures), seed, profile, rows, samples, 6, MELS);
      this.mixtures = mixtures;
    }

    private static VocoderModel random(long seed, int mixtures) {
      ConditionerShape conditioner =
          new ConditionerShape(MELS, 12, 0, List.of(SAMPLES_PER_FRAME), 0);
      Head head = mixtures == 0 ? new Head.Categorical(32) : new Head.MixtureOfLogistics(mixtures);
      VocoderModel model = RandomModels.residualGru(seed, HIDDEN, conditioner, head);
      return model.with(model.network().map(Residual::cut));
    }

    /** The first columns of the weights of the aux parts. */
    private static WeightMatrix cut(WeightMatrix matrix) {
      int columns = AUX.getOrDefault(matrix.name(), matrix.columns());
      float[] values = new float[matrix.rows() * columns];
      for (int i = 0; i < values.length; i++) {
        values[i] = matrix.at(i / columns, i % columns);
      }
      return WeightMatrix.dense(matrix.name(), matrix.rows(), columns, values);
    }

    @Override
    void attributes(OneNodeModel node, boolean score) {
      node.attribute("mels", MELS)
          .attributes("aux_sizes", 3, 0, 2, 1)
          .attribute("mixtures", mixtures);
    }

    @Override
    void constants(OneNodeModel node) {
      ResidualGruNetwork network = (ResidualGruNetwork) network();
      node.floats("sample_weights", network.sample(), HIDDEN)
          .layer("input", network.input())
          .layer("gru1", network.gru1Input())
          .layer("gru1_recurrent", network.gru1Recurrent())
          .layer("gru2", network.gru2Input())
          .layer("gru2_recurrent", network.gru2Recurrent())
          .layer("fc1", network.fc1())
          .layer("fc2", network.fc2())
          .layer("output", network.output());
    }
  }

  /** A network of two bands with three components each: H 8. */
  static final class MultiBand extends NetworkNode {
    static final int HIDDEN = 8;
    static final int BANDS = 2;

    MultiBand(long seed, int rows, int samples) {
      super("MultiBandGru", random(seed), seed, Profile.F32, rows, samples, 3 * HIDDEN, 0);
    }

    private static VocoderModel random(long seed) {
      return RandomModels.multiBand(seed, HIDDEN, 4, RandomModels.tree(1), 2, 3, 1, BLOCK);
    }

    @Override
    void attributes(OneNodeModel node, boolean score) {
      node.attribute("mixtures", 3);
      if (!score) {
        node.number("levels_per_unit", 256).number("uniform_margin", 1e-5f);
      }
    }

    @Override
    void constants(OneNodeModel node) {
      MultiBandGruNetwork network = (MultiBandGruNetwork) network();
      node.floats("sample_weights", network.sample().values(), 3 * HIDDEN, BANDS)
          .layer("recurrent", network.recurrent())
          .layer("projection", network.projection())
          .layer("band_output", network.output());
    }
  }

  /** A network over 32 embedded classes: H 10, E 10, D 10. */
  static final class Embedding extends NetworkNode {
    static final int HIDDEN = 10;
    static final int CLASSES = 32;

    Embedding(long seed, int rows, int samples, Profile profile) {
      super("EmbeddingGru", random(seed), seed, profile, rows, samples, HIDDEN, 0);
    }

    private static VocoderModel random(long seed) {
      return RandomModels.embeddingGru(
          seed, HIDDEN, 5, SAMPLES_PER_FRAME, CLASSES, 1, new BlockShape(2, 2));
    }

    @Override
    void attributes(OneNodeModel node, boolean score) {
      node.attribute("conditioning_size", HIDDEN);
    }

    @Override
    void constants(OneNodeModel node) {
      EmbeddingGruNetwork network = (EmbeddingGruNetwork) network();
      node.floats("sample_weights", network.table().values(), CLASSES, 3 * HIDDEN)
          .layer("conditioning", network.conditioning())
          .layer("recurrent", network.recurrent())
          .layer("hidden", network.dense())
          .layer("output", network.output());
    }
  }
}
