package org.wavebridge.conformance.reference;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.model.DualSoftmaxNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.io.Features;

/**
 * A golden checkpoint of some family, read as a user would, with the inputs and outputs that its
 * own project's code gave.
 */
public enum GoldenFamily {
  /** One GRU, pruned, trained. */
  GENEING("geneing_real", "checkpoint_step000000000_zip.pth", true, 2),
  /** Features of another range, de-emphasis. */
  CORENTINJ("corentinj", "checkpoint_zip.pt", false, 0),
  /** Other names. */
  TORCHAUDIO("torchaudio", "checkpoint_zip.pth", false, 0),
  /** Both networks of conditioning, mu-law. */
  COQUI_BITS("coqui_bits", "checkpoint_zip.pth", false, 0),
  /** No aux conditioning. */
  COQUI_NOAUX("coqui_noaux_bits", "checkpoint_zip.pth", false, 0),
  /** Interpolation instead of an upsampling network; linear. */
  COQUI_INTERP("coqui_interp_bits", "checkpoint_zip.pth", false, 0),
  /** Features that are not padded. */
  GWANG_BITS("gwang_bits", "checkpoint_step000001000_zip.pth", true, 2),
  /** Fed amplitudes. */
  GWANG_MULAW("gwang_mulaw", "checkpoint_step000001000_zip.pth", true, 2),
  /** A dual softmax with conditioning that changes with every sample. */
  MKOTHA("mkotha", "checkpoint_zip.pyt", false, 1),
  /** A dual softmax without conditioning. */
  DEEPMIND("deepmind_dual", "checkpoint_zip.pyt", false, 0);

  private final String folder;
  private final String checkpoint;
  private final boolean configured;
  private final int offset;

  /**
   * A golden folder.
   *
   * @param configured whether the checkpoint needs the configuration file beside it
   * @param offset frames of the teacher-forced features before the first that has samples
   */
  GoldenFamily(String folder, String checkpoint, boolean configured, int offset) {
    this.folder = folder;
    this.checkpoint = checkpoint;
    this.configured = configured;
    this.offset = offset;
  }

  /** What was recorded. */
  public Golden golden() {
    return Golden.of(folder + "/golden.npz");
  }

  /** The checkpoint. */
  public Path checkpoint() {
    return Golden.path(folder + "/" + checkpoint);
  }

  /** The configuration that a user must give. */
  public Optional<Path> config() {
    return configured ? Optional.of(Golden.path(folder + "/config.json")) : Optional.empty();
  }

  /** The checkpoint's model. */
  public ImportedModel read() {
    return Exporter.read(checkpoint(), "auto", config());
  }

  /** The features of teacher forcing. */
  public Features mel() {
    if (this == DEEPMIND) {
      // Frames of one number without effect, enough for the 2,500 samples.
      return new Features(1, 10, new float[10]);
    }
    return Features.read(Golden.path(folder + "/mel.npy"), 80);
  }

  /** The features of free running. */
  public Features generatedMel() {
    return this == GENEING ? Features.read(Golden.path(folder + "/mel_gen.npy"), 80) : mel();
  }

  /** Frames of the teacher-forced features before the first that has samples. */
  public int offset() {
    return offset;
  }

  /** The values of the labels that were to be predicted. */
  public float[] targets(VocoderModel model) {
    int[] labels =
        dual(model)
            ? joined(golden().ints("tf_c_target"), golden().ints("tf_f_target"))
            : golden().ints("tf_target");
    return new Reference(model, Arithmetic.DOUBLE).values(labels);
  }

  /** The values of the labels that were drawn. */
  public float[] drawn(VocoderModel model) {
    Golden golden = golden();
    int[] labels;
    if (golden.has("gen_coarse")) {
      labels = joined(golden.ints("gen_coarse"), golden.ints("gen_fine"));
    } else if (dual(model)) {
      int[] pairs = golden.ints("gen_labels");
      labels = new int[pairs.length / 2];
      Arrays.setAll(labels, t -> 256 * pairs[2 * t] + pairs[2 * t + 1]);
    } else {
      labels = golden.ints("gen_labels");
    }
    return new Reference(model, Arithmetic.DOUBLE).values(labels);
  }

  private static boolean dual(VocoderModel model) {
    return model.network() instanceof DualSoftmaxNetwork;
  }

  private static int[] joined(int[] coarse, int[] fine) {
    int[] joined = new int[coarse.length];
    Arrays.setAll(joined, t -> 256 * coarse[t] + fine[t]);
    return joined;
  }

  /** The recorded bits of every target. */
  public double[] bits(VocoderModel model) {
    Golden golden = golden();
    if (!dual(model)) {
      return golden.doubles("tf_nll_bits");
    }
    double[] bits = golden.doubles("tf_c_nll_bits");
    double[] fine = golden.doubles("tf_f_nll_bits");
    Arrays.setAll(bits, t -> bits[t] + fine[t]);
    return bits;
  }

  /** What was fed before the first of them. */
  public float[] previous(VocoderModel model) {
    if (this == GENEING) {
      // The recording's sample before the one that teacher forcing starts at, as it is.
      return new float[] {-0.14173998f};
    }
    return model.network().initialPrevious();
  }

  /**
   * Fails where logits are further from the recorded ones than 2e-4 of the larger of 1 and theirs.
   */
  public void assertLogits(String what, double[][] found) {
    if (golden().has("tf_c_logits")) {
      assertLogits(what, "tf_c_", found, 0);
      assertLogits(what, "tf_f_", found, DualSoftmaxNetwork.CLASSES);
    } else {
      assertLogits(what, "tf_", found, 0);
    }
  }

  private void assertLogits(String what, String arrays, double[][] found, int from) {
    Golden golden = golden();
    int[] index = golden.ints(arrays + "idx");
    double[] expected = golden.doubles(arrays + "logits");
    int size = expected.length / index.length;
    double worst = 0;
    for (int i = 0; i < index.length; i++) {
      double[] row = Arrays.copyOfRange(expected, i * size, (i + 1) * size);
      double largest = Arrays.stream(row).map(Math::abs).max().orElseThrow();
      double[] logits = Arrays.copyOfRange(found[index[i]], from, from + size);
      worst = Math.max(worst, Golden.difference(row, 0, logits) / Math.max(1, largest));
    }
    Golden.within(this + " logits " + what, 2e-4, worst);
  }
}
