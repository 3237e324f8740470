package org.wavebridge.runtime;

import java.util.Optional;
import java.util.OptionalInt;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.BundleManifest.SubscalePart;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.Utterance;

/**
 * How far sound is behind the frames of a {@link VocoderStream}, whatever the machine. Three things
 * add up:
 *
 * <ul>
 *   <li>Frames: the samples of a frame are made when {@link #aheadFrames} frames after it are
 *       there, those that the conditioner looks ahead to, and no fewer than an utterance has
 *       without samples at its end ({@link Utterance#tailFrames}), since no frame is known not to
 *       be one of these before.
 *   <li>Subscale generation: a sample waits until sub-tensor 0 is {@link SubscaleSchedule#latency}
 *       steps ahead; each step needs the conditioning of as many samples as there are sub-tensors.
 *   <li>Filter bank: all samples of a step leave with the step, but sound in them is late by {@link
 *       BandSynthesis#delay}.
 * </ul>
 *
 * @param conditionerFrames after a frame that its conditioning depends on; empty where it depends
 *     on the whole utterance
 * @param utterance frames without samples
 * @param subscaleSamples whose conditioning must be there after a sample, at most
 * @param filterBankSamples that merging bands delays the waveform by
 * @param hop samples of a frame
 * @param sampleRate samples of a second
 */
public record Latency(
    OptionalInt conditionerFrames,
    Utterance utterance,
    long subscaleSamples,
    double filterBankSamples,
    int hop,
    int sampleRate) {
  /**
   * The latency of a bundle.
   *
   * @param subscale the sub-tensors, with the factor in use
   */
  public static Latency of(BundleManifest manifest, Optional<SubscalePart> subscale) {
    boolean whole = manifest.contextFrames() >= Conditioner.WHOLE;
    return new Latency(
        whole ? OptionalInt.empty() : OptionalInt.of(manifest.futureFrames()),
        manifest.utterance(),
        subscale.map(Latency::samplesAhead).orElse(0L),
        manifest.bands().map(bands -> bands.synthesis().delay()).orElse(0.0),
        manifest.features().hop(),
        manifest.audio().sampleRate());
  }

  /** A sample in the last row waits until row 0 is so many steps ahead. */
  private static long samplesAhead(SubscalePart subscale) {
    int factor = subscale.factor();
    SubscaleSchedule schedule =
        new SubscaleSchedule(factor, subscale.horizon(), subscale.chunk(), factor);
    return (schedule.latency() - 1L) * factor;
  }

  /** Frames after a frame that its samples wait for; empty where that is all of them. */
  public OptionalInt aheadFrames() {
    return conditionerFrames.isEmpty()
        ? conditionerFrames
        : OptionalInt.of(Math.max(conditionerFrames.getAsInt(), utterance.tailFrames()));
  }

  /** Frames after a frame until its last sample has left, at most. */
  public OptionalInt totalFrames() {
    int subscale = Math.toIntExact((subscaleSamples + hop - 1) / hop);
    OptionalInt ahead = aheadFrames();
    return ahead.isEmpty() ? ahead : OptionalInt.of(ahead.getAsInt() + subscale);
  }

  /** Frames pushed singly after which there are samples, at most. */
  public OptionalInt firstSampleFrames() {
    OptionalInt ahead = aheadFrames();
    return ahead.isEmpty() ? ahead : OptionalInt.of(utterance.leadFrames() + ahead.getAsInt() + 1);
  }

  /** All that sound is late by, in samples; empty where it waits for the whole utterance. */
  public Optional<Double> totalSamples() {
    OptionalInt ahead = aheadFrames();
    return ahead.isEmpty()
        ? Optional.empty()
        : Optional.of((double) ahead.getAsInt() * hop + subscaleSamples + filterBankSamples);
  }

  /** Samples as time. */
  public double milliseconds(double samples) {
    return samples * 1e3 / sampleRate;
  }
}
