package org.wavebridge.runtime;

import java.util.Arrays;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.CepstralBands;
import org.wavebridge.graphs.model.LpcNetConditioner.Cepstral;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;
import org.wavebridge.runtime.io.Features;

/**
 * A recording to the features of an LPCNet of 36 values a frame, as xiph/LPCNet makes them without
 * training's noise: 18 values of a cepstrum, the period and the correlation of the pitch, and 16
 * coefficients of a linear prediction. In double precision by functions that give the same bits on
 * every machine, each sum in the order of its indices; each feature is rounded once.
 *
 * <p>Frame k is of 320 pre-emphasised samples around sample 160 k. Its pitch is that of the 160
 * samples from 160 k - 80 on. See docs/numerics.md.
 */
final class LpcNetAnalysis {
  /** Values of a frame. */
  static final int VALUES = 36;

  /** Samples of a frame. */
  static final int HOP = 160;

  private static final int WINDOW = 2 * HOP;
  private static final int BANDS = CepstralBands.COUNT;
  private static final int ORDER = LpcNetNetwork.ORDER;
  private static final double EMPHASIS = 0.85;
  private static final double[][] SHARES = CepstralBands.shares();

  private final Cepstral cepstral = CepstralBands.prediction(true);
  private final double[] window = window();
  private final double[] cosines = new double[WINDOW];
  private final double[] sines = new double[WINDOW];
  private final PitchTracker pitch = new PitchTracker();

  LpcNetAnalysis() {
    for (int n = 0; n < WINDOW; n++) {
      cosines[n] = StrictMath.cos(2 * Math.PI * n / WINDOW);
      sines[n] = StrictMath.sin(2 * Math.PI * n / WINDOW);
    }
  }

  /** Whether these are the features of a bundle. */
  static boolean fits(BundleManifest manifest) {
    return manifest.network().kind().equals(LpcNetNetwork.KIND)
        && manifest.features().mels() == VALUES;
  }

  /**
   * The features of a recording, of whole frames.
   *
   * @param waveform amplitudes in [-1, 1] at 16 kHz
   * @throws InputException if it has no whole frame
   */
  Features of(float[] waveform) {
    int frames = waveform.length / HOP;
    if (frames == 0) {
      throw new InputException(
          "the recording has %d samples, but feature analysis needs at least %d"
              .formatted(waveform.length, HOP));
    }
    double[] emphasised = emphasised(waveform);
    float[] values = new float[VALUES * frames];
    for (int frame = 0; frame < frames; frame++) {
      double[] made = frame(Arrays.copyOfRange(emphasised, frame * HOP, frame * HOP + WINDOW));
      for (int i = 0; i < VALUES; i++) {
        values[i * frames + frame] = (float) made[i];
      }
    }
    return new Features(VALUES, frames, values);
  }

  /** Pre-emphasised 16-bit levels, a frame of silence before them. */
  private static double[] emphasised(float[] waveform) {
    double[] made = new double[HOP + waveform.length];
    double before = 0;
    for (int t = 0; t < waveform.length; t++) {
      double level = waveform[t] * 32768.0;
      made[HOP + t] = level - EMPHASIS * before;
      before = level;
    }
    return made;
  }

  private double[] frame(double[] samples) {
    double[] cepstrum = cepstrum(samples);
    double[] coefficients = coefficients(cepstrum);
    double[] made = Arrays.copyOf(cepstrum, VALUES);
    System.arraycopy(
        pitch.next(Arrays.copyOfRange(samples, HOP / 2, HOP / 2 + HOP), coefficients),
        0,
        made,
        BANDS,
        2);
    System.arraycopy(coefficients, 0, made, BANDS + 2, ORDER);
    return made;
  }

  private static double[] window() {
    double[] window = new double[WINDOW];
    for (int i = 0; i < HOP; i++) {
      double sine = StrictMath.sin(Math.PI / 2 * (i + 0.5) / HOP);
      window[i] = StrictMath.sin(Math.PI / 2 * sine * sine);
      window[WINDOW - 1 - i] = window[i];
    }
    return window;
  }

  /** The cosine transform of the logarithms of the energies of bands. */
  private double[] cepstrum(double[] samples) {
    double[] energies = energies(samples);
    double[] logs = new double[BANDS];
    double top = -2;
    double follow = -2;
    for (int band = 0; band < BANDS; band++) {
      double log = StrictMath.log10(0.01 + energies[band]);
      logs[band] = Math.max(Math.max(log, top - 8), follow - 2.5);
      top = Math.max(top, logs[band]);
      follow = Math.max(follow - 2.5, logs[band]);
    }
    double[] cepstrum = new double[BANDS];
    for (int i = 0; i < BANDS; i++) {
      double sum = 0;
      for (int band = 0; band < BANDS; band++) {
        sum += logs[band] * StrictMath.cos((band + 0.5) * i * Math.PI / BANDS);
      }
      cepstrum[i] = sum * Math.sqrt(2.0 / BANDS) * (i == 0 ? Math.sqrt(0.5) : 1);
    }
    cepstrum[0] -= 4;
    return cepstrum;
  }

  private double[] energies(double[] samples) {
    double[] windowed = new double[WINDOW];
    Arrays.setAll(windowed, n -> samples[n] * window[n]);
    double[] energies = new double[BANDS];
    for (int bin = 0; bin < SHARES.length; bin++) {
      double real = 0;
      double imaginary = 0;
      for (int n = 0; n < WINDOW; n++) {
        int turn = bin * n % WINDOW;
        real += windowed[n] * cosines[turn];
        imaginary -= windowed[n] * sines[turn];
      }
      real /= WINDOW;
      imaginary /= WINDOW;
      double power = real * real + imaginary * imaginary;
      for (int band = 0; band < BANDS; band++) {
        energies[band] += SHARES[bin][band] * power;
      }
    }
    energies[0] *= 2;
    energies[BANDS - 1] *= 2;
    return energies;
  }

  /** Levinson's recursion on the autocorrelation that a cepstrum stands for. */
  private double[] coefficients(double[] cepstrum) {
    double[] correlation = new double[ORDER + 1];
    for (int band = 0; band < BANDS; band++) {
      double log = cepstral.logEnergies().bias()[band];
      for (int i = 0; i < BANDS; i++) {
        log += cepstral.logEnergies().weight().at(band, i) * cepstrum[i];
      }
      double energy = StrictMath.exp(log);
      for (int lag = 0; lag <= ORDER; lag++) {
        correlation[lag] += cepstral.autocorrelation().at(lag, band) * energy;
      }
    }
    correlation[0] += cepstral.noiseFloor();
    double[] made = new double[ORDER];
    double error = correlation[0];
    for (int i = 0; i < ORDER && error >= 0.001 * correlation[0]; i++) {
      double sum = correlation[i + 1];
      for (int j = 0; j < i; j++) {
        sum += made[j] * correlation[i - j];
      }
      double reflection = -sum / error;
      double[] before = Arrays.copyOf(made, i);
      for (int j = 0; j < i; j++) {
        made[j] = before[j] + reflection * before[i - 1 - j];
      }
      made[i] = reflection;
      error -= reflection * reflection * error;
    }
    return made;
  }
}
