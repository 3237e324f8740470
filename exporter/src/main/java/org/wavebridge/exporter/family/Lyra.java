package org.wavebridge.exporter.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.CausalConvolutions;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelAnalysis.FilterShape;
import org.wavebridge.graphs.model.MelAnalysis.Framing;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.QuadratureMirrorTree;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.multibandgru.MultiBandGruNetwork;

/**
 * Google Lyra 0.0.2: the folder {@code wavegru} of raw arrays, a weight, a mask and a bias for each
 * layer. Gates are r, z, n as ours. The geometry that no array tells is Lyra's own.
 */
final class Lyra implements Family {
  private static final String PREFIX = "lyra_16khz_";
  private static final List<String> KINDS = List.of("weights", "mask", "bias");

  private static final int SAMPLE_RATE = 16000;
  private static final int HOP = 640;
  private static final int WINDOW = 1280;
  private static final int FFT = 2048;
  private static final double HIGHEST_FREQUENCY = 7920;

  /** Smallest mel magnitude, of amplitudes in 16-bit levels; its logarithm is divided by SCALE. */
  private static final double FLOOR = 500;

  private static final double SCALE = 10;

  private static final int INPUT_FRAMES = 3;
  private static final int RESIDUAL_LAYERS = 3;
  private static final int DOUBLINGS = 3;
  private static final float LEVELS_PER_UNIT = 256;
  private static final float UNIFORM_MARGIN = 1e-5f;

  /** The all-pass sections of the merge filter, for even and odd samples. */
  private static final float[] EVEN = {0.097930908203125f, 0.564300537109375f, 0.8737335205078125f};

  private static final float[] ODD = {0.3255157470703125f, 0.748626708984375f, 0.961456298828125f};

  @Override
  public String name() {
    return "lyra";
  }

  @Override
  public Set<String> settings() {
    return Set.of("family", "bands");
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    List<String> layers =
        new ArrayList<>(
            List.of("ar_to_gates", "conv1d", "conv_cond", "conv_to_gates", "gru_layer", "proj"));
    layers.addAll(List.of("mix", "means", "scales"));
    for (int i = 0; i < RESIDUAL_LAYERS; i++) {
      layers.add("conditioning_stack_" + i);
    }
    for (int i = 0; i < DOUBLINGS; i++) {
      layers.add("transpose_" + i);
    }
    return layers.stream()
        .flatMap(layer -> KINDS.stream().map(kind -> PREFIX + layer + "_" + kind))
        .toList();
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return Set.of();
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    RawLayers layers = new RawLayers(tensors, PREFIX);
    int bands = layers.columns("ar_to_gates");
    int columns = 1 << DOUBLINGS;
    if (Integer.bitCount(bands) != 1 || bands < 2 || HOP % (bands * columns) != 0) {
      throw tensors.refused(
          "tensor '%sar_to_gates_weights': expected columns for 2, 4, 8, .. bands, found %d"
              .formatted(PREFIX, bands));
    }
    settings.tensors("bands", bands, "columns of ar_to_gates");
    int hidden = layers.columns("gru_layer");
    Affine sample = layers.affine("ar_to_gates", "sample_weights", 3 * hidden, bands);
    CausalConvolutions conditioner = conditioner(tensors, layers, sample);
    return new VocoderModel(
        name(),
        new AudioFormat(SAMPLE_RATE, 16, SampleEncoding.LINEAR, 0, 0),
        new FeatureFormat(conditioner.input().inputs(), HOP, Optional.of(analysis())),
        conditioner,
        network(tensors, layers, hidden, sample.weight(), columns),
        Optional.empty(),
        Utterance.WHOLE);
  }

  private static MultiBandGruNetwork network(
      TensorReader tensors, RawLayers layers, int hidden, WeightMatrix sample, int columns) {
    int bands = sample.columns();
    int outputs = layers.rows("mix");
    if (outputs % bands != 0) {
      throw tensors.refused(
          "tensor '%smix_bias': expected as many components for each of %d bands, found %d in all"
              .formatted(PREFIX, bands, outputs));
    }
    int projected = layers.rows("proj");
    return new MultiBandGruNetwork(
        columns,
        sample,
        layers.affine("gru_layer", "recurrent", 3 * hidden, hidden),
        layers.affine("proj", "projection", projected, hidden),
        byBand(
            "band_output",
            bands,
            List.of(
                layers.affine("mix", "mix", outputs, projected),
                layers.affine("means", "means", outputs, projected),
                layers.affine("scales", "scales", outputs, projected))),
        new Head.BandMixtures(bands, outputs / bands, LEVELS_PER_UNIT, UNIFORM_MARGIN),
        new QuadratureMirrorTree(Integer.numberOfTrailingZeros(bands), EVEN.clone(), ODD.clone()));
  }

  /** One layer of several, whose rows are in as many parts as there are bands: band by band. */
  private static Affine byBand(String name, int bands, List<Affine> layers) {
    int rows = layers.get(0).bias().length / bands;
    int columns = layers.get(0).weight().columns();
    float[] values = new float[layers.size() * bands * rows * columns];
    float[] bias = new float[layers.size() * bands * rows];
    for (int band = 0; band < bands; band++) {
      for (int i = 0; i < layers.size(); i++) {
        Affine layer = layers.get(i);
        int from = band * rows;
        int to = (band * layers.size() + i) * rows;
        System.arraycopy(
            layer.weight().values(), from * columns, values, to * columns, rows * columns);
        System.arraycopy(layer.bias(), from, bias, to, rows);
      }
    }
    return new Affine(WeightMatrix.dense(name, bias.length, columns, values), bias);
  }

  /** The conditioning network; what it gives also holds the bias of the previous samples' part. */
  private static CausalConvolutions conditioner(
      TensorReader tensors, RawLayers layers, Affine sample) {
    int size = layers.rows("conv1d");
    int columns = layers.columns("conv1d");
    if (columns % INPUT_FRAMES != 0) {
      throw tensors.refused(
          "tensor '%sconv1d_weights': expected columns for %d frames, found %d"
              .formatted(PREFIX, INPUT_FRAMES, columns));
    }
    List<ContextLayer> residual = new ArrayList<>();
    for (int i = 0; i < RESIDUAL_LAYERS; i++) {
      String name = "conditioning_stack_" + i;
      residual.add(convolution(layers.affine(name, name, size, 2 * size), 2, 1 << i));
    }
    List<Affine> doublings = new ArrayList<>();
    for (int i = 0; i < DOUBLINGS; i++) {
      String name = "transpose_" + i;
      doublings.add(layers.affine(name, name, 2 * size, size));
    }
    int wide = layers.rows("conv_cond");
    Affine gates = layers.affine("conv_to_gates", "conv_to_gates", sample.bias().length, wide);
    float[] bias = gates.bias().clone();
    for (int i = 0; i < bias.length; i++) {
      bias[i] += sample.bias()[i];
    }
    return new CausalConvolutions(
        (float) (StrictMath.log(FLOOR) / SCALE),
        convolution(layers.affine("conv1d", "conv1d", size, columns), INPUT_FRAMES, 1),
        residual,
        doublings,
        List.of(
            layers.affine("conv_cond", "conv_cond", wide, size), new Affine(gates.weight(), bias)));
  }

  private static ContextLayer convolution(Affine layer, int kernel, int dilation) {
    return new ContextLayer(layer.weight(), layer.bias(), kernel, dilation, false);
  }

  private static MelAnalysis analysis() {
    return MelAnalysis.of(
            FFT, WINDOW, HIGHEST_FREQUENCY, MelScale.HTK, MelAnalysis.LogScale.NATURAL)
        .withFloor(FLOOR)
        .normalised(0, SCALE)
        .framed(Framing.CAUSAL)
        .shaped(FilterShape.UNIT_PEAK_IN_MEL)
        .withFullScale(32768);
  }
}
