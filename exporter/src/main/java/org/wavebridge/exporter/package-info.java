/**
 * Turns a checkpoint into a bundle. Knows nothing of running one. Start with {@link
 * org.wavebridge.exporter.Exporter}.
 */
@NullMarked
package org.wavebridge.exporter;

import org.jspecify.annotations.NullMarked;
