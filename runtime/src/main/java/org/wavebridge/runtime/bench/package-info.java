/**
 * Measures how fast a backend runs a bundle: its sample loop, a stream, or one graph. Nothing here
 * judges a figure. Start with {@link org.wavebridge.runtime.bench.GenerateBenchmark}.
 */
@NullMarked
package org.wavebridge.runtime.bench;

import org.jspecify.annotations.NullMarked;
