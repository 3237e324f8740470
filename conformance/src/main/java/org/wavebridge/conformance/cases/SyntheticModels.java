package org.wavebridge.conformance.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.InterpolatedMels;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ConditionerShape;
import org.wavebridge.graphs.random.RandomModels.ContextShape;

/** Models made from seeds: one of each step network and head, and peculiar ones. */
final class SyntheticModels {
  private static final BlockShape DENSE = new BlockShape(1, 1);
  private static final Head CLASSES = new Head.Categorical(50);

  private SyntheticModels() {}

  /** A model of each step network and head, and models of subscale generation. */
  static List<Subject> networks() {
    return Stream.concat(ordinary().stream(), subscale().stream()).toList();
  }

  /**
   * Models of subscale generation, with and without a context, with and without the own past of a
   * row.
   */
  private static List<Subject> subscale() {
    List<ContextShape> layers =
        List.of(new ContextShape(6, 3, 2, true), new ContextShape(5, 2, 3, false));
    VocoderModel dual = RandomModels.dualSoftmax(21, 16, 6, 20, 0.4, new BlockShape(8, 1));
    List<Subject> subjects = new ArrayList<>();
    subjects.add(
        Subject.of("dual-subscale", RandomModels.subscale(23, dual, 8, 4, 1, true, layers)));
    subjects.add(
        Subject.of(
            "classes-independent",
            RandomModels.residualGru(25, 12, 7, List.of(4, 3), CLASSES)
                .with(new Subscale(3, 1, 1, Optional.empty()))));
    for (Head head : ResidualGruNetwork.HEADS) {
      VocoderModel residual = RandomModels.residualGru(22, 10, 8, List.of(4, 5), head);
      boolean ownPast = head.categorical().isPresent();
      subjects.add(
          Subject.of(
              name(head) + "-subscale",
              RandomModels.subscale(24, residual, 5, 2, ownPast ? 1 : 3, ownPast, layers)));
    }
    return subjects;
  }

  /** The name of a head in those of subjects. */
  static String name(Head head) {
    return head.categorical()
        .map(classes -> classes.amplitudes() ? "amplitudes" : "classes")
        .orElseGet(() -> head.kind().name().toLowerCase(Locale.ROOT).split("_")[0]);
  }

  private static List<Subject> ordinary() {
    List<Subject> subjects = new ArrayList<>();
    subjects.add(
        Subject.of(
            "dual-softmax", RandomModels.dualSoftmax(1, 48, 12, 10, 0.3, new BlockShape(16, 1))));
    for (Head head : ResidualGruNetwork.HEADS) {
      subjects.add(
          Subject.of(
              "residual-" + name(head), RandomModels.residualGru(3, 20, 8, List.of(4, 3), head)));
    }
    subjects.add(
        Subject.of(
            "dual-softmax-12-bits",
            RandomModels.dualSoftmax(2, 48, 12, 10, 0.3, new BlockShape(4, 4)),
            Activations.BITS_12));
    subjects.add(
        Subject.of(
            "residual-12-bits",
            RandomModels.residualGru(4, 20, 8, List.of(4, 3), CLASSES),
            Activations.BITS_12));
    subjects.add(
        Subject.of(
            "residual-speaker",
            RandomModels.speaking(
                34, RandomModels.residualGru(35, 20, 8, List.of(4, 3), CLASSES), 10)));
    subjects.add(Subject.of("residual-interpolated", interpolated()));
    subjects.add(Subject.of("dual-at-sample-rate", atSampleRate()));
    for (Head head : ResidualGruNetwork.HEADS) {
      subjects.add(
          Subject.of(
              "sub-band-" + name(head),
              RandomModels.subBand(
                  36,
                  20,
                  new ConditionerShape(8, 8, 1, List.of(2, 3), 2),
                  head,
                  CosineModulatedBank.kaiser(3, 4, 6),
                  0.5,
                  new BlockShape(2, 1))));
    }
    subjects.add(
        Subject.of(
            "sub-band-centred",
            RandomModels.subBand(
                37,
                20,
                new ConditionerShape(8, 8, 1, List.of(3), 2),
                CLASSES,
                CosineModulatedBank.windowed(4, 14, 0.2, 6),
                0.5,
                new BlockShape(4, 1))));
    subjects.add(
        Subject.of(
            "multi-band",
            RandomModels.multiBand(
                29, 16, 6, RandomModels.tree(2), 3, 3, 0.4, new BlockShape(4, 4))));
    subjects.add(
        Subject.of(
            "multi-band-cosine",
            RandomModels.multiBand(
                33, 16, 6, CosineModulatedBank.kaiser(3, 8, 9), 2, 2, 0.4, new BlockShape(4, 4))));
    subjects.add(Subject.of("lpcnet-tree", lpcNet(41, ExcitationDraw.TREE, false)));
    subjects.add(Subject.of("lpcnet-softmax", lpcNet(42, ExcitationDraw.SOFTMAX, true)));
    subjects.add(
        Subject.of("lpcnet-12-bits", lpcNet(43, ExcitationDraw.TREE, false), Activations.BITS_12));
    subjects.add(
        Subject.of(
            "embedding", RandomModels.embeddingGru(35, 24, 6, 5, 64, 0.4, new BlockShape(8, 1))));
    return subjects;
  }

  private static VocoderModel lpcNet(long seed, ExcitationDraw draw, boolean reflections) {
    return RandomModels.lpcNet(seed, 24, 6, 20, 0.4, new BlockShape(8, 4), draw, reflections);
  }

  /** Both parts of the conditioning change with every sample. */
  private static VocoderModel interpolated() {
    VocoderModel model = RandomModels.residualGru(27, 20, 8, List.of(3, 3), CLASSES);
    UpsampledMels upsampled = (UpsampledMels) model.conditioner();
    return with(
        model, new InterpolatedMels(upsampled.pad(), upsampled.hop(), 0.8f, upsampled.aux()));
  }

  /** The conditioning of a dual softmax changes with every sample. */
  private static VocoderModel atSampleRate() {
    VocoderModel model = RandomModels.dualSoftmax(28, 32, 6, 4, 1, DENSE);
    List<UpsampledMels.Stage> stages =
        List.of(
            new UpsampledMels.Stage(2, new float[] {0.1f, 0.2f, 0.4f, 0.2f, 0.1f}, 0.03f),
            new UpsampledMels.Stage(2, new float[] {0, 0.3f, 0.3f, 0.3f, 0.1f}));
    return with(model, new UpsampledMels(1, stages, Optional.empty()));
  }

  private static VocoderModel with(VocoderModel model, Conditioner conditioner) {
    return new VocoderModel(
        model.family(),
        model.audio(),
        model.features(),
        conditioner,
        model.network(),
        model.subscale(),
        model.utterance());
  }

  /** A model of each step network, small enough for a reference of a minute. */
  static List<Subject> smallest() {
    return List.of(
        Subject.of("dual-small", RandomModels.dualSoftmax(19, 8000, 16, 1.0, 1.0, DENSE)),
        Subject.of(
            "residual-small",
            RandomModels.residualGru(20, 12, 6, List.of(10, 10), new Head.Categorical(64))));
  }

  /** A stand-in for cases about products, which bring their own graphs. */
  static Subject product() {
    return Subject.of("product", RandomModels.dualSoftmax(4, 2, 1, 1, 1, DENSE));
  }

  /** Hidden sizes around lanes and blocks, block shapes, densities down to none. */
  static List<Subject> shapes() {
    return List.of(
        dual("h2", 5, 2, 1, DENSE),
        dual("h18_b1x4_d50", 6, 18, 0.5, new BlockShape(1, 4)),
        dual("h34_dense", 7, 34, 1, DENSE),
        dual("h64_b16x1_d5", 8, 64, 0.05, new BlockShape(16, 1)),
        dual("h40_b4x4_d30", 9, 40, 0.3, new BlockShape(4, 4)),
        dual("h32_b8x1_d0", 10, 32, 0, new BlockShape(8, 1)),
        residual("r1_classes2", 11, 1, new Head.Categorical(2)),
        residual("r17_classes300", 12, 17, new Head.Categorical(300)),
        residual("r33_mixture1", 13, 33, new Head.MixtureOfLogistics(1)),
        residual("r16_mixture10", 14, 16, new Head.MixtureOfLogistics(10)));
  }

  private static Subject dual(
      String name, long seed, int hidden, double density, BlockShape block) {
    return Subject.of("dual-" + name, RandomModels.dualSoftmax(seed, hidden, 7, 4, density, block));
  }

  private static Subject residual(String name, long seed, int hidden, Head head) {
    return Subject.of(
        "residual-" + name, RandomModels.residualGru(seed, hidden, 5, List.of(2, 3), head));
  }

  /** Gates far beyond saturation, to where an exponential overflows f32. */
  static List<Subject> extremeGates() {
    float[] extremes = {30, -30, 89, -89, 104, -104, 1000, -1000, 1e30f, -1e30f, 0, 0};
    UnaryOperator<Affine> push =
        layer -> {
          float[] bias = layer.bias().clone();
          for (int i = 0; i < bias.length; i++) {
            bias[i] += extremes[i * 7 % extremes.length];
          }
          return new Affine(layer.weight(), bias);
        };
    VocoderModel dual = RandomModels.dualSoftmax(15, 24, 7, 4, 1, DENSE);
    DualSoftmaxNetwork d = (DualSoftmaxNetwork) dual.network();
    VocoderModel residual = RandomModels.residualGru(16, 12, 5, List.of(2, 3), CLASSES);
    ResidualGruNetwork r = (ResidualGruNetwork) residual.network();
    return List.of(
        Subject.of(
            "dual-extreme",
            with(
                dual,
                new DualSoftmaxNetwork(
                    push.apply(d.conditioning()),
                    d.sample(),
                    d.recurrent(),
                    d.coarseHidden(),
                    d.coarseOutput(),
                    d.fineHidden(),
                    d.fineOutput(),
                    d.initialPrevious()))),
        Subject.of(
            "residual-extreme",
            with(
                residual,
                new ResidualGruNetwork(
                    r.sample(),
                    r.input(),
                    push.apply(r.gru1Input()),
                    r.gru1Recurrent(),
                    r.gru2Input(),
                    r.gru2Recurrent(),
                    r.fc1(),
                    r.fc2(),
                    r.output(),
                    r.head()))));
  }

  /** The output layers give the same numbers for every sample: their biases. */
  static VocoderModel constant(Head head, float[] outputs) {
    VocoderModel model = RandomModels.residualGru(17, 2, 2, List.of(2, 5), head);
    ResidualGruNetwork n = (ResidualGruNetwork) model.network();
    return with(
        model,
        new ResidualGruNetwork(
            n.sample(),
            n.input(),
            n.gru1Input(),
            n.gru1Recurrent(),
            n.gru2Input(),
            n.gru2Recurrent(),
            n.fc1(),
            n.fc2(),
            constant("output", outputs, 2),
            head));
  }

  /** A dual softmax whose outputs are constant. */
  static VocoderModel constantDual(float[] coarse, float[] fine) {
    VocoderModel model = RandomModels.dualSoftmax(18, 2, 2, 10, 1, DENSE);
    DualSoftmaxNetwork n = (DualSoftmaxNetwork) model.network();
    return with(
        model,
        new DualSoftmaxNetwork(
            n.conditioning(),
            n.sample(),
            n.recurrent(),
            n.coarseHidden(),
            constant("coarse_output", coarse, 1),
            n.fineHidden(),
            constant("fine_output", fine, 1),
            n.initialPrevious()));
  }

  /** Outputs of a bump: logits that fall off from a class to both sides. */
  static float[] bump(int classes, double centre, double width) {
    float[] logits = new float[classes];
    for (int i = 0; i < classes; i++) {
      double off = (i - centre) / width;
      logits[i] = (float) (-off * off / 2);
    }
    return logits;
  }

  /** Everything on one class. */
  static float[] oneHot(int classes, int index) {
    float[] logits = new float[classes];
    Arrays.fill(logits, -60);
    logits[index] = 60;
    return logits;
  }

  private static Affine constant(String name, float[] outputs, int inputs) {
    float[] zeros = new float[outputs.length * inputs];
    return new Affine(WeightMatrix.dense(name, outputs.length, inputs, zeros), outputs);
  }

  private static VocoderModel with(VocoderModel model, StepNetwork network) {
    return model.with(network);
  }
}
