package org.wavebridge.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.spi.Tensor;

/** One call of the graph {@code generate} for several rows, each of which it does not change. */
final class RowCall {
  private RowCall() {}

  /**
   * What a row gives.
   *
   * @param conditioning of its next samples by tensor, {@code [1, vectors, size]}
   * @param uniforms {@code [samples, draws]}; where there are fewer samples, the rest is zero
   * @param carried previous values and state
   */
  record Input(
      Map<String, Tensor> conditioning,
      float[] uniforms,
      float temperature,
      Map<String, Tensor> carried) {}

  /**
   * What a row gets.
   *
   * @param values that the network emits
   * @param carried for its next call
   */
  record Output(float[] values, Map<String, Tensor> carried) {}

  /** Runs a call of so many samples of each row. */
  static List<Output> run(VocoderGraphs graphs, List<Input> rows, int samples) {
    BundleManifest manifest = graphs.manifest();
    Map<String, Tensor> inputs = new HashMap<>();
    for (Conditioning tensor : manifest.conditioning()) {
      int vectors =
          switch (tensor.rate()) {
            case FRAME -> (samples - 1) / manifest.features().hop() + 1;
            case SAMPLE -> samples;
          };
      List<float[]> own =
          rows.stream().map(row -> values(row.conditioning, tensor.name(), new float[0])).toList();
      inputs.put(tensor.name(), joined(own, vectors, tensor.size()));
    }
    int draws = manifest.network().draws();
    inputs.put("uniforms", joined(rows.stream().map(Input::uniforms).toList(), samples, draws));
    float[] temperatures = new float[rows.size()];
    for (int n = 0; n < temperatures.length; n++) {
      temperatures[n] = rows.get(n).temperature;
    }
    inputs.put("temperature", new Tensor(temperatures, temperatures.length));
    for (String name : rows.get(0).carried.keySet()) {
      List<float[]> own =
          rows.stream().map(row -> values(row.carried, name, new float[0])).toList();
      Tensor all = joined(own, 1, own.get(0).length);
      inputs.put(name, new Tensor(all.values(), rows.size(), own.get(0).length));
    }
    Map<String, Tensor> outputs = graphs.run(GraphKind.GENERATE, inputs);
    Tensor audio = graphs.output(GraphKind.GENERATE, outputs, "audio", rows.size(), samples);
    Map<String, Tensor> carried = graphs.carried(GraphKind.GENERATE, outputs, rows.size());
    List<Output> made = new ArrayList<>();
    for (int n = 0; n < rows.size(); n++) {
      Map<String, Tensor> own = new HashMap<>();
      for (Map.Entry<String, Tensor> tensor : carried.entrySet()) {
        own.put(tensor.getKey(), row(tensor.getValue(), n));
      }
      made.add(new Output(row(audio, n).values(), own));
    }
    return made;
  }

  private static float[] values(Map<String, Tensor> tensors, String name, float[] otherwise) {
    Tensor tensor = tensors.get(name);
    return tensor == null ? otherwise : tensor.values();
  }

  /** The rows' values, {@code [rows, vectors, size]}; a row with fewer vectors has zeros there. */
  private static Tensor joined(List<float[]> rows, int vectors, int size) {
    int length = vectors * size;
    float[] values = new float[Math.multiplyExact(rows.size(), length)];
    for (int n = 0; n < rows.size(); n++) {
      float[] own = rows.get(n);
      System.arraycopy(own, 0, values, n * length, Math.min(length, own.length));
    }
    return new Tensor(values, rows.size(), vectors, size);
  }

  /** A row of {@code [rows, size]}, {@code [1, size]}. */
  private static Tensor row(Tensor rows, int n) {
    int size = (int) rows.shape()[1];
    return new Tensor(Arrays.copyOfRange(rows.values(), n * size, (n + 1) * size), 1, size);
  }
}
