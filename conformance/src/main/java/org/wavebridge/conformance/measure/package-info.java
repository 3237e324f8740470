/**
 * How far results are apart, and how far they may be: error curves, proofs of near ties, goodness
 * of fit, spectra, hashes, and the one table of tolerances. Runs nothing. Start with {@link
 * org.wavebridge.conformance.measure.Tolerances}.
 */
@NullMarked
package org.wavebridge.conformance.measure;

import org.jspecify.annotations.NullMarked;
