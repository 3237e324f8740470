package org.wavebridge.graphs.model;

/**
 * Everything about a trained vocoder, with its weights. An utterance of {@code frames} frames has
 * {@code (frames - 1) * hop} samples.
 *
 * @param family the code base the checkpoint came from
 * @param audio what generated values mean
 * @param features what the vocoder takes
 * @param conditioner features to conditioning
 * @param network conditioning to samples
 */
public record VocoderModel(
    String family,
    AudioFormat audio,
    FeatureFormat features,
    Conditioner conditioner,
    StepNetwork network) {}
