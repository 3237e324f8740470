package org.wavebridge.runtime;

import java.util.Locale;
import java.util.Optional;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.SampleEncoding;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;

/**
 * The way back from a waveform, or from class indices, to the values a network emits: what {@link
 * Vocoder#score} takes.
 */
public final class WaveformEncoder {
  private static final int HALF_RANGE = 32768;

  private final AudioFormat audio;
  private final BundleManifest.Network network;
  private final float[] amplitudes;
  private final Optional<BandSplitting> splitting;

  /** An encoder for a bundle. */
  public WaveformEncoder(BundleManifest manifest) {
    this.audio = manifest.audio();
    this.network = manifest.network();
    this.splitting = manifest.bands().map(bands -> BandSplitting.of(bands.synthesis()));
    this.amplitudes =
        network.head() == HeadKind.CATEGORICAL
            ? new Head.Categorical(network.outputs(), true).values()
            : new float[0];
  }

  /**
   * Values of a waveform: pre-emphasis (the inverse of the de-emphasis), splitting into bands where
   * there are several, companding where the format says so, quantisation to the network's levels.
   *
   * @param waveform amplitudes in [-1, 1]
   * @return values in [-1, 1]; those of whole steps where there are several bands
   */
  public float[] encode(float[] waveform) {
    double[] amplitudes = preEmphasised(waveform);
    if (splitting.isPresent()) {
      float[] emphasised = new float[amplitudes.length];
      for (int t = 0; t < emphasised.length; t++) {
        emphasised[t] = (float) amplitudes[t];
      }
      float[] bands = splitting.get().split(emphasised);
      amplitudes = new double[bands.length];
      for (int i = 0; i < bands.length; i++) {
        amplitudes[i] = bands[i];
      }
    }
    float[] values = new float[amplitudes.length];
    for (int t = 0; t < values.length; t++) {
      values[t] =
          switch (audio.encoding()) {
            case MU_LAW, MU_LAW_TRUNCATED, MU_LAW_AMPLITUDES -> quantise(compand(amplitudes[t]));
            case MU_LAW_CENTRED -> quantiseUp(compand(amplitudes[t]));
            case LINEAR, CONTINUOUS -> quantise(amplitudes[t]);
          };
    }
    return values;
  }

  private double[] preEmphasised(float[] waveform) {
    double[] amplitudes = new double[waveform.length];
    double before = 0;
    for (int t = 0; t < waveform.length; t++) {
      amplitudes[t] = waveform[t] - (double) audio.deEmphasis() * before;
      before = waveform[t];
    }
    return amplitudes;
  }

  /**
   * Values of class indices.
   *
   * @param classes for a dual softmax unsigned 16-bit samples, else 0 .. classes - 1
   * @param file for messages
   * @throws InputException if an index is out of range or the network has no classes
   */
  public float[] fromClasses(int[] classes, String file) {
    if (!hasClasses()) {
      throw new InputException(
          file
              + ": this bundle's samples are continuous, there are no classes; give a recording with --audio");
    }
    int count = network.head() == HeadKind.DUAL_SOFTMAX ? 2 * HALF_RANGE : network.outputs();
    float[] values = new float[classes.length];
    for (int t = 0; t < classes.length; t++) {
      if (classes[t] < 0 || classes[t] >= count) {
        throw new InputException(
            String.format(
                Locale.ROOT,
                "%s: sample %d is %d, expected 0 to %d",
                file,
                t,
                classes[t],
                count - 1));
      }
      values[t] = valueOf(classes[t]);
    }
    return values;
  }

  /** Whether a sample is one of some classes. */
  private boolean hasClasses() {
    return network.head().classes() && audio.encoding() != SampleEncoding.CONTINUOUS;
  }

  private float quantise(double value) {
    double clamped = Math.max(-1, Math.min(1, value));
    if (!hasClasses()) {
      return (float) (network.kind().equals(LpcNetNetwork.KIND) ? value : clamped);
    }
    return network.head() == HeadKind.DUAL_SOFTMAX
        ? valueOf((int) Math.min(2 * HALF_RANGE - 1, Math.rint(clamped * HALF_RANGE) + HALF_RANGE))
        : valueOf((int) Math.floor((clamped + 1) / 2 * (network.outputs() - 1) + 0.5));
  }

  /** The first level that is not below, as librosa quantises. */
  private float quantiseUp(double value) {
    double place = Math.ceil((value + 1) / 2 * (network.outputs() - 1));
    return valueOf((int) Math.max(0, Math.min(network.outputs() - 1, place)));
  }

  private float valueOf(int index) {
    if (network.head() == HeadKind.DUAL_SOFTMAX) {
      return index / (float) HALF_RANGE - 1;
    }
    return audio.encoding() == SampleEncoding.MU_LAW_AMPLITUDES
        ? amplitudes[index]
        : 2f * index / (network.outputs() - 1) - 1;
  }

  private double compand(double amplitude) {
    double mu = Math.scalb(1.0, audio.bits()) - 1;
    return Math.signum(amplitude)
        * StrictMath.log1p(mu * Math.abs(amplitude))
        / StrictMath.log1p(mu);
  }
}
