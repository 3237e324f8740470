package org.wavebridge.conformance.golden;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.wavebridge.conformance.targets.FeatureFrames;
import org.wavebridge.exporter.Exporter;
import org.wavebridge.exporter.family.ImportedModel;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.dualsoftmax.DualSoftmaxNetwork;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.Reference;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/**
 * A golden checkpoint of some family, read as a user would, with the inputs and outputs that its
 * own project's code gave.
 */
public enum GoldenFamily {
  /** One GRU, pruned, trained; so that its folder may be missing. */
  GENEING("geneing_real", "checkpoint_step000000000_zip.pth", true, 2),
  /** Features of another range, de-emphasis. */
  CORENTINJ("corentinj", "checkpoint_zip.pt", false, 0),
  /** A speaker embedding; its folder is too large for the repository. */
  SCWAVERNN("scwavernn_raw", "checkpoint_zip.pyt", false, 0),
  /** A sample of each of four bands in a step; too large, too. */
  MULTIBAND("rjhuang_multiband", "checkpoint_zip.pyt", false, 2),
  /** The same network as small as in the repository, against NumPy. */
  MULTIBAND_SMALL("small/multiband", "checkpoint.safetensors", false, 2),
  /** A speaker embedding, small. */
  SCWAVERNN_SMALL("small/scwavernn", "checkpoint.safetensors", false, 0),
  /** Biases in the upsampling, padded with -4. */
  BEGEEKMYFRIEND("begeekmyfriend", "checkpoint_zip.pyt", false, 0),
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
  /** Embedded classes, a bidirectional conditioner; class C / 2 is silence. */
  UNIVOC("univoc", "checkpoint_zip.pt", false, 0),
  /** The version before; some of its frames begin a sample late. */
  UNIVOC_V01("univoc_v01", "checkpoint_zip.pt", true, 0),
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

  /** Whether the folder lies beside the repository. */
  private boolean isOutside() {
    return this == GENEING || this == SCWAVERNN || this == MULTIBAND;
  }

  /** The recording. */
  public Golden golden() {
    return isOutside()
        ? Golden.ofTrained(folder + "/golden.npz")
        : Golden.of(folder + "/golden.npz");
  }

  /** Whether the folder is there; where it is not, whatever needs it skips its test. */
  public boolean isThere() {
    return !isOutside() || Golden.hasTrained(folder);
  }

  private Path file(String name) {
    String path = folder + "/" + name;
    return isOutside() ? Golden.trained(path) : Golden.path(path);
  }

  /** The checkpoint. */
  public Path checkpoint() {
    return file(checkpoint);
  }

  /** The configuration that a user must give. */
  public Optional<Path> config() {
    return configured ? Optional.of(file("config.json")) : Optional.empty();
  }

  /** The checkpoint's model. */
  public ImportedModel read() {
    return Exporter.read(checkpoint(), "auto", config());
  }

  /** A model of random weights: the checkpoint's own, or one of the shapes of the trained one. */
  public ImportedModel random() {
    return this == GENEING
        ? Exporter.read(
            Golden.path("geneing/checkpoint_zip.pth"),
            "auto",
            Optional.of(Golden.path("geneing/config.json")))
        : read();
  }

  /** Who speaks, where the model takes an embedding. */
  public Optional<SpeakerEmbedding> speaker() {
    return this == SCWAVERNN || this == SCWAVERNN_SMALL
        ? Optional.of(SpeakerEmbedding.read(file("speaker_embedding.npy")))
        : Optional.empty();
  }

  /** The conditioning of features in the reference. */
  public Conditioning conditioning(VocoderModel model, Features features) {
    double[] speaker =
        Arithmetic.widen(speaker().map(SpeakerEmbedding::values).orElse(new float[0]));
    return new Reference(model, Arithmetic.DOUBLE)
        .conditioning(FeatureFrames.of(features), speaker);
  }

  /** Features for that model. */
  public Features randomMel() {
    return this == GENEING ? Features.read(Golden.path("geneing/mel.npy"), 80) : generatedMel();
  }

  /** The features of teacher forcing. */
  public Features mel() {
    if (this == DEEPMIND) {
      // Frames of one number without effect, enough for the 2,500 samples.
      return new Features(1, 10, new float[10]);
    }
    return Features.read(file("mel.npy"), 80);
  }

  /** The features of free running. */
  public Features generatedMel() {
    return this == GENEING ? Features.read(file("mel_gen.npy"), 80) : mel();
  }

  /** Frames of the teacher-forced features before the first that has samples. */
  public int offset() {
    return offset;
  }

  /** The values of the labels that were to be predicted. */
  public float[] targets(VocoderModel model) {
    return values(
        model,
        dual(model)
            ? joined(golden().ints("tf_c_target"), golden().ints("tf_f_target"))
            : golden().ints("tf_target"));
  }

  /** The values of the labels that were drawn. */
  public float[] drawn(VocoderModel model) {
    Golden golden = golden();
    return golden.has("gen_coarse")
        ? values(model, joined(golden.ints("gen_coarse"), golden.ints("gen_fine")))
        : labels(model, "gen_labels", 1);
  }

  /** The values of the labels that were drawn in folds, {@code [step, fold]}. */
  public float[] drawnFolds(VocoderModel model) {
    return labels(model, "fold_labels", golden().array("fold_labels").shape()[1]);
  }

  /** Clips that were generated together. */
  public List<Features> clips() {
    if (this == TORCHAUDIO) {
      float[] mels = golden().floats("batch_mel");
      int half = mels.length / 2;
      return List.of(
          new Features(80, 6, Arrays.copyOf(mels, half)),
          new Features(80, 6, Arrays.copyOfRange(mels, half, 2 * half)));
    }
    return List.of(part(mel(), 0, 8), part(mel(), 8, 16));
  }

  private static Features part(Features mel, int from, int to) {
    float[] values = new float[mel.mels() * (to - from)];
    for (int i = 0; i < mel.mels(); i++) {
      System.arraycopy(mel.values(), i * mel.frames() + from, values, i * (to - from), to - from);
    }
    return new Features(mel.mels(), to - from, values);
  }

  /** The values of the labels that were drawn for clips together, {@code [step, clip]}. */
  public float[] drawnClips(VocoderModel model) {
    return labels(model, "batch_labels", 2);
  }

  /** Labels recorded as {@code [step, row]}, or for a dual softmax {@code [step, 2, row]}. */
  private float[] labels(VocoderModel model, String array, int rows) {
    int[] labels = golden().ints(array);
    if (!dual(model)) {
      return values(model, labels);
    }
    int[] joined = new int[labels.length / 2];
    Arrays.setAll(
        joined,
        i -> {
          int coarse = i / rows * 2 * rows + i % rows;
          return DualSoftmaxNetwork.CLASSES * labels[coarse] + labels[coarse + rows];
        });
    return values(model, joined);
  }

  private static float[] values(VocoderModel model, int[] labels) {
    return new Reference(model, Arithmetic.DOUBLE).values(labels);
  }

  /** The recorded waveform, after all that the project does to it. */
  public double[] waveform() {
    Golden golden = golden();
    if (golden.has("gen_int16")) {
      return Arrays.stream(golden.ints("gen_int16")).mapToDouble(v -> v / 32768.0).toArray();
    }
    // One project sets the level of what it decoded.
    return golden.doubles(golden.has("gen_decoded") ? "gen_decoded" : "gen_wav");
  }

  /** The recorded waveform of joined folds. */
  public double[] foldedWaveform() {
    return golden().doubles(this == BEGEEKMYFRIEND ? "fold_unfolded" : "fold_wav");
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

  /** The value fed before the first of them. */
  public float[] previous(VocoderModel model) {
    if (this == GENEING) {
      // The recording's sample before the one that teacher forcing starts at, as it is.
      return new float[] {golden().floats("tf_x")[0]};
    }
    return model.network().initialPrevious();
  }

  /** The part of a conditioning that belongs to the teacher-forced samples. */
  public Conditioning forced(VocoderModel model, Conditioning made) {
    return from(model, made, offset);
  }

  /** The part of a conditioning that belongs to the samples generated. */
  public Conditioning generated(VocoderModel model, Conditioning made) {
    return from(model, made, model.utterance().leadFrames());
  }

  private static Conditioning from(VocoderModel model, Conditioning made, int offset) {
    int frame = Math.min(offset, made.frames().length);
    int steps = model.features().hop() / model.network().samplesPerStep();
    int sample = Math.min(offset * steps, made.samples().length);
    return new Conditioning(
        made.hop(),
        Arrays.copyOfRange(made.frames(), frame, made.frames().length),
        Arrays.copyOfRange(made.samples(), sample, made.samples().length));
  }
}
