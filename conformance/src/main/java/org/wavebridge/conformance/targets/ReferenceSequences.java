package org.wavebridge.conformance.targets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.reference.ReferenceNetwork;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.runtime.spi.Tensor;

/** {@code step}, {@code score} and {@code generate} by the reference, row by row. */
final class ReferenceSequences {
  private final VocoderModel model;
  private final Supplier<ReferenceNetwork> network;

  ReferenceSequences(VocoderModel model, Supplier<ReferenceNetwork> network) {
    this.model = model;
    this.network = network;
  }

  /** The results of one row. */
  private record Made(float[] audio, float[] logits, float[] previous, float[] state) {}

  static Tensor input(Map<String, Tensor> inputs, String name) {
    Tensor tensor = inputs.get(name);
    if (tensor == null) {
      throw new GraphException("no input '" + name + "', only " + inputs.keySet());
    }
    return tensor;
  }

  Map<String, Tensor> run(GraphKind kind, Map<String, Tensor> inputs) {
    int rows = (int) input(inputs, "state").shape()[0];
    int samples =
        switch (kind) {
          case STEP -> model.network().samplesPerStep();
          case GENERATE -> (int) input(inputs, "uniforms").shape()[1];
          default -> (int) input(inputs, "audio").shape()[1];
        };
    List<Made> made = new ArrayList<>();
    for (int n = 0; n < rows; n++) {
      made.add(
          kind == GraphKind.SCORE
              ? score(inputs, rows, samples, n)
              : draw(inputs, rows, samples, n));
    }
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    if (kind != GraphKind.SCORE) {
      float[] audio = Sequence.joined(made.stream().map(Made::audio).toList());
      boolean single = kind == GraphKind.STEP && samples == 1;
      outputs.put("audio", single ? new Tensor(audio, rows) : new Tensor(audio, rows, samples));
    }
    float[] previous = Sequence.joined(made.stream().map(Made::previous).toList());
    float[] state = Sequence.joined(made.stream().map(Made::state).toList());
    outputs.put(
        "next_previous", new Tensor(previous, rows, model.network().initialPrevious().length));
    outputs.put("next_state", new Tensor(state, rows, model.network().stateSize()));
    if (kind != GraphKind.GENERATE) {
      float[] logits = Sequence.joined(made.stream().map(Made::logits).toList());
      outputs.put("logits", new Tensor(logits, logitsShape(kind, rows, samples)));
    }
    return outputs;
  }

  private Made draw(Map<String, Tensor> inputs, int rows, int samples, int n) {
    Sequence row = row(inputs, rows, samples, n);
    ReferenceNetwork reference = network.get();
    ReferenceState state = row.referenceState();
    var conditioning = row.referenceConditioning();
    float[] audio = new float[samples];
    List<float[]> logits = new ArrayList<>();
    for (int t = 0; t < samples; t++) {
      ReferenceNetwork.Step step =
          reference.draw(state, conditioning, t, row.uniformsOf(t), row.temperature());
      audio[t] = (float) step.audio();
      logits.add(narrowed(step.logits()));
    }
    return made(audio, logits, state);
  }

  private Made score(Map<String, Tensor> inputs, int rows, int samples, int n) {
    Sequence row = row(inputs, rows, samples, n);
    ReferenceNetwork reference = network.get();
    ReferenceState state = row.referenceState();
    var conditioning = row.referenceConditioning();
    float[] audio = row(input(inputs, "audio"), rows, n);
    List<float[]> logits = new ArrayList<>();
    for (int t = 0; t < samples; t++) {
      logits.add(narrowed(reference.score(state, conditioning, t, audio[t])));
    }
    return made(audio, logits, state);
  }

  private static Made made(float[] audio, List<float[]> logits, ReferenceState state) {
    return new Made(
        audio, Sequence.joined(logits), narrowed(state.previous()), narrowed(state.hidden()));
  }

  private Sequence row(Map<String, Tensor> inputs, int rows, int samples, int n) {
    Map<String, float[]> conditioning = new HashMap<>();
    for (Conditioning tensor : model.conditioningTensors()) {
      conditioning.put(tensor.name(), row(input(inputs, tensor.name()), rows, n));
    }
    float[] uniforms =
        inputs.containsKey("uniforms") ? row(input(inputs, "uniforms"), rows, n) : new float[0];
    float temperature =
        inputs.containsKey("temperature") ? input(inputs, "temperature").values()[n] : 1;
    return new Sequence(
        model,
        samples,
        conditioning,
        uniforms,
        row(input(inputs, "previous"), rows, n),
        row(input(inputs, "state"), rows, n),
        temperature);
  }

  private long[] logitsShape(GraphKind kind, int rows, int samples) {
    List<Long> shape = new ArrayList<>(List.of((long) rows));
    if (kind == GraphKind.SCORE || samples > 1) {
      shape.add((long) samples);
    }
    Arrays.stream(model.network().logitShape()).forEach(size -> shape.add((long) size));
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  private static float[] row(Tensor tensor, int rows, int n) {
    int size = tensor.values().length / rows;
    return Arrays.copyOfRange(tensor.values(), n * size, (n + 1) * size);
  }

  private static float[] narrowed(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
