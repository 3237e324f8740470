package org.wavebridge.serving.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.serving.engine.PcmEncoding;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.engine.ServedModel;
import org.wavebridge.serving.engine.VocodeSettings;

/**
 * A request to infer, checked against its model.
 *
 * @param model that it is for
 * @param settings its parameters
 * @param rows features of each row of the batch, frame after frame, {@code [frames, mels]}
 * @param speakers who speaks in each row
 */
record InferenceCall(
    ServedModel model,
    VocodeSettings settings,
    List<float[]> rows,
    List<Optional<SpeakerEmbedding>> speakers) {
  /** The input: features, {@code [batch, mels, frames]}. */
  static final String FEATURES = "features";

  /** The input, which may be missing, and the output: frames, or samples, of each row. */
  static final String LENGTHS = "lengths";

  /**
   * The input of models that take one: the speaker embedding of each row, {@code [batch, size]}.
   */
  static final String SPEAKER = "speaker";

  /** The output: samples, {@code [batch, samples]}. */
  static final String AUDIO = "audio";

  /** The parameter with the type of the output {@link #AUDIO}. */
  static final String AUDIO_DATATYPE = "audio_datatype";

  private static final Set<String> OTHERS =
      Set.of(
          "sequence_id",
          "sequence_start",
          "sequence_end",
          "priority",
          "timeout",
          "headers",
          "binary_data_output");

  /**
   * The settings in the parameters of a request.
   *
   * @throws Refusal if there are others, or a value cannot be used
   */
  static VocodeSettings settings(String model, String version, Map<String, String> parameters) {
    VocodeSettings settings = VocodeSettings.DEFAULT;
    for (Map.Entry<String, String> each : parameters.entrySet()) {
      String name = each.getKey();
      boolean ours = Set.of("seed", "temperature", "precision").contains(name);
      if (ours) {
        settings = settings.with(name, each.getValue()).orElse(settings);
      } else if (name.equals(AUDIO_DATATYPE)) {
        settings = settings.in(encoding(each.getValue()));
      } else if (!OTHERS.contains(name) && !name.startsWith("triton_")) {
        throw new Refusal(
            Kind.BAD_REQUEST,
            "parameters: expected seed, temperature, precision or audio_datatype, found '%s'"
                .formatted(InferenceTensor.cut(name)));
      }
    }
    return settings.of(model, version);
  }

  private static PcmEncoding encoding(String datatype) {
    return switch (datatype) {
      case InferenceTensor.INT16 -> PcmEncoding.S16LE;
      case InferenceTensor.FP32 -> PcmEncoding.F32LE;
      default ->
          throw new Refusal(
              Kind.BAD_REQUEST,
              "audio_datatype: expected INT16 or FP32, found '%s'"
                  .formatted(InferenceTensor.cut(datatype)));
    };
  }

  /**
   * A call for whole utterances.
   *
   * @param most bytes of audio that a response may have
   * @throws Refusal if the inputs do not fit the model
   */
  static InferenceCall of(
      ServedModel model, VocodeSettings settings, List<InferenceTensor> inputs, long most) {
    List<float[]> rows = rows(model, inputs);
    BundleManifest manifest = model.manifest();
    int mels = manifest.features().mels();
    long samples = 0;
    for (float[] row : rows) {
      int made = manifest.utterance().samples(row.length / mels, manifest.features().hop());
      if (made == 0) {
        throw new Refusal(
            Kind.BAD_REQUEST,
            "input 'features': expected at least %d frames in each row, found %d"
                .formatted(
                    manifest.utterance().leadFrames() + manifest.utterance().tailFrames() + 1,
                    row.length / mels));
      }
      samples = Math.max(samples, made);
    }
    long bytes = samples * rows.size() * settings.encoding().bytes();
    if (bytes > most) {
      throw new Refusal(
          Kind.TOO_LARGE,
          "input 'features': expected frames for at most %d bytes of audio, found %d; use ModelStreamInfer or /v1/vocode"
              .formatted(most, bytes));
    }
    return new InferenceCall(model, settings, rows, speakers(inputs, rows.size()));
  }

  /** The settings of a row. */
  VocodeSettings settings(int row) {
    return settings.spokenBy(speakers.get(row));
  }

  /**
   * The speakers of a batch; none where there is no such input.
   *
   * @throws Refusal if they are not one for each row
   */
  static List<Optional<SpeakerEmbedding>> speakers(List<InferenceTensor> inputs, int batch) {
    InferenceTensor input = input(inputs, SPEAKER);
    if (input == null) {
      return Collections.nCopies(batch, Optional.empty());
    }
    long[] shape = input.shape();
    if (!input.isFloat() || shape.length != 2 || shape[0] != batch || shape[1] < 1) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "input 'speaker': expected [%d, size] of FP32, FP64 or FP16, found %s of %s"
              .formatted(batch, InferenceTensor.cut(Arrays.toString(shape)), input.datatype()));
    }
    int size = (int) shape[1];
    List<Optional<SpeakerEmbedding>> speakers = new ArrayList<>();
    for (int row = 0; row < batch; row++) {
      float[] values = new float[size];
      for (int k = 0; k < size; k++) {
        values[k] = input.floatAt(row * size + k);
      }
      speakers.add(Optional.of(new SpeakerEmbedding(values)));
    }
    return speakers;
  }

  /** The rows of the input, each without its padding. */
  static List<float[]> rows(ServedModel model, List<InferenceTensor> inputs) {
    int mels = model.manifest().features().mels();
    InferenceTensor features = input(inputs, FEATURES);
    long[] shape = features == null ? new long[0] : features.shape();
    if (features == null
        || !features.isFloat()
        || shape.length != 3
        || shape[0] < 1
        || shape[1] != mels
        || shape[2] < 1) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "input 'features': expected [batch, %d, frames] of FP32, FP64 or FP16, found %s"
              .formatted(
                  mels,
                  features == null
                      ? "no such input"
                      : InferenceTensor.cut(Arrays.toString(shape))
                          + " of "
                          + features.datatype()));
    }
    for (InferenceTensor each : inputs) {
      if (!Set.of(FEATURES, LENGTHS, SPEAKER).contains(each.name())) {
        throw new Refusal(
            Kind.BAD_REQUEST,
            "expected the inputs features, lengths and speaker, found '%s'"
                .formatted(InferenceTensor.cut(each.name())));
      }
    }
    int frames = (int) shape[2];
    List<float[]> rows = new ArrayList<>();
    for (int row = 0; row < shape[0]; row++) {
      int length = length(input(inputs, LENGTHS), (int) shape[0], row, frames);
      float[] values = new float[length * mels];
      for (int i = 0; i < values.length; i++) {
        values[i] = features.floatAt((row * mels + i % mels) * frames + i / mels);
      }
      rows.add(values);
    }
    return rows;
  }

  private static int length(@Nullable InferenceTensor lengths, int batch, int row, int frames) {
    if (lengths == null) {
      return frames;
    }
    if (lengths.isFloat() || InferenceTensor.elements(LENGTHS, lengths.shape()) != batch) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "input 'lengths': expected [%d] of INT64 or INT32, found %s of %s"
              .formatted(
                  batch,
                  InferenceTensor.cut(Arrays.toString(lengths.shape())),
                  lengths.datatype()));
    }
    long length = lengths.longAt(row);
    if (length < 1 || length > frames) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "input 'lengths': expected 1 to %d frames, found %d".formatted(frames, length));
    }
    return (int) length;
  }

  private static @Nullable InferenceTensor input(List<InferenceTensor> inputs, String name) {
    return inputs.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
  }
}
