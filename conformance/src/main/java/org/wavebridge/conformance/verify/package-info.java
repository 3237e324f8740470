/**
 * The check that {@code export} makes of a bundle it wrote: every graph on every available backend
 * against the reference, on a few hundred samples. No files are read but the bundle. Start with
 * {@link org.wavebridge.conformance.verify.Verification}.
 */
@NullMarked
package org.wavebridge.conformance.verify;

import org.jspecify.annotations.NullMarked;
