package org.wavebridge.exporter.triton;

import java.util.List;
import org.wavebridge.graphs.assemble.CarriedTensor;
import org.wavebridge.graphs.onnx.ElementType;

/**
 * The text of a {@code config.pbtxt}: the message ModelConfig of Triton's model_config.proto in
 * protobuf's text format.
 */
final class TritonConfig {
  /** How long a request waits for others to share a call with. */
  private static final int QUEUE_MICROSECONDS = 2000;

  /** How long the server keeps a stream that sends nothing. */
  private static final int IDLE_MICROSECONDS = 60_000_000;

  private final StringBuilder text = new StringBuilder();

  private TritonConfig(String name) {
    line("name: \"%s\"".formatted(name));
  }

  /**
   * A model of a graph.
   *
   * @param rows most of a call
   */
  static TritonConfig ofGraph(String name, int rows) {
    TritonConfig config = new TritonConfig(name);
    config.line("backend: \"onnxruntime\"");
    config.line("max_batch_size: %d".formatted(rows));
    // There are no kernels of ours for GPUs in ONNX Runtime.
    config.line("instance_group [ { kind: KIND_CPU count: 1 } ]");
    return config;
  }

  /**
   * A model of a plan of TensorRT, on each GPU of the server.
   *
   * @param rows most of a call
   */
  static TritonConfig ofPlan(String name, int rows) {
    TritonConfig config = new TritonConfig(name);
    config.line("backend: \"tensorrt\"");
    config.line("platform: \"tensorrt_plan\"");
    config.line("max_batch_size: %d".formatted(rows));
    config.line("instance_group [ { kind: KIND_GPU count: 1 } ]");
    return config;
  }

  /** A model that runs others. */
  static TritonConfig ofEnsemble(String name, int rows) {
    TritonConfig config = new TritonConfig(name);
    config.line("platform: \"ensemble\"");
    config.line("max_batch_size: %d".formatted(rows));
    return config;
  }

  TritonConfig inputs(List<TritonTensor> tensors) {
    tensors.forEach(tensor -> tensor("input", tensor));
    return this;
  }

  TritonConfig outputs(List<TritonTensor> tensors) {
    tensors.forEach(tensor -> tensor("output", tensor));
    return this;
  }

  private void tensor(String field, TritonTensor tensor) {
    line(
        "%s [ { name: \"%s\" data_type: %s dims: %s } ]"
            .formatted(field, tensor.name(), tensor.type(), TritonTensor.list(tensor.dims())));
  }

  /** Where the server finds our operators. */
  TritonConfig library(String path) {
    line("model_operations { op_library_filename: [ \"%s\" ] }".formatted(path));
    return this;
  }

  /** Requests of one shape share calls. */
  TritonConfig batching() {
    line("dynamic_batching { max_queue_delay_microseconds: %d }".formatted(QUEUE_MICROSECONDS));
    return this;
  }

  /** Something that a client asks for. */
  TritonConfig parameter(String key, String value) {
    line("parameters { key: \"%s\" value: { string_value: \"%s\" } }".formatted(key, value));
    return this;
  }

  /**
   * Requests of a stream follow each other, and the server keeps what they hand on. The oldest
   * requests share a call; slots that stand still, which the other strategy has, would run with it.
   *
   * @param streams that the server keeps at once; more wait
   */
  TritonConfig sequences(int streams, List<CarriedTensor> carried) {
    line("sequence_batching {");
    line("  max_sequence_idle_microseconds: %d".formatted(IDLE_MICROSECONDS));
    line(
        "  oldest { max_candidate_sequences: %d max_queue_delay_microseconds: %d }"
            .formatted(streams, QUEUE_MICROSECONDS));
    carried.forEach(this::state);
    line("}");
    return this;
  }

  private void state(CarriedTensor tensor) {
    TritonTensor.Type type =
        tensor.type() == ElementType.INT64
            ? TritonTensor.Type.TYPE_INT64
            : TritonTensor.Type.TYPE_FP32;
    line("  state [ {");
    line("    input_name: \"%s\" output_name: \"%s\"".formatted(tensor.input(), tensor.output()));
    line("    data_type: %s dims: [ %d ]".formatted(type, tensor.start().length));
    line("    initial_state: [ {");
    line("      name: \"%s at the start\"".formatted(tensor.input()));
    line("      data_type: %s dims: [ %d ]".formatted(type, tensor.start().length));
    line("      data_file: \"%s\"".formatted(tensor.input()));
    line("    } ]");
    line("  } ]");
  }

  /**
   * One model that an ensemble runs.
   *
   * @param inputs of the model, each given the ensemble's tensor of its name; so with outputs
   */
  record Step(String model, List<TritonTensor> inputs, List<TritonTensor> outputs) {}

  TritonConfig steps(List<Step> steps) {
    line("ensemble_scheduling {");
    for (Step step : steps) {
      line("  step [ {");
      line("    model_name: \"%s\" model_version: -1".formatted(step.model()));
      map("input_map", step.inputs());
      map("output_map", step.outputs());
      line("  } ]");
    }
    line("}");
    return this;
  }

  private void map(String field, List<TritonTensor> tensors) {
    for (TritonTensor tensor : tensors) {
      line("    %s { key: \"%s\" value: \"%s\" }".formatted(field, tensor.name(), tensor.name()));
    }
  }

  private void line(String next) {
    text.append(next).append('\n');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
