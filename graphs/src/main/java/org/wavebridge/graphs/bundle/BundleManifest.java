package org.wavebridge.graphs.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wavebridge.graphs.assemble.StreamedConditioner;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.Int8Weights;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;

/**
 * The content of {@code bundle.json}: all that is needed to run the graphs beside it.
 *
 * @param formatVersion version of the bundle format, at most {@link #FORMAT_VERSION}
 * @param producer program and version that wrote it
 * @param family code base the checkpoint came from
 * @param audio what generated values mean
 * @param features what the vocoder takes
 * @param network sizes and head of the step network
 * @param utterance which frames have samples, and how pieces of an utterance are joined
 * @param subscale the sub-tensors, or empty where one sample follows the other
 * @param int8 the products of the int8 graphs; empty where there are none, and in bundles that were
 *     written before there was a choice of activations
 * @param bands how the values of several bands become a waveform, or empty where there is one band
 * @param stream how {@code stream_conditioner} begins and ends; empty in bundles without it
 * @param conditioning the conditioning tensors in input order
 * @param speakerSize values of the speaker embedding that the conditioner takes; 0 where it takes
 *     none
 * @param contextFrames frames before a frame that its conditioning depends on
 * @param futureFrames frames after it
 * @param graphs the graph files
 * @param source the checkpoint
 */
public record BundleManifest(
    int formatVersion,
    String producer,
    String family,
    AudioFormat audio,
    FeatureFormat features,
    Network network,
    Utterance utterance,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<SubscalePart> subscale,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Int8Part> int8,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<BandPart> bands,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<StreamPart> stream,
    List<Conditioning> conditioning,
    int speakerSize,
    int contextFrames,
    int futureFrames,
    List<GraphFile> graphs,
    Source source) {
  /** The version of the format that is written, and the newest that is read. */
  public static final int FORMAT_VERSION = 1;

  /** The name of the file in a bundle. */
  public static final String FILE = "bundle.json";

  /** The precision of 32-bit floating-point graphs. */
  public static final String F32 = "f32";

  /** The precision of graphs whose products on the sample path are int8. */
  public static final String INT8 = "int8";

  /**
   * The part of the step network that a runtime must know.
   *
   * @param kind {@code dual-softmax}, {@code residual-gru}, {@code multi-band-gru} or {@code
   *     embedding-gru}
   * @param head how logits become samples
   * @param outputs classes of each softmax, or outputs of a mixture head for one sample
   * @param stateSize values of the state of one row
   * @param draws uniforms per sample
   * @param initialPrevious values fed back before the first sample
   * @param sizes hyper-parameters by name, for people
   */
  public record Network(
      String kind,
      HeadKind head,
      int outputs,
      int stateSize,
      int draws,
      List<Float> initialPrevious,
      Map<String, Integer> sizes) {}

  /**
   * The sub-tensors of an utterance; see {@link Subscale}.
   *
   * @param factor sub-tensors B; may be lowered when the bundle is run
   * @param horizon future positions F of earlier sub-tensors that a sample depends on
   * @param chunk positions whose contexts are computed at once
   * @param ownPast whether the context carries the sub-tensor's own past
   * @param trainedFactor largest factor: what the context was trained for, or the most there can be
   * @param reach time steps before a context's own that it depends on
   * @param contextSize values of a context; 0 where the sub-tensors are independent
   */
  public record SubscalePart(
      int factor,
      int horizon,
      int chunk,
      boolean ownPast,
      int trainedFactor,
      int reach,
      int contextSize) {
    /** The same with another factor. */
    public SubscalePart withFactor(int other) {
      return new SubscalePart(other, horizon, chunk, ownPast, trainedFactor, reach, contextSize);
    }

    /** Describes a model's subscale generation. */
    public static SubscalePart of(Subscale subscale) {
      Optional<ContextNetwork> context = subscale.context();
      return new SubscalePart(
          subscale.factor(),
          subscale.horizon(),
          subscale.chunk(),
          context.map(ContextNetwork::ownPast).orElse(false),
          context.map(ContextNetwork::factor).orElse(Subscale.MAXIMUM_FACTOR),
          context.map(ContextNetwork::reach).orElse(0),
          context.map(ContextNetwork::size).orElse(0));
    }
  }

  /**
   * The products of the int8 graphs.
   *
   * @param activationBits bits of an activation, 8 or 12
   * @param largestSum the largest magnitude that a sum of products can have with these weights;
   *     below 2^31, so that none overflows
   */
  public record Int8Part(int activationBits, long largestSum) {
    /** Describes a quantised network; empty for another. */
    static Optional<Int8Part> of(StepNetwork network) {
      return network
          .layers()
          .activations()
          .map(
              activations ->
                  new Int8Part(
                      activations.bits(),
                      network.matrices().stream()
                              .flatMap(matrix -> matrix.int8().stream())
                              .mapToLong(Int8Weights::largestRowSum)
                              .max()
                              .orElse(0)
                          * activations.largest()));
    }
  }

  /**
   * How the values of several bands become a waveform. A step makes a value of each band, and they
   * follow each other.
   *
   * @param count the bands
   * @param levelsPerUnit 16-bit levels of one unit of the head's means and scales
   * @param even coefficients of the chains that make even samples, of a {@link
   *     QuadratureMirrorTree}; else none
   * @param odd coefficients of the others
   * @param prototype taps of a {@link CosineModulatedBank}; else none
   * @param form of that bank; else {@code CAUSAL}
   */
  public record BandPart(
      int count,
      float levelsPerUnit,
      List<Float> even,
      List<Float> odd,
      List<Float> prototype,
      CosineModulatedBank.Form form) {
    /** The filters that merge them. */
    public BandSynthesis synthesis() {
      return prototype.isEmpty()
          ? new QuadratureMirrorTree(
              Integer.numberOfTrailingZeros(count), floats(even), floats(odd))
          : new CosineModulatedBank(count, floats(prototype), form);
    }

    static Optional<BandPart> of(StepNetwork network) {
      return network.bandSynthesis().map(synthesis -> of(network.levelsPerUnit(), synthesis));
    }

    private static BandPart of(float unit, BandSynthesis synthesis) {
      if (synthesis instanceof QuadratureMirrorTree tree) {
        return new BandPart(
            tree.bands(),
            unit,
            list(tree.even()),
            list(tree.odd()),
            List.of(),
            CosineModulatedBank.Form.CAUSAL);
      }
      CosineModulatedBank bank = (CosineModulatedBank) synthesis;
      return new BandPart(
          bank.bands(), unit, List.of(), List.of(), list(bank.prototype()), bank.form());
    }
  }

  /**
   * What {@code stream_conditioner} is given beside the frames of an utterance.
   *
   * @param leadFrames of padding before the first frame
   * @param tailFrames of padding after the last one; conditioning of the first {@code leadFrames +
   *     tailFrames} frames given means nothing
   * @param padding every value of a frame of padding; empty where it is a copy of its neighbour
   * @param state of a row before the first frame, in order; empty where there is none
   */
  public record StreamPart(
      int leadFrames, int tailFrames, Optional<Float> padding, List<Run> state) {
    /**
     * Equal values.
     *
     * @param count how many
     */
    public record Run(int count, float value) {}

    static Optional<StreamPart> of(VocoderModel model) {
      return StreamedConditioner.of(model, true).map(StreamPart::of);
    }

    private static StreamPart of(StreamedConditioner conditioner) {
      List<Run> runs = new ArrayList<>();
      float[] state = conditioner.state();
      for (int from = 0, to = 0; from < state.length; from = to) {
        while (to < state.length && state[to] == state[from]) {
          to++;
        }
        runs.add(new Run(to - from, state[from]));
      }
      return new StreamPart(
          conditioner.lead(),
          conditioner.tail(),
          conditioner.padding().isPresent()
              ? Optional.of((float) conditioner.padding().getAsDouble())
              : Optional.empty(),
          runs);
    }
  }

  private static float[] floats(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  private static List<Float> list(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  /**
   * One graph.
   *
   * @param file name in the bundle
   * @param kind what it computes
   * @param precision {@code f32} or {@code int8}
   * @param sha256 of the file, in hexadecimal
   */
  public record GraphFile(String file, GraphKind kind, String precision, String sha256) {}

  /**
   * The checkpoint a bundle was made from.
   *
   * @param file name
   * @param sha256 in hexadecimal
   */
  public record Source(String file, String sha256) {}

  /**
   * Describes a model's bundle.
   *
   * @param quantised the model of the int8 graphs
   */
  public static BundleManifest of(
      VocoderModel model,
      Optional<VocoderModel> quantised,
      String producer,
      List<GraphFile> graphs,
      Source source) {
    return new BundleManifest(
        FORMAT_VERSION,
        producer,
        model.family(),
        model.audio(),
        model.features(),
        network(model.network()),
        model.utterance(),
        model.subscale().map(SubscalePart::of),
        quantised.flatMap(of -> Int8Part.of(of.network())),
        BandPart.of(model.network()),
        graphs.stream().anyMatch(graph -> graph.kind() == GraphKind.STREAM_CONDITIONER)
            ? StreamPart.of(model)
            : Optional.empty(),
        model.conditioningTensors(),
        model.conditioner().speakerSize(),
        model.conditioner().contextFrames(),
        model.conditioner().futureFrames(),
        graphs,
        source);
  }

  /** The same with other graph files. */
  BundleManifest withGraphs(List<GraphFile> others) {
    return new BundleManifest(
        formatVersion,
        producer,
        family,
        audio,
        features,
        network,
        utterance,
        subscale,
        int8,
        bands,
        stream,
        conditioning,
        speakerSize,
        contextFrames,
        futureFrames,
        others,
        source);
  }

  private static Network network(StepNetwork network) {
    return new Network(
        network.kind(),
        network.headKind(),
        network.outputs(),
        network.stateSize(),
        network.draws(),
        list(network.initialPrevious()),
        network.sizes());
  }
}
