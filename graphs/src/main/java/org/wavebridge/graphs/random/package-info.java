/** Models with random weights, for benchmarks and conformance cases. */
@NullMarked
package org.wavebridge.graphs.random;

import org.jspecify.annotations.NullMarked;
