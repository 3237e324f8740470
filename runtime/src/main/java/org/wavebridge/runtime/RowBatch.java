package org.wavebridge.runtime;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Generates several sequences in lockstep: they are the rows of the graph's calls. A row gives
 * exactly the values it gives alone. Rows may start anywhere in their conditioning and have
 * different lengths; one that is done leaves the batch.
 */
final class RowBatch {
  /** Values that the inputs of one call take together, 128 MB. */
  private static final long MOST_VALUES = 1 << 25;

  private final VocoderGraphs graphs;
  private final BundleManifest manifest;
  private final GenerateOptions options;
  private final int hop;

  RowBatch(VocoderGraphs graphs, GenerateOptions options) {
    this.graphs = graphs;
    this.manifest = graphs.manifest();
    this.options = options;
    this.hop = manifest.features().hop();
  }

  /** One sequence. */
  static final class Row {
    private final Map<String, float[]> conditioning;
    private final int start;
    private final UniformSource uniforms;
    private final int uniformRow;
    private final float[] made;
    private int done;
    private Map<String, Tensor> carried;

    /**
     * A row at its beginning.
     *
     * @param conditioning values by tensor, from the start of the utterance; what lies beyond its
     *     end counts as zero
     * @param start the sample of the utterance that the row starts at
     * @param samples how many to make
     * @param uniforms the row's random numbers
     * @param uniformRow which of their rows
     */
    Row(
        Map<String, float[]> conditioning,
        int start,
        int samples,
        UniformSource uniforms,
        int uniformRow,
        VocoderGraphs graphs) {
      this.conditioning = conditioning;
      this.start = start;
      this.uniforms = uniforms;
      this.uniformRow = uniformRow;
      this.made = new float[samples];
      this.carried = graphs.start(1);
    }

    /** The values made, as the network emits them. */
    float[] values() {
      return made;
    }

    private int left() {
      return made.length - done;
    }
  }

  /** Generates all rows to their ends. */
  void run(List<Row> rows, Progress progress) {
    long total = rows.stream().mapToLong(row -> row.made.length).sum();
    for (Row row : rows) {
      int offset = row.start % hop;
      if (offset != 0) {
        // Frames must start with a call; the rest of a row's first frame is a call of its own.
        call(List.of(row), Math.min(hop - offset, row.left()));
      }
    }
    while (true) {
      List<Row> active = rows.stream().filter(row -> row.left() > 0).toList();
      if (active.isEmpty()) {
        return;
      }
      int longest = active.stream().mapToInt(Row::left).max().orElse(0);
      call(active, Math.min(Math.min(options.chunkFrames(), most(active)) * hop, longest));
      progress.at(rows.stream().mapToLong(row -> row.done).sum(), total);
    }
  }

  /** Frames of one call whose values can be held; many rows take fewer frames at once. */
  private int most(List<Row> rows) {
    long frame = (long) hop * (manifest.network().draws() + 1);
    for (Conditioning tensor : manifest.conditioning()) {
      frame += (long) tensor.size() * (tensor.rate() == Conditioning.Rate.SAMPLE ? hop : 1);
    }
    return (int) Math.max(1, MOST_VALUES / (frame * rows.size()));
  }

  private void call(List<Row> rows, int samples) {
    Map<String, Tensor> inputs = new HashMap<>();
    for (Conditioning tensor : manifest.conditioning()) {
      inputs.put(tensor.name(), conditioning(rows, tensor, samples));
    }
    int draws = manifest.network().draws();
    float[] uniforms = new float[rows.size() * samples * draws];
    for (int n = 0; n < rows.size(); n++) {
      Row row = rows.get(n);
      int wanted = Math.min(samples, row.left());
      row.uniforms.fill(uniforms, n * samples * draws, row.uniformRow, row.done, wanted, draws);
    }
    inputs.put("uniforms", new Tensor(uniforms, rows.size(), samples, draws));
    inputs.put("temperature", Tensor.repeated(options.temperature(), rows.size()));
    for (String name : List.of("previous", "state")) {
      inputs.put(name, joined(rows, name));
    }
    Map<String, Tensor> outputs = graphs.run(GraphKind.GENERATE, inputs);
    float[] audio =
        graphs.output(GraphKind.GENERATE, outputs, "audio", rows.size(), samples).values();
    Map<String, Tensor> carried = graphs.carried(GraphKind.GENERATE, outputs, rows.size());
    for (int n = 0; n < rows.size(); n++) {
      Row row = rows.get(n);
      int wanted = Math.min(samples, row.left());
      System.arraycopy(audio, n * samples, row.made, row.done, wanted);
      row.done += wanted;
      Map<String, Tensor> own = new HashMap<>();
      for (Map.Entry<String, Tensor> tensor : carried.entrySet()) {
        int size = (int) tensor.getValue().shape()[1];
        float[] values = Arrays.copyOfRange(tensor.getValue().values(), n * size, (n + 1) * size);
        own.put(tensor.getKey(), new Tensor(values, 1, size));
      }
      row.carried = own;
    }
  }

  /** The conditioning of the rows' next samples, {@code [rows, vectors, size]}. */
  private Tensor conditioning(List<Row> rows, Conditioning tensor, int samples) {
    int vectors =
        switch (tensor.rate()) {
          case FRAME -> (samples + hop - 1) / hop;
          case SAMPLE -> samples;
        };
    int length = vectors * tensor.size();
    float[] values = new float[rows.size() * length];
    for (int n = 0; n < rows.size(); n++) {
      Row row = rows.get(n);
      int at = row.start + row.done;
      int first =
          switch (tensor.rate()) {
            case FRAME -> at / hop;
            case SAMPLE -> at;
          };
      float[] all = row.conditioning.getOrDefault(tensor.name(), new float[0]);
      int from = Math.min(all.length, first * tensor.size());
      System.arraycopy(all, from, values, n * length, Math.min(length, all.length - from));
    }
    return new Tensor(values, rows.size(), vectors, tensor.size());
  }

  /** The values that the rows carry from call to call, {@code [rows, size]}. */
  private Tensor joined(List<Row> rows, String name) {
    List<float[]> own =
        rows.stream()
            .map(row -> graphs.output(GraphKind.GENERATE, row.carried, name, 1, VocoderGraphs.ANY))
            .map(Tensor::values)
            .toList();
    int size = own.get(0).length;
    float[] values = new float[rows.size() * size];
    for (int n = 0; n < rows.size(); n++) {
      System.arraycopy(own.get(n), 0, values, n * size, size);
    }
    return new Tensor(values, rows.size(), size);
  }
}
