package org.wavebridge.runtime.bulk;

import java.util.Optional;
import java.util.function.Supplier;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/**
 * An utterance to make.
 *
 * @param origin what the caller knows it by
 * @param key gives its seed, {@link RowSeed}
 * @param features read once; an {@link org.wavebridge.graphs.InputException} makes this a bad row
 *     and stops no other
 * @param speaker who speaks; for bundles that take an embedding, and only for them
 */
public record BulkRow<T>(
    T origin, String key, Supplier<Features> features, Optional<SpeakerEmbedding> speaker) {}
