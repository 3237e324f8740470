package org.wavebridge.runtime.bulk;

import java.util.Optional;
import org.wavebridge.runtime.io.Waveform;

/**
 * What became of a row: a waveform, or a reason why there is none.
 *
 * @param row as it was given
 * @param seed that the waveform was made with
 * @param waveform empty for a bad row
 * @param reason of a bad row; empty for the others
 */
public record BulkResult<T>(
    BulkRow<T> row, long seed, Optional<Waveform> waveform, String reason) {}
