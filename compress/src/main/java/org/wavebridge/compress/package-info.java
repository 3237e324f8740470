/**
 * Compression of trained networks by what their layers see: calibration gathers the second moments
 * of every layer's inputs under teacher forcing, rounding to int8 and the removal of blocks then
 * spread the error of each weight over the others of its row (docs/compression.md). No files are
 * read or written, and no graph runs. Start with {@link org.wavebridge.compress.Calibration}.
 */
@NullMarked
package org.wavebridge.compress;

import org.jspecify.annotations.NullMarked;
