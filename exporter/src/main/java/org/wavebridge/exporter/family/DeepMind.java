package org.wavebridge.exporter.family;

import static org.wavebridge.exporter.family.TensorReader.ANY;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;

/**
 * fatchord/WaveRNN's {@code deepmind_version}: a dual softmax without conditioning. Its gates are u
 * (what we call z), r, e (n); its only bias stands outside the reset product. It starts from class
 * 0. What it is given as features is one number a frame, which has no effect: frames only tell how
 * long an utterance is.
 */
final class DeepMind implements Family {
  private static final float[] CLASS_0 = {-1, -1};
  private static final float[] NOTHING = {0};

  /** Our gates r, z, n among theirs u, r, e. */
  private static final int[] GATES = {1, 0, 2};

  private static final String[] BIASES = {"bias_r", "bias_u", "bias_e"};

  @Override
  public String name() {
    return "deepmind";
  }

  @Override
  public Set<String> settings() {
    return Set.of("family", "hidden_size", "quantisation", "sample_rate", "hop_length");
  }

  @Override
  public List<String> tensors(Checkpoint checkpoint) {
    List<String> names = new ArrayList<>(List.of("R.weight", "I_coarse.weight", "I_fine.weight"));
    names.addAll(List.of(BIASES));
    for (int layer = 1; layer <= 4; layer++) {
      names.addAll(List.of("O" + layer + ".weight", "O" + layer + ".bias"));
    }
    return names;
  }

  @Override
  public Set<String> unused(Checkpoint checkpoint) {
    return Set.of("step");
  }

  @Override
  public VocoderModel read(TensorReader tensors, Settings settings) {
    int hidden = (int) tensors.shape("R.weight", ANY, ANY)[1];
    if (hidden % 2 != 0) {
      throw tensors.refused(
          "tensor 'R.weight': expected an even number of columns, found " + hidden);
    }
    settings.tensors("hidden_size", hidden, "columns of R.weight");
    settings.tensors("quantisation", tensors.shape("O2.weight", ANY, ANY)[0], "rows of O2.weight");
    float[] bias = new float[3 * hidden];
    for (int gate = 0; gate < 3; gate++) {
      System.arraycopy(tensors.floats(BIASES[gate], hidden), 0, bias, gate * hidden, hidden);
    }
    Affine conditioning =
        new Affine(
            WeightMatrix.dense("conditioning_weight", 3 * hidden, 1, new float[3 * hidden]), bias);
    DualSoftmaxNetwork network =
        DualSoftmaxLayers.network(
            tensors,
            "O",
            conditioning,
            sample(tensors, hidden),
            new Affine(recurrent(tensors, hidden), new float[3 * hidden]),
            CLASS_0.clone());
    int rate = MelSettings.sampleRate(settings, 22050);
    return new VocoderModel(
        name(),
        new AudioFormat(rate, 16, SampleEncoding.LINEAR, 0, 0),
        new FeatureFormat(1, settings.integer("hop_length", 275, 1, 1 << 16), Optional.empty()),
        new FrameConvolutions(
            0, 1, List.of(new Convolution("nothing", 1, 1, 1, NOTHING.clone(), NOTHING.clone()))),
        network,
        Optional.empty(),
        Utterance.WHOLE);
  }

  private static WeightMatrix recurrent(TensorReader tensors, int hidden) {
    float[] theirs = tensors.floats("R.weight", 3L * hidden, hidden);
    float[] ours = new float[theirs.length];
    int block = hidden * hidden;
    for (int gate = 0; gate < 3; gate++) {
      System.arraycopy(theirs, GATES[gate] * block, ours, gate * block, block);
    }
    return WeightMatrix.dense("recurrent", 3 * hidden, hidden, ours);
  }

  /** Columns c_{t-1}, f_{t-1}, c_t; the coarse half has no column for the last. */
  private static WeightMatrix sample(TensorReader tensors, int hidden) {
    int half = hidden / 2;
    float[] coarse = tensors.floats("I_coarse.weight", 3L * half, 2);
    float[] fine = tensors.floats("I_fine.weight", 3L * half, 3);
    float[] ours = new float[9 * hidden];
    for (int gate = 0; gate < 3; gate++) {
      for (int i = 0; i < half; i++) {
        int theirs = GATES[gate] * half + i;
        int row = gate * hidden + i;
        System.arraycopy(coarse, 2 * theirs, ours, 3 * row, 2);
        System.arraycopy(fine, 3 * theirs, ours, 3 * (row + half), 3);
      }
    }
    return WeightMatrix.dense("sample_weights", 3 * hidden, 3, ours);
  }
}
