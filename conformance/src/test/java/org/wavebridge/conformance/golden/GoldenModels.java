package org.wavebridge.conformance.golden;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.AuxBranch;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.FeatureFormat;
import org.wavebridge.graphs.model.FrameConvolutions;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.MelAnalysis;
import org.wavebridge.graphs.model.MelAnalysis.LogScale;
import org.wavebridge.graphs.model.MelScale;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.reference.Arithmetic;

/** The models of the golden checkpoints, with every size and setting written out. */
final class GoldenModels {
  private static final int MELS = 80;

  private GoldenModels() {}

  /** fatchord, 512 classes, mu-law: GRUs of 64, dense layers of 96. */
  static VocoderModel raw() {
    return fatchord("fatchord_raw", 64, 96, new Head.Categorical(512), SampleEncoding.MU_LAW);
  }

  /** fatchord, 10 logistics: GRUs of 96, dense layers of 64. */
  static VocoderModel mol() {
    return fatchord(
        "fatchord_mol", 96, 64, new Head.MixtureOfLogistics(10), SampleEncoding.CONTINUOUS);
  }

  private static VocoderModel fatchord(
      String folder, int hidden, int dense, Head head, SampleEncoding encoding) {
    String file = folder + "/checkpoint_zip.pyt";
    try (GoldenWeights weights = new GoldenWeights(Golden.path(file), "checkpoint_zip")) {
      weights.skip();
      UpsampledMels conditioner = upsampledMels(weights);
      return new VocoderModel(
          "fatchord",
          new AudioFormat(22050, 9, encoding, 0, 20),
          new FeatureFormat(MELS, 275, Optional.empty()),
          conditioner,
          residualGru(weights, hidden, dense, head),
          Optional.empty());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** 32 channels, three residual blocks, factors 5, 5, 11. */
  private static UpsampledMels upsampledMels(GoldenWeights weights) {
    int channels = 32;
    float[] first = weights.values(channels * MELS * 5);
    Convolution input = weights.normalised("input", channels, MELS, 5, first);
    List<AuxBranch.ResidualBlock> blocks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      float[] one = weights.values(channels * channels);
      float[] two = weights.values(channels * channels);
      blocks.add(
          new AuxBranch.ResidualBlock(
              weights.normalised("first" + i, channels, channels, 1, one),
              weights.normalised("second" + i, channels, channels, 1, two)));
    }
    Convolution output = weights.convolution("output", channels, channels, 1);
    List<UpsampledMels.Stage> stages = new ArrayList<>();
    for (int factor : new int[] {5, 5, 11}) {
      stages.add(new UpsampledMels.Stage(factor, weights.values(2 * factor + 1)));
    }
    return new UpsampledMels(2, stages, input, blocks, output);
  }

  private static ResidualGruNetwork residualGru(
      GoldenWeights weights, int hidden, int dense, Head head) {
    int slice = 8;
    Affine input = weights.affine("input", hidden, 1 + MELS + slice);
    WeightMatrix sample = GoldenWeights.columns(input.weight(), 0, 1);
    WeightMatrix rest = GoldenWeights.columns(input.weight(), 1, 1 + MELS + slice);
    WeightMatrix input1 = weights.matrix("gru1_input", 3 * hidden, hidden);
    WeightMatrix recurrent1 = weights.matrix("gru1_recurrent", 3 * hidden, hidden);
    Affine gru1Input = new Affine(input1, weights.values(3 * hidden));
    Affine gru1Recurrent = new Affine(recurrent1, weights.values(3 * hidden));
    WeightMatrix input2 = weights.matrix("gru2_input", 3 * hidden, hidden + slice);
    WeightMatrix recurrent2 = weights.matrix("gru2_recurrent", 3 * hidden, hidden);
    AuxAffine gru2Input =
        GoldenWeights.split(new Affine(input2, weights.values(3 * hidden)), hidden);
    Affine gru2Recurrent = new Affine(recurrent2, weights.values(3 * hidden));
    return new ResidualGruNetwork(
        sample.values(),
        GoldenWeights.split(new Affine(rest, input.bias()), MELS),
        gru1Input,
        gru1Recurrent,
        gru2Input,
        gru2Recurrent,
        weights.auxAffine("fc1", dense, hidden, slice),
        weights.auxAffine("fc2", dense, dense, slice),
        weights.affine("output", head.outputs(), dense),
        head);
  }

  /** The demo voice: a dual softmax of 256 units, 16 kHz. */
  static VocoderModel voice() {
    int hidden = 256;
    try (GoldenWeights weights =
        new GoldenWeights(Golden.path("en-us-16k/checkpoint.pt"), "checkpoint")) {
      WeightMatrix input = weights.matrix("input", 3 * hidden, 3 + 64);
      WeightMatrix recurrent = weights.matrix("recurrent", 3 * hidden, hidden);
      Affine conditioning =
          new Affine(GoldenWeights.columns(input, 3, 3 + 64), weights.values(3 * hidden));
      float[] recurrentBias = weights.values(3 * hidden);
      FrameConvolutions conditioner =
          new FrameConvolutions(
              4,
              4,
              List.of(
                  weights.convolution("conv1", 128, MELS, 3),
                  weights.convolution("conv2", 64, 128, 3)));
      DualSoftmaxNetwork network =
          new DualSoftmaxNetwork(
              conditioning,
              GoldenWeights.columns(input, 0, 3),
              new Affine(recurrent, recurrentBias),
              weights.affine("coarse_hidden", 128, 128),
              weights.affine("coarse_output", 256, 128),
              weights.affine("fine_hidden", 128, 128),
              weights.affine("fine_output", 256, 128),
              new float[] {(float) Arithmetic.CANONICAL_F32.value(128, 256), -1});
      return new VocoderModel(
          "wavernn-dual-softmax",
          new AudioFormat(16000, 16, SampleEncoding.LINEAR, 0.85f, 0),
          new FeatureFormat(MELS, 200, Optional.of(voiceAnalysis())),
          conditioner,
          network,
          Optional.empty());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static MelAnalysis voiceAnalysis() {
    return MelAnalysis.of(1024, 800, 8000, MelScale.HTK, LogScale.NATURAL);
  }
}
