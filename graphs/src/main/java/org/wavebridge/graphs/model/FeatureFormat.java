package org.wavebridge.graphs.model;

import java.util.Optional;

/**
 * The features a vocoder takes.
 *
 * @param mels values per frame
 * @param hop samples per frame
 * @param analysis how they are computed from a waveform, when known
 */
public record FeatureFormat(int mels, int hop, Optional<MelAnalysis> analysis) {}
