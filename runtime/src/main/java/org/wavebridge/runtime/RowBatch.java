package org.wavebridge.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.Conditioning;
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
  private final int chunkFrames;
  private final int hop;

  /**
   * A batch of a bundle.
   *
   * @param chunkFrames the most frames of a call
   */
  RowBatch(VocoderGraphs graphs, int chunkFrames) {
    this.graphs = graphs;
    this.manifest = graphs.manifest();
    this.chunkFrames = chunkFrames;
    this.hop = manifest.features().hop();
  }

  /** One sequence. */
  static final class Row {
    private final Map<String, float[]> conditioning;
    private final int start;
    private final UniformSource uniforms;
    private final int uniformRow;
    private final float temperature;
    private final float[] made;
    private int done;
    private Map<String, Tensor> carried;

    /**
     * A row at its beginning.
     *
     * @param conditioning values by tensor, from the start of the utterance; what lies beyond its
     *     end is all of the bundle's {@code utterance.beyond}
     * @param start the sample of the utterance that the row starts at
     * @param samples how many to make
     * @param uniforms the row's random numbers
     * @param uniformRow which of their rows
     * @param temperature see {@link GenerateOptions}
     */
    Row(
        Map<String, float[]> conditioning,
        int start,
        int samples,
        UniformSource uniforms,
        int uniformRow,
        float temperature,
        VocoderGraphs graphs) {
      this.conditioning = conditioning;
      this.start = start;
      this.uniforms = uniforms;
      this.uniformRow = uniformRow;
      this.temperature = temperature;
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
      call(active, Math.min(Math.min(chunkFrames, most(active)) * hop, longest));
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
    int draws = manifest.network().draws();
    List<RowCall.Input> inputs = new ArrayList<>();
    for (Row row : rows) {
      int wanted = Math.min(samples, row.left());
      float[] uniforms = new float[wanted * draws];
      row.uniforms.fill(uniforms, 0, row.uniformRow, row.done, wanted, draws);
      Map<String, Tensor> conditioning = new HashMap<>();
      for (Conditioning tensor : manifest.conditioning()) {
        conditioning.put(tensor.name(), conditioning(row, tensor, samples));
      }
      inputs.add(new RowCall.Input(conditioning, uniforms, row.temperature, row.carried));
    }
    List<RowCall.Output> outputs = RowCall.run(graphs, inputs, samples);
    for (int n = 0; n < rows.size(); n++) {
      Row row = rows.get(n);
      int wanted = Math.min(samples, row.left());
      System.arraycopy(outputs.get(n).values(), 0, row.made, row.done, wanted);
      row.done += wanted;
      row.carried = outputs.get(n).carried();
    }
  }

  /** The conditioning of a row's next samples, {@code [1, vectors, size]}. */
  private Tensor conditioning(Row row, Conditioning tensor, int samples) {
    int at = row.start + row.done;
    int first = tensor.rate() == Conditioning.Rate.FRAME ? at / hop : at;
    int vectors =
        switch (tensor.rate()) {
          case FRAME -> (samples + hop - 1) / hop;
          case SAMPLE -> samples;
        };
    float[] values = new float[vectors * tensor.size()];
    Arrays.fill(values, manifest.utterance().beyond());
    float[] all = row.conditioning.getOrDefault(tensor.name(), new float[0]);
    int from = Math.min(all.length, first * tensor.size());
    System.arraycopy(all, from, values, 0, Math.min(values.length, all.length - from));
    return new Tensor(values, 1, vectors, tensor.size());
  }
}
