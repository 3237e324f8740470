package org.wavebridge.reference;

import java.util.function.IntFunction;
import org.wavebridge.graphs.model.Head.Categorical;
import org.wavebridge.graphs.model.NetworkTable;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.embeddinggru.EmbeddingGruNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.network.residualgru.SubBandGruNetwork;

/**
 * A model evaluated by the reference in a chosen arithmetic, one sample after the other ({@link
 * SubscaleReference} is for subscale utterances). One instance serves one thread.
 */
public final class Reference {
  private final VocoderModel model;
  private final Arithmetic arithmetic;
  private final ReferenceNetwork network;

  /** The reference of a model. */
  public Reference(VocoderModel model, Arithmetic arithmetic) {
    this.model = model;
    this.arithmetic = arithmetic;
    this.network = ReferenceNetwork.of(model.network(), arithmetic);
  }

  /** The step network, for single steps. */
  public ReferenceNetwork network() {
    return network;
  }

  /**
   * The conditioning of an utterance, of a model without a speaker.
   *
   * @param features {@code [frames][mels]}
   */
  public Conditioning conditioning(double[][] features) {
    return conditioning(features, new double[0]);
  }

  /**
   * The conditioning of an utterance.
   *
   * @param features {@code [frames][mels]}
   * @param speaker its embedding, {@code [S]}; no values where the model takes none
   */
  public Conditioning conditioning(double[][] features, double[] speaker) {
    return ConditionerReference.evaluate(
        model.conditioner(), features, speaker, model.features().hop(), arithmetic);
  }

  /** Receives the logits of one sample after the other. */
  public interface LogitsConsumer {
    /**
     * Takes the logits of a sample.
     *
     * @param t index of the sample in the conditioning
     * @param logits as {@link ReferenceNetwork#score} returns them
     */
    void accept(int t, double[] logits);
  }

  /**
   * Teacher forcing.
   *
   * @param state where to start; changed to the state after the last sample
   * @param first index of the first given sample in the conditioning
   * @param audio given values, in [-1, 1]
   */
  public void score(
      ReferenceState state,
      Conditioning conditioning,
      int first,
      float[] audio,
      LogitsConsumer consumer) {
    for (int i = 0; i < audio.length; i++) {
      consumer.accept(first + i, network.score(state, conditioning, first + i, audio[i]));
    }
  }

  /**
   * Bits per sample of given audio, from the start of an utterance.
   *
   * @param audio given values, in [-1, 1]
   * @return one value per sample
   */
  public double[] bits(Conditioning conditioning, float[] audio) {
    double[] bits = new double[audio.length];
    ReferenceState state = network.initialState();
    score(
        state,
        conditioning,
        0,
        audio,
        (t, logits) ->
            bits[t] = Likelihood.bits(model.network(), logits, network.drawn(state, audio[t])));
    return bits;
  }

  /**
   * Free running.
   *
   * @param state where to start; changed to the state after the last sample
   * @param first index of the first sample in the conditioning
   * @param uniforms {@code [samples, draws]}
   * @param temperature divides logits; above 0
   * @return the values, in [-1, 1]
   */
  public double[] generate(
      ReferenceState state,
      Conditioning conditioning,
      int first,
      float[] uniforms,
      double temperature) {
    int draws = model.network().draws();
    double[] audio = new double[uniforms.length / draws];
    Shapes.requireLength(
        "uniforms of " + draws + " draws", (long) audio.length * draws, uniforms.length);
    double[] drawn = new double[draws];
    for (int i = 0; i < audio.length; i++) {
      for (int d = 0; d < draws; d++) {
        drawn[d] = uniforms[i * draws + d];
      }
      audio[i] = network.draw(state, conditioning, first + i, drawn, temperature).audio();
    }
    return audio;
  }

  /**
   * The audio values that integer samples stand for: unsigned 16-bit samples of a dual softmax
   * ({@code s / 32768 - 1}), or classes ({@code 2k / (C - 1) - 1}).
   *
   * @throws IllegalArgumentException if the model has no classes, or a sample is not one of them
   */
  public float[] values(int[] samples) {
    IntFunction<Float> value = classValue();
    int classes = classes();
    float[] values = new float[samples.length];
    for (int i = 0; i < values.length; i++) {
      if (samples[i] < 0 || samples[i] >= classes) {
        throw new IllegalArgumentException(
            "sample %d: expected 0 to %d, found %d".formatted(i, classes - 1, samples[i]));
      }
      values[i] = value.apply(samples[i]);
    }
    return values;
  }

  private IntFunction<Float> classValue() {
    return new NetworkTable<IntFunction<Float>>()
        .with(DualSoftmaxNetwork.class, dual -> sample -> sample / 32768f - 1)
        .with(ResidualGruNetwork.class, residual -> classValue(categorical(residual)))
        .with(SubBandGruNetwork.class, bands -> classValue(categorical(bands.layersOfBands())))
        .with(EmbeddingGruNetwork.class, gru -> classValue(gru.head()))
        .of(model.network());
  }

  private static IntFunction<Float> classValue(Categorical classes) {
    if (classes.amplitudes()) {
      float[] table = classes.values();
      return sample -> table[sample];
    }
    return sample -> (float) Arithmetic.CANONICAL_F32.value(sample, classes.classes());
  }

  private int classes() {
    return new NetworkTable<Integer>()
        .with(
            DualSoftmaxNetwork.class,
            dual -> DualSoftmaxNetwork.CLASSES * DualSoftmaxNetwork.CLASSES)
        .with(ResidualGruNetwork.class, residual -> categorical(residual).classes())
        .with(SubBandGruNetwork.class, bands -> categorical(bands.layersOfBands()).classes())
        .with(EmbeddingGruNetwork.class, EmbeddingGruNetwork::outputs)
        .of(model.network());
  }

  private static Categorical categorical(ResidualGruNetwork network) {
    return network
        .head()
        .categorical()
        .orElseThrow(() -> new IllegalArgumentException("the model's samples have no classes"));
  }
}
