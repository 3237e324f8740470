package org.wavebridge.runtime;

import java.util.HashMap;
import java.util.Map;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.runtime.spi.Tensor;

/** One sample after the other: all samples of a frame are made when the frame is there. */
final class SequentialMaker implements SampleMaker {
  private final VocoderGraphs graphs;
  private final float temperature;
  private final UniformSource uniforms;
  private final CarriedCalls calls;
  private long first;

  SequentialMaker(VocoderGraphs graphs, float temperature, UniformSource uniforms) {
    this.graphs = graphs;
    this.temperature = temperature;
    this.uniforms = uniforms;
    this.calls = new CarriedCalls(graphs, GraphKind.GENERATE, 1);
  }

  @Override
  public float[] add(Map<String, Tensor> conditioning, int frames) {
    int samples = frames * graphs.manifest().features().hop();
    int draws = graphs.manifest().network().draws();
    Map<String, Tensor> inputs = new HashMap<>(conditioning);
    inputs.put("uniforms", new Tensor(drawn(samples), 1, samples, draws));
    inputs.put("temperature", new Tensor(new float[] {temperature}, 1));
    Map<String, Tensor> outputs = calls.run(inputs, Map.of());
    return graphs.output(GraphKind.GENERATE, outputs, "audio", 1, samples).values();
  }

  private float[] drawn(int samples) {
    int draws = graphs.manifest().network().draws();
    float[] drawn = new float[samples * draws];
    uniforms.fill(drawn, 0, 0, first, samples, draws);
    first += samples;
    return drawn;
  }

  /**
   * What a call that it shares with others needs for its next frames; the call's output goes to
   * {@link #take}.
   */
  RowCall.Input shared(Map<String, Tensor> conditioning, int frames) {
    int samples = frames * graphs.manifest().features().hop();
    return new RowCall.Input(conditioning, drawn(samples), temperature, calls.carried());
  }

  /** The values of a call that was shared. */
  float[] take(RowCall.Output output) {
    calls.carry(output.carried());
    return output.values();
  }

  @Override
  public float[] rest() {
    return new float[0];
  }

  @Override
  public boolean done() {
    return true;
  }

  @Override
  public long room() {
    return 0;
  }

  @Override
  public void close() {
    calls.end();
  }
}
