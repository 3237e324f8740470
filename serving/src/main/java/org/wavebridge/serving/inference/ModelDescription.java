package org.wavebridge.serving.inference;

import java.util.List;
import org.wavebridge.serving.engine.ServedModel;

/** What the protocol says about a model. */
final class ModelDescription {
  /** The name of the server. */
  static final String SERVER = "wavebridge";

  /** The extensions that the server speaks. */
  static final List<String> EXTENSIONS =
      List.of(
          "binary_tensor_data",
          "model_repository",
          "parameters",
          "sequence",
          "sequence(string_id)");

  /**
   * A tensor of a model.
   *
   * @param name of the tensor
   * @param datatype that it has unless a request says otherwise
   * @param shape -1 where any size is taken
   */
  record Tensor(String name, String datatype, List<Long> shape) {}

  private ModelDescription() {}

  /** The server's version: the jar's, or {@code development}. */
  static String version() {
    String version = ModelDescription.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** What runs the model. */
  static String platform(ServedModel model) {
    return "wavebridge_" + model.backend();
  }

  /** The inputs that it must have. */
  static List<Tensor> inputs(ServedModel model) {
    long mels = model.manifest().features().mels();
    long speaker = model.manifest().speakerSize();
    Tensor features =
        new Tensor(InferenceCall.FEATURES, InferenceTensor.FP32, List.of(-1L, mels, -1L));
    return speaker == 0
        ? List.of(features)
        : List.of(
            features,
            new Tensor(InferenceCall.SPEAKER, InferenceTensor.FP32, List.of(-1L, speaker)));
  }

  /** Its outputs. */
  static List<Tensor> outputs() {
    return List.of(
        new Tensor(InferenceCall.AUDIO, InferenceTensor.INT16, List.of(-1L, -1L)),
        new Tensor(InferenceCall.LENGTHS, InferenceTensor.INT64, List.of(-1L)));
  }
}
