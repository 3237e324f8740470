package org.wavebridge.reference;

import java.util.Arrays;
import org.wavebridge.graphs.model.Head;

/**
 * A network whose head draws the next value from its outputs, and that is fed the values of its
 * last step. Where a step makes a sample of each of several bands, its first sample computes the
 * outputs for all of them.
 */
abstract class DrawnReference implements ReferenceNetwork {
  /** The arithmetic. */
  final Arithmetic of;

  private final HeadReference head;

  DrawnReference(Head head, Arithmetic arithmetic) {
    this.head = HeadReference.of(head);
    this.of = arithmetic;
  }

  /**
   * Takes a step.
   *
   * @param t its first sample
   * @return the outputs for each of its samples, one behind the other
   */
  abstract double[] step(
      ReferenceState state, Conditioning conditioning, int t, ReferenceNetwork.Context context);

  @Override
  public final double[] score(
      ReferenceState state, Conditioning conditioning, int t, double given, Context context) {
    double[] outputs = outputs(state, conditioning, t, context);
    state.previous[t % network().samplesPerStep()] = of.round(given);
    return outputs;
  }

  @Override
  public final Step draw(
      ReferenceState state,
      Conditioning conditioning,
      int t,
      double[] uniforms,
      double temperature,
      Context context) {
    double[] outputs = outputs(state, conditioning, t, context);
    double audio = of.draw(head, outputs, temperature, uniforms);
    state.previous[t % network().samplesPerStep()] = audio;
    return new Step(audio, outputs);
  }

  private double[] outputs(
      ReferenceState state, Conditioning conditioning, int t, Context context) {
    int band = t % network().samplesPerStep();
    if (band == 0) {
      state.outputs = step(state, conditioning, t, context);
    }
    int size = network().outputs();
    return Arrays.copyOfRange(state.outputs, band * size, (band + 1) * size);
  }
}
