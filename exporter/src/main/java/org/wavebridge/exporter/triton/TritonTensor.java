package org.wavebridge.exporter.triton;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.wavebridge.graphs.assemble.ServingGraphs;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.Port;

/**
 * A tensor of a model in Triton.
 *
 * @param dims without the axis of rows; -1 where any size will do
 */
record TritonTensor(String name, Type type, List<Long> dims) {
  /** The types of elements, by their names in Triton. */
  enum Type {
    TYPE_FP32,
    TYPE_INT64,
    TYPE_INT32,
    TYPE_INT16
  }

  private static final long ANY = -1;

  static TritonTensor of(String name, Type type, long... dims) {
    return new TritonTensor(name, type, Arrays.stream(dims).boxed().toList());
  }

  static TritonTensor of(Conditioning tensor) {
    return of(tensor.name(), Type.TYPE_FP32, ANY, tensor.size());
  }

  /** An input or output of a graph, whose first axis is that of rows. */
  static TritonTensor of(Port port) {
    Type type =
        switch (port.type()) {
          case FLOAT -> Type.TYPE_FP32;
          case INT64 -> Type.TYPE_INT64;
          case INT32 -> Type.TYPE_INT32;
          case INT16 -> Type.TYPE_INT16;
          default -> throw new IllegalArgumentException(port + ": a type that no model here has");
        };
    List<Dim> each = port.shape().subList(1, port.shape().size());
    return new TritonTensor(
        port.name(),
        type,
        each.stream().map(dim -> dim.symbol().isEmpty() ? dim.size() : ANY).toList());
  }

  /** Features of whole utterances. */
  static TritonTensor features(int mels) {
    return of("features", Type.TYPE_FP32, mels, ANY);
  }

  /** Features frame by frame. */
  static TritonTensor frames(int mels) {
    return of("features", Type.TYPE_FP32, ANY, mels);
  }

  static TritonTensor seed() {
    return of("seed", Type.TYPE_INT64, 1);
  }

  static TritonTensor temperature() {
    return of("temperature", Type.TYPE_FP32, 1);
  }

  /** A seed and a temperature. */
  static List<TritonTensor> draws() {
    return List.of(seed(), temperature());
  }

  /** Where a stream is given them, the samples of its utterance, 0 while they are not known. */
  static List<TritonTensor> samples(ServingGraphs.Stream stream) {
    return stream.counted() ? List.of(of("samples", Type.TYPE_INT64, 1)) : List.of();
  }

  static TritonTensor audio() {
    return of("audio", Type.TYPE_FP32, ANY);
  }

  /** Whether the GPU made a row as it should: 0 where it did. */
  static TritonTensor status() {
    return of("status", Type.TYPE_INT32, 1);
  }

  /** What a listener gets. */
  static List<TritonTensor> sound() {
    return List.of(of("pcm", Type.TYPE_INT16, ANY), of("waveform", Type.TYPE_FP32, ANY));
  }

  /** The sizes as the configuration writes them. */
  static String list(List<Long> dims) {
    return dims.stream().map(String::valueOf).collect(Collectors.joining(", ", "[ ", " ]"));
  }
}
