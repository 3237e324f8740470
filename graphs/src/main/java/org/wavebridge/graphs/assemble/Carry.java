package org.wavebridge.graphs.assemble;

import static org.wavebridge.graphs.onnx.StandardOps.add;
import static org.wavebridge.graphs.onnx.StandardOps.concat;
import static org.wavebridge.graphs.onnx.StandardOps.longs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;

/**
 * What the calls of a graph hand on: an input and an output for each tensor where they follow each
 * other, or its start where every call makes a whole utterance.
 */
final class Carry {
  /** The index of the first sample of a call. */
  static final String SAMPLE = "sample";

  private static final String NEXT = "next_";

  private final ModelBuilder g;

  /** Of whole utterances: N, int64 {@code [1]}. */
  private final Optional<Value> rows;

  private final List<CarriedTensor> tensors = new ArrayList<>();
  private Optional<Value> sample = Optional.empty();

  private Carry(ModelBuilder g, Optional<Value> rows) {
    this.g = g;
    this.rows = rows;
  }

  /** Calls that follow each other. */
  static Carry on(ModelBuilder g) {
    return new Carry(g, Optional.empty());
  }

  /**
   * Each call makes whole utterances.
   *
   * @param rows N, int64 {@code [1]}
   */
  static Carry nothing(ModelBuilder g, Value rows) {
    return new Carry(g, Optional.of(rows));
  }

  /** Whether each call makes whole utterances. */
  boolean whole() {
    return rows.isPresent();
  }

  /** A tensor {@code [N, size]}, with its values in each row before the first call. */
  Value take(String name, float[] start) {
    if (rows.isPresent()) {
      Value first = g.initializer(name + "_start", start, 1, start.length);
      Value shape = concat(g, 0, rows.get(), longs(g, start.length));
      return g.node("Expand", List.of(first, shape));
    }
    tensors.add(new CarriedTensor(name, NEXT + name, ElementType.FLOAT, start));
    return g.input(name, Dim.N, Dim.of(start.length));
  }

  /** A tensor that is an input and an output already, with its values before the first call. */
  void taken(String input, String output, float[] start) {
    if (start.length > 0) {
      tensors.add(new CarriedTensor(input, output, ElementType.FLOAT, start));
    }
  }

  /** What the next call takes in its place. */
  void give(String name, Value next, int size) {
    if (rows.isEmpty()) {
      g.output(NEXT + name, next, Dim.N, Dim.of(size));
    }
  }

  /** The index of the first sample, int64 {@code [N, 1]}; the same value for all who ask. */
  Value sample() {
    if (sample.isEmpty()) {
      sample = Optional.of(firstSample());
    }
    return sample.get();
  }

  private Value firstSample() {
    if (rows.isPresent()) {
      return g.node("Expand", List.of(longs(g, 0), concat(g, 0, rows.get(), longs(g, 1))));
    }
    tensors.add(new CarriedTensor(SAMPLE, NEXT + SAMPLE, ElementType.INT64, new float[1]));
    return g.input(SAMPLE, ElementType.INT64, Dim.N, Dim.of(1));
  }

  /**
   * Makes the index of the next call's first sample an output, if anybody asked for it.
   *
   * @param samples of this call, int64 {@code [1]}
   */
  void advance(Value samples) {
    if (rows.isEmpty() && sample.isPresent()) {
      g.output(NEXT + SAMPLE, add(g, sample.get(), samples), ElementType.INT64, Dim.N, Dim.of(1));
    }
  }

  /** The tensors that calls hand on, as they were taken. */
  List<CarriedTensor> tensors() {
    return List.copyOf(tensors);
  }
}
