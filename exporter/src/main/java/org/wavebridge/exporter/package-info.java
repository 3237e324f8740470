/**
 * Turns a checkpoint into a bundle. Knows nothing of running one. Start with the checkpoint and
 * family packages.
 */
@NullMarked
package org.wavebridge.exporter;

import org.jspecify.annotations.NullMarked;
