package org.wavebridge.serving.inference;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;
import org.wavebridge.serving.engine.ServedModel;
import org.wavebridge.serving.wire.InferParameter;
import org.wavebridge.serving.wire.InferTensorContents;
import org.wavebridge.serving.wire.ModelInferRequest;
import org.wavebridge.serving.wire.ModelInferResponse;

/** The protocol's messages of gRPC as tensors and parameters, and back. */
final class InferenceMessages {
  private InferenceMessages() {}

  /** The parameters of a request, as texts. */
  static Map<String, String> parameters(ModelInferRequest request) {
    Map<String, String> texts = new LinkedHashMap<>();
    request.getParametersMap().forEach((name, value) -> texts.put(name, text(name, value)));
    return texts;
  }

  private static String text(String name, InferParameter value) {
    return switch (value.getParameterChoiceCase()) {
      case BOOL_PARAM -> String.valueOf(value.getBoolParam());
      case INT64_PARAM -> String.valueOf(value.getInt64Param());
      case STRING_PARAM -> value.getStringParam();
      case DOUBLE_PARAM -> String.valueOf(value.getDoubleParam());
      case UINT64_PARAM -> Long.toUnsignedString(value.getUint64Param());
      case PARAMETERCHOICE_NOT_SET ->
          throw new Refusal(
              Kind.BAD_REQUEST,
              "parameters: expected a value for '%s'".formatted(InferenceTensor.cut(name)));
    };
  }

  /**
   * The inputs of a request.
   *
   * @throws Refusal if one is not whole
   */
  static List<InferenceTensor> inputs(ModelInferRequest request) {
    List<InferenceTensor> inputs = new ArrayList<>();
    boolean raw = request.getRawInputContentsCount() > 0;
    if (raw && request.getRawInputContentsCount() != request.getInputsCount()) {
      throw new Refusal(
          Kind.BAD_REQUEST,
          "raw_input_contents: expected one for each of %d inputs, found %d"
              .formatted(request.getInputsCount(), request.getRawInputContentsCount()));
    }
    for (int i = 0; i < request.getInputsCount(); i++) {
      ModelInferRequest.InferInputTensor input = request.getInputs(i);
      long[] shape = input.getShapeList().stream().mapToLong(Long::longValue).toArray();
      if (raw && input.hasContents()) {
        throw new Refusal(
            Kind.BAD_REQUEST,
            "input '%s': expected contents or raw_input_contents, found both"
                .formatted(InferenceTensor.cut(input.getName())));
      }
      byte[] elements =
          raw
              ? request.getRawInputContents(i).toByteArray()
              : elements(input.getName(), input.getDatatype(), input.getContents());
      inputs.add(InferenceTensor.of(input.getName(), input.getDatatype(), shape, elements));
    }
    return inputs;
  }

  private static byte[] elements(String name, String datatype, InferTensorContents contents) {
    InferenceTensor.width(name, datatype);
    List<? extends Number> numbers =
        switch (datatype) {
          case InferenceTensor.FP32 -> contents.getFp32ContentsList();
          case "FP64" -> contents.getFp64ContentsList();
          case "INT32" -> contents.getIntContentsList();
          case InferenceTensor.INT64 -> contents.getInt64ContentsList();
          default -> List.of();
        };
    return InferenceTensor.raw(datatype, List.copyOf(numbers));
  }

  /** A response with outputs as raw contents. */
  static ModelInferResponse.Builder response(
      ModelInferRequest request, ServedModel model, List<InferenceTensor> outputs) {
    ModelInferResponse.Builder response =
        ModelInferResponse.newBuilder()
            .setModelName(model.name())
            .setModelVersion(model.version())
            .setId(request.getId());
    for (InferenceTensor tensor : outputs) {
      if (wanted(request, tensor.name())) {
        ModelInferResponse.InferOutputTensor.Builder output =
            response.addOutputsBuilder().setName(tensor.name()).setDatatype(tensor.datatype());
        for (long size : tensor.shape()) {
          output.addShape(size);
        }
        response.addRawOutputContents(ByteString.copyFrom(tensor.raw()));
      }
    }
    return response;
  }

  private static boolean wanted(ModelInferRequest request, String name) {
    return request.getOutputsCount() == 0
        || request.getOutputsList().stream().anyMatch(output -> output.getName().equals(name));
  }

  /**
   * Refuses outputs that no model has.
   *
   * @throws Refusal naming it
   */
  static void requireOutputs(ModelInferRequest request) {
    for (ModelInferRequest.InferRequestedOutputTensor output : request.getOutputsList()) {
      if (ModelDescription.outputs().stream()
          .noneMatch(each -> each.name().equals(output.getName()))) {
        throw new Refusal(
            Kind.BAD_REQUEST,
            "outputs: expected audio or lengths, found '%s'"
                .formatted(InferenceTensor.cut(output.getName())));
      }
    }
  }
}
