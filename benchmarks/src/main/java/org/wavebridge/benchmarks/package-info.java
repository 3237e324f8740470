/**
 * Benchmarks of what Java itself takes; the sample loop's speed is measured by {@code wavebridge
 * bench}.
 */
@NullMarked
package org.wavebridge.benchmarks;

import org.jspecify.annotations.NullMarked;
