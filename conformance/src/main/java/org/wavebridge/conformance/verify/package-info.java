/**
 * The check that {@code export} makes of a bundle it wrote, and what quantisation costs. No files
 * are read but the bundle. Start with {@link org.wavebridge.conformance.verify.Verification}.
 */
@NullMarked
package org.wavebridge.conformance.verify;

import org.jspecify.annotations.NullMarked;
