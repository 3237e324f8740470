package org.wavebridge.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wavebridge.graphs.BundleException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.runtime.io.Waveform;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * An opened bundle. Expensive to open, safe for use by several threads; each utterance is a cheap
 * {@link VocoderStream}. All work stops before its next call of a graph when its thread is
 * interrupted ({@link InterruptedVocodingException}) or the vocoder closed ({@link
 * IllegalStateException}).
 *
 * <pre>{@code
 * try (Vocoder vocoder = Vocoder.open(Path.of("voice"), VocoderOptions.defaults())) {
 *   Waveform speech = vocoder.generate(features, GenerateOptions.seed(7), Progress.NONE);
 * }
 * }</pre>
 */
public final class Vocoder implements AutoCloseable {
  private static final int PUSHED_FRAMES = 256;

  private static final Logger LOG = LoggerFactory.getLogger(Vocoder.class);

  private final VocoderGraphs graphs;
  private final VocoderOptions options;
  private final FeatureScales scales;

  private Vocoder(VocoderGraphs graphs, VocoderOptions options) {
    this.graphs = graphs;
    this.options = options;
    this.scales = new FeatureScales(graphs.bundle());
  }

  /**
   * Opens a bundle.
   *
   * @throws BundleException if the bundle cannot be read, or has no graphs in the precision
   * @throws InputException if the subscale factor asked for is not possible
   * @throws org.wavebridge.graphs.BackendException if the backend is not available
   */
  public static Vocoder open(Path path, VocoderOptions options) {
    return new Vocoder(VocoderGraphs.open(path, options), options);
  }

  /** How the bundle was opened. */
  public VocoderOptions options() {
    return options;
  }

  /** The bundle's description. */
  public BundleManifest manifest() {
    return graphs.manifest();
  }

  /** The sub-tensors of subscale generation, with the factor in use; empty for other bundles. */
  public Optional<SubscalePart> subscale() {
    return graphs.subscale();
  }

  /** The name of the backend that runs the graphs. */
  public String backend() {
    return graphs.backend().name();
  }

  /**
   * A graph of the bundle as it runs here, for checking it directly. Belongs to the vocoder: do not
   * close it.
   */
  public GraphSession graph(GraphKind kind) {
    return graphs.session(kind);
  }

  /**
   * Whether features can be of the scale that the bundle takes. Features of another scale give
   * noise; this vocoder logs one warning when it first meets some, unless its user has been told
   * here. Streams are not checked: a few frames say too little.
   */
  public FeatureCheck check(Features features) {
    return scales.check(features);
  }

  /**
   * Whether features can be of a scale; they fit any where the bundle does not know its own.
   *
   * @throws InputException if features of this scale cannot become the bundle's
   */
  public FeatureCheck check(Features features, FeatureScale scale) {
    return scales.check(features, scale);
  }

  /**
   * Features of another scale as features of the bundle's, through their mel magnitudes.
   *
   * @param scale that the features are of
   * @throws InputException if the bundle does not know its scale, or computes magnitudes otherwise
   */
  public Features converted(Features features, FeatureScale scale) {
    return scales.converted(features, scale);
  }

  /**
   * Starts an utterance.
   *
   * @throws InputException if the bundle takes a speaker and the options have none, or the other
   *     way round, or one of another size
   * @throws IllegalStateException if the vocoder is closed
   */
  public VocoderStream stream(GenerateOptions options) {
    return stream(options, new Uniforms(options.seed()));
  }

  /** Starts an utterance with given random numbers. */
  public VocoderStream stream(GenerateOptions options, UniformSource uniforms) {
    return new VocoderStream(graphs, options, uniforms);
  }

  /**
   * Makes the next frames of several streams of this vocoder, as rows of one call where their
   * network makes one sample after the other. Each gives what it gives alone.
   *
   * @param streams different ones, which no other thread uses
   * @param frames of each, of which so many are {@link VocoderStream#ready}; with 0, the next
   *     samples of streams that have ended
   * @return the amplitudes of each; those of a subscale stream come later
   * @throws IllegalStateException if a stream is finished, or the vocoder closed
   * @throws InterruptedVocodingException if the thread is interrupted
   */
  public List<float[]> advance(List<VocoderStream> streams, int frames) {
    graphs.requireOpen();
    return VocoderStream.advance(graphs, streams, frames);
  }

  /**
   * Starts the conditioning of an utterance, for checking or measuring it alone.
   *
   * @param speaker see {@link GenerateOptions}
   * @throws InputException as {@link #stream}
   * @throws IllegalStateException if the vocoder is closed
   */
  public ConditioningStream conditioning(Optional<SpeakerEmbedding> speaker) {
    return new ConditioningStream(graphs, speaker);
  }

  /** How far the sound of a stream is behind its frames. */
  public Latency latency() {
    return Latency.of(manifest(), subscale());
  }

  /**
   * Generates an utterance.
   *
   * @param features of at least one frame more than {@link Utterance} leaves without samples
   * @param progress told samples done, after each call of a graph
   * @return the samples of all frames that have some, {@link Utterance#samples}
   * @throws InputException if the features do not fit the bundle
   * @throws IllegalStateException if the vocoder is closed, be it meanwhile
   * @throws InterruptedVocodingException if the thread is interrupted
   */
  public Waveform generate(Features features, GenerateOptions options, Progress progress) {
    return generate(features, options, new Uniforms(options.seed()), progress);
  }

  private Waveform generate(
      Features features, GenerateOptions options, UniformSource uniforms, Progress progress) {
    graphs.requireOpen();
    requireFrames(features);
    scales.tell(features);
    VocoderStream stream = stream(options, uniforms);
    float[] samples = new float[samples(features)];
    stream.afterCalls(made -> progress.at(made, samples.length));
    int written = 0;
    for (int frame = 0; frame < features.frames(); frame += PUSHED_FRAMES) {
      int end = Math.min(features.frames(), frame + PUSHED_FRAMES);
      written = append(samples, written, stream.push(frames(features, frame, end)));
    }
    append(samples, written, stream.finish());
    progress.at(samples.length, samples.length);
    return waveform(samples);
  }

  /**
   * Generates several utterances in lockstep, as rows of the same calls; subscale ones, which fill
   * the rows themselves, one after the other. Each comes out exactly as it does alone.
   *
   * @param utterances features, each long enough to have samples
   * @param options of every utterance; each uses the seed as if it were alone
   * @param progress told samples done
   * @return a waveform for each
   */
  public List<Waveform> generateAll(
      List<Features> utterances, GenerateOptions options, Progress progress) {
    return generateAll(utterances, Collections.nCopies(utterances.size(), options), progress);
  }

  /**
   * The same, each utterance with options of its own: its speaker, its temperature, its seed. The
   * smallest chunk counts.
   *
   * @throws IllegalArgumentException if there are not as many options as utterances
   */
  public List<Waveform> generateAll(
      List<Features> utterances, List<GenerateOptions> options, Progress progress) {
    graphs.requireOpen();
    if (options.size() != utterances.size()) {
      throw new IllegalArgumentException(
          "expected options for %d utterances, found %d"
              .formatted(utterances.size(), options.size()));
    }
    int start = manifest().utterance().leadFrames() * manifest().features().hop();
    if (graphs.subscale().isPresent()) {
      return oneByOne(utterances, options, progress);
    }
    List<RowBatch.Row> rows = new ArrayList<>();
    for (int i = 0; i < utterances.size(); i++) {
      Features features = utterances.get(i);
      requireFrames(features);
      scales.tell(features);
      rows.add(
          new RowBatch.Row(
              conditioning(features, options.get(i).speaker()),
              start,
              samples(features),
              new Uniforms(options.get(i).seed()),
              0,
              options.get(i).temperature(),
              graphs));
    }
    int chunk = options.stream().mapToInt(GenerateOptions::chunkFrames).min().orElse(1);
    new RowBatch(graphs, chunk).run(rows, progress);
    return rows.stream().map(row -> waveform(decoded(row.values()))).toList();
  }

  private List<Waveform> oneByOne(
      List<Features> utterances, List<GenerateOptions> options, Progress progress) {
    utterances.forEach(this::requireFrames);
    long total = utterances.stream().mapToLong(this::samples).sum();
    List<Waveform> made = new ArrayList<>();
    long before = 0;
    for (int i = 0; i < utterances.size(); i++) {
      long done = before;
      Progress own = (now, all) -> progress.at(done + now, total);
      made.add(generate(utterances.get(i), options.get(i), own));
      before += samples(utterances.get(i));
    }
    return made;
  }

  /**
   * Generates one utterance in folds that run together. One that is shorter than a fold is
   * generated as {@link #generate} does, with row 0 of the uniforms.
   *
   * <p>Folds that are {@linkplain Utterance.Crossfade#ALIGN aligned} may give fewer samples than
   * {@link Utterance#samples}.
   *
   * @param uniforms fold i uses their row i
   * @param progress told samples done
   * @throws InputException if the bundle generates by subscale, or has several bands and folds
   *     would not be of whole frames
   */
  public Waveform generateFolded(
      Features features,
      GenerateOptions options,
      Folding folding,
      UniformSource uniforms,
      Progress progress) {
    requireFrames(features);
    if (graphs.subscale().isEmpty() && samples(features) < folding.length()) {
      LOG.info(
          "made without folding: {} samples are less than a fold of {}",
          samples(features),
          folding.length());
      return generate(features, options, uniforms, progress);
    }
    float[][] folds = generateFolds(features, options, folding, uniforms, progress);
    boolean decodedFirst = manifest().utterance().joinsDecoded();
    for (int fold = 0; fold < folds.length && decodedFirst; fold++) {
      folds[fold] = decoded(folds[fold]);
    }
    float[] whole = folding.unfold(folds);
    float[] joined = Arrays.copyOf(whole, Math.min(whole.length, samples(features)));
    return waveform(decodedFirst ? joined : decoded(joined));
  }

  /** The values that the network emits for each fold, {@code [folds][target + 2 overlap]}. */
  public float[][] generateFolds(
      Features features,
      GenerateOptions options,
      Folding folding,
      UniformSource uniforms,
      Progress progress) {
    graphs.requireOpen();
    requireFrames(features);
    if (graphs.subscale().isPresent()) {
      throw new InputException(
          "%s: utterances of this bundle are made by subscale generation and cannot be cut into folds too"
              .formatted(graphs.bundle().path()));
    }
    requireWholeSteps(folding);
    scales.tell(features);
    Map<String, float[]> conditioning = conditioning(features, options.speaker());
    Utterance utterance = manifest().utterance();
    int hop = manifest().features().hop();
    int lead = utterance.leadFrames() * hop;
    int count = folding.count(utterance.samples(features.frames() + utterance.tailFrames(), hop));
    if (count > Folding.MOST_FOLDS) {
      throw new InputException(
          "folds of %d samples and overlaps of %d cut the utterance into %d, expected at most %d; make them larger"
              .formatted(folding.target(), folding.overlap(), count, Folding.MOST_FOLDS));
    }
    List<RowBatch.Row> rows = new ArrayList<>();
    for (int fold = 0; fold < count; fold++) {
      rows.add(
          new RowBatch.Row(
              conditioning,
              lead + folding.start(fold),
              folding.length(),
              uniforms,
              fold,
              options.temperature(),
              graphs));
    }
    new RowBatch(graphs, options.chunkFrames()).run(rows, progress);
    return rows.stream().map(RowBatch.Row::values).toArray(float[][]::new);
  }

  /** The conditioning of a whole utterance, by tensor. */
  private Map<String, float[]> conditioning(Features features, Optional<SpeakerEmbedding> speaker) {
    ConditioningQueue queue = new ConditioningQueue(graphs, speaker);
    queue.add(features);
    queue.end();
    Map<String, float[]> values = new HashMap<>();
    queue.take(features.frames()).forEach((name, tensor) -> values.put(name, tensor.values()));
    return values;
  }

  private float[] decoded(float[] values) {
    return new BandMerging(graphs).waveform(values, new WaveformDecoder(manifest().audio()), true);
  }

  /** A whole utterance, faded out at its end. */
  private Waveform waveform(float[] samples) {
    WaveformDecoder.fadeOut(samples, manifest());
    return new Waveform(samples, manifest().audio().sampleRate());
  }

  /**
   * Generates the values that the network emits for an utterance, before decoding, from given
   * random numbers.
   *
   * @param temperature see {@link GenerateOptions}
   * @return values in [-1, 1], as many as {@link #generate} makes samples
   */
  public float[] generateValues(Features features, UniformSource uniforms, float temperature) {
    return generateValues(features, uniforms, GenerateOptions.seed(0).withTemperature(temperature));
  }

  /**
   * The same with other options.
   *
   * @param options their seed has no effect
   */
  public float[] generateValues(
      Features features, UniformSource uniforms, GenerateOptions options) {
    VocoderStream stream = stream(options, uniforms);
    float[] head = stream.pushValues(features);
    float[] tail = stream.finishValues();
    float[] values = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, values, head.length, tail.length);
    return values;
  }

  /**
   * Scores given samples by teacher forcing.
   *
   * @param values the samples as the network emits them ({@link WaveformEncoder}), from the first;
   *     at most {@code hop} for each frame from there on
   * @param logits receives the logits piece by piece
   * @param progress told samples done
   * @throws InputException if the lengths of features and samples do not belong together
   */
  public Score score(Features features, float[] values, LogitsConsumer logits, Progress progress) {
    return score(features, Optional.empty(), values, logits, progress);
  }

  /**
   * Scores what a speaker said.
   *
   * @param speaker see {@link GenerateOptions}
   * @throws InputException also as {@link #stream}
   */
  public Score score(
      Features features,
      Optional<SpeakerEmbedding> speaker,
      float[] values,
      LogitsConsumer logits,
      Progress progress) {
    graphs.requireOpen();
    int hop = manifest().features().hop();
    requireLength(features, values, hop);
    scales.tell(features);
    return graphs
        .subscale()
        .map(
            subscale ->
                new SubscaleScoring(graphs, subscale)
                    .score(conditioning(features, speaker), values, logits, progress))
        .orElseGet(
            () -> new SequenceScoring(graphs, speaker).score(features, values, logits, progress));
  }

  /** Whether {@link #features} makes features of recordings. */
  public boolean analysesRecordings() {
    return graphs.bundle().has(GraphKind.FEATURES, BundleManifest.F32)
        || LpcNetAnalysis.fits(manifest());
  }

  /**
   * Computes features from a waveform at the bundle's sample rate.
   *
   * @throws InputException if the sample rate differs or the waveform is too short
   * @throws BundleException if the bundle's analysis is not known
   */
  public Features features(Waveform waveform) {
    graphs.requireOpen();
    BundleManifest manifest = manifest();
    if (!analysesRecordings()) {
      throw new BundleException(
          "%s: has no features graph, since the mel settings of its checkpoint are not known; give features instead of a recording"
              .formatted(graphs.bundle().path()));
    }
    if (waveform.sampleRate() != manifest.audio().sampleRate()) {
      throw new InputException(
          "the recording has %d Hz, but the bundle expects %d Hz; resample it"
              .formatted(waveform.sampleRate(), manifest.audio().sampleRate()));
    }
    if (LpcNetAnalysis.fits(manifest)) {
      return new LpcNetAnalysis().of(waveform.samples());
    }
    MelAnalysis analysis = manifest.features().analysis().orElseThrow();
    int needed =
        switch (analysis.framing()) {
          case CENTRED -> analysis.fftSize() / 2 + 1;
          case CAUSAL -> manifest.features().hop();
        };
    if (waveform.samples().length < needed) {
      throw new InputException(
          "the recording has %d samples, but feature analysis needs at least %d"
              .formatted(waveform.samples().length, needed));
    }
    Tensor samples = new Tensor(waveform.samples(), 1, waveform.samples().length);
    Tensor made =
        graphs.output(
            GraphKind.FEATURES,
            graphs.run(GraphKind.FEATURES, Map.of("waveform", samples)),
            "features",
            1,
            manifest.features().mels(),
            VocoderGraphs.ANY);
    return new Features(
        manifest.features().mels(), Math.toIntExact(made.shape()[2]), made.values());
  }

  /**
   * Frees the graphs. May be called by any thread and again. It waits for calls of graphs that run,
   * each at most a chunk long; threads that generate or score end before their next call with an
   * {@link IllegalStateException}, as does every later use but of the bundle's description. From
   * within a callback it does not wait for the work that called. A vocoder that is dropped unclosed
   * is freed by the garbage collector.
   */
  @Override
  public void close() {
    graphs.close();
  }

  private static Features frames(Features features, int from, int to) {
    float[] values = new float[features.mels() * (to - from)];
    for (int mel = 0; mel < features.mels(); mel++) {
      System.arraycopy(
          features.values(), mel * features.frames() + from, values, mel * (to - from), to - from);
    }
    return new Features(features.mels(), to - from, values);
  }

  private static int append(float[] target, int at, float[] values) {
    System.arraycopy(values, 0, target, at, values.length);
    return at + values.length;
  }

  private int samples(Features features) {
    return manifest().utterance().samples(features.frames(), manifest().features().hop());
  }

  private void requireFrames(Features features) {
    if (samples(features) == 0) {
      Utterance utterance = manifest().utterance();
      throw new InputException(
          "expected features of at least %d frames, found %d"
              .formatted(utterance.leadFrames() + utterance.tailFrames() + 1, features.frames()));
    }
  }

  /** Folds of several bands start with a frame and end with a step. */
  private void requireWholeSteps(Folding folding) {
    int hop = manifest().features().hop();
    if (manifest().bands().isPresent()
        && (folding.start(1) % hop != 0 || folding.length() % hop != 0)) {
      throw new InputException(
          "folds of %d samples and overlaps of %d: expected multiples of %d, the samples of a frame, since this bundle has several bands"
              .formatted(folding.target(), folding.overlap(), hop));
    }
  }

  private void requireLength(Features features, float[] values, int hop) {
    long frames = (long) features.frames() - manifest().utterance().leadFrames();
    if (values.length > frames * hop
        || values.length + hop < samples(features)
        || values.length == 0) {
      throw new InputException(
          "%d samples do not belong to %d frames of %d samples; expected about %d"
              .formatted(values.length, features.frames(), hop, samples(features)));
    }
  }
}
