/**
 * The errors every module raises, one small sealed hierarchy mapped once to exit codes. Nothing
 * else may live here. Start with {@link org.wavebridge.graphs.WaveBridgeException}.
 */
@NullMarked
package org.wavebridge.graphs;

import org.jspecify.annotations.NullMarked;
