package org.wavebridge.exporter.triton;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.wavebridge.graphs.contract.Conditioning;

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
    TYPE_INT16
  }

  private static final long ANY = -1;

  static TritonTensor of(String name, Type type, long... dims) {
    return new TritonTensor(name, type, Arrays.stream(dims).boxed().toList());
  }

  static TritonTensor of(Conditioning tensor) {
    return of(tensor.name(), Type.TYPE_FP32, ANY, tensor.size());
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

  /** The samples of the whole utterance, 0 while they are not known. */
  static TritonTensor samples() {
    return of("samples", Type.TYPE_INT64, 1);
  }

  static TritonTensor audio() {
    return of("audio", Type.TYPE_FP32, ANY);
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
